"""Output of the command line: JSON for machines, plain lines for people, progress for the patient.

With `--json` exactly one JSON value goes to standard output; progress and warnings always go to
standard error, so a pipe only ever carries the answer.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO


class Output:
    """Where and how a verb answers."""

    def __init__(
        self,
        *,
        json: bool = False,
        chinese: bool = False,
        stream: TextIO | None = None,
        errors: TextIO | None = None,
    ) -> None:
        """Answer on standard output and note on standard error where nothing else is said."""
        self.json, self.chinese = json, chinese
        self.stream, self.errors = stream or sys.stdout, errors or sys.stderr

    def pick(self, zh: str, en: str) -> str:
        """Choose the caller's language."""
        return zh if self.chinese else en

    def answer(self, value: object, lines: Callable[[], Iterable[str]]) -> None:
        """Give the answer once: as JSON, or as lines made only when they are wanted."""
        if self.json:
            import msgspec

            raw = msgspec.json.format(msgspec.json.encode(value), indent=2)
            self.stream.write(raw.decode() + "\n")
            return
        for line in lines():
            self.stream.write(line + "\n")

    def note(self, text: str) -> None:
        """Say something beside the answer."""
        self.errors.write(text + "\n")

    @contextmanager
    def progress(self, label: str) -> Iterator[Callable[[int], None]]:
        """Show a running count on a terminal; silent where nobody watches."""
        if not self.errors.isatty():
            yield lambda _count: None
            return

        def show(count: int) -> None:
            self.errors.write(f"\r{label} {count:,} ")
            self.errors.flush()

        yield show
        self.errors.write("\r\033[K")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Lay out rows under a header, aware that Han characters are two columns wide."""
    cells = [tuple(header), *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(padded).rstrip()


def percent(share: float | None) -> str:
    """Print a share, cut and never rounded up, or a dash for what is not known."""
    from panshi.report.paper.figures import cut

    shown = cut(share)
    return "–" if shown is None else f"{shown * 100:.1f}%"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
