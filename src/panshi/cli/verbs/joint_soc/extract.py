"""`panshi soc extract < TEXT`: indicators, techniques, CVEs and more in free text, with spans."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.errors import BadInputError, UsageError
from panshi.node.alliance.extraction import (
    LONGEST,
    ExtractAnswer,
    extracted,
    extractor,
    models_folder,
)
from panshi.node.home import Home


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument(
        "file", nargs="?", type=Path, help="UTF-8 text; standard input without it or with -"
    )
    parser.add_argument("--model", type=Path, help="folder of the model, instead of the home's")
    parser.add_argument(
        "--threshold", type=float, help="tell techniques from this score on (0 to 1)"
    )
    parser.add_argument(
        "--written", type=_day, metavar="DAY", help="day of the text, for what it tells relatively"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Read and answer."""
    if args.threshold is not None and not 0 <= args.threshold <= 1:
        raise UsageError("a threshold lies between 0 and 1", remedy="for example --threshold 0.6")
    text = text_of(args.file)
    models = args.model or models_folder(Home.locate(os.environ).path)
    found = extracted(extractor(models), text, written=args.written, threshold=args.threshold)
    for note in found.notes:
        out.note(note)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def text_of(path: Path | None) -> str:
    """Read a text whole, from a file or from standard input."""
    most = LONGEST * 4
    try:
        if path is None or str(path) == "-":
            raw = sys.stdin.buffer.read(most + 1)
        else:
            with path.open("rb") as file:
                raw = file.read(most + 1)
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(path)) from error
    if len(raw) > most:
        raise BadInputError(f"is longer than {most:,} bytes", place=str(path or "standard input"))
    return raw.decode("utf-8-sig", errors="replace")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a day", remedy="write 2026-09-30") from error


def _lines(found: ExtractAnswer, out: Output) -> Iterator[str]:
    for title, lines in (
        (out.pick("技術", "Techniques"), [
            f"  {each.score:.2f}  {each.id:<10} {each.name}  [{each.start}–{each.end}] {each.text}"
            for each in found.techniques
        ]),
        (out.pick("指標", "Indicators"), [
            f"  {each.kind:<10} {each.value}  [{each.start}–{each.end}]"
            for each in found.indicators
        ]),
        ("CVE", [f"  {each}" for each in found.cves]),
        (out.pick("檔案與登錄機碼", "Files and registry keys"), [
            f"  {each.kind:<12} {each.value}" for each in found.artefacts
        ]),
        (out.pick("已知名稱", "Known names"), [
            f"  {each.id:<6} {each.name} ({each.text})" for each in found.names
        ]),
        (out.pick("資產", "Assets"), [f"  {each.kind:<8} {each.text}" for each in found.assets]),
        (out.pick("時間", "Times"), [
            f"  {each.at or '?':<24} {each.text}" for each in found.times
        ]),
        (out.pick("影響範圍", "Reach"), [
            f"  {each.reach:<12} {each.count:,} {each.unit} ({each.text})" for each in found.impact
        ]),
    ):  # fmt: skip
        if lines:
            yield title
            yield from lines
