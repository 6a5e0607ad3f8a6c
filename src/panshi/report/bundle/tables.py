"""Tables of the bundle as CSV (RFC 4180, UTF-8 with a byte order mark, for spreadsheets).

A text a spreadsheet would run as a formula gets an apostrophe in front, which the bundle's
verifier takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from panshi.model.control import Framework
from panshi.model.verdict import Item, Verdict
from panshi.report.answers import verdict_answer

_RUNS = ("=", "+", "-", "@", "\t", "\r", "'")
OBSERVATION = ("id", "leaf_index", "kind", "subject", "facet", "outcome", "observed_at")
WITHHELD = ("id", "kind", "why")
ITEM = ("control", "asset", "state", "observed_at", "expires_on", "exception", "evidence_ids")
_VERDICT = (
    "id",
    "status",
    "basis",
    "stage",
    "met",
    "met_without_exceptions",
    "claimed",
    "evidenced",
    "possible",
    "population",
    "seen",
    "passing",
    "failing",
    "unseen",
    "excepted",
    "probability",
    "target",
    "confidence",
    "expires_on",
)


def sheet(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Write a table, row by row."""
    yield b"\xef\xbb\xbf" + _line(head)
    yield from (_line(row) for row in rows)


def verdict_rows(
    verdicts: Iterable[Verdict], framework: Framework
) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Give head and rows of the verdicts, full precision."""
    rows: list[tuple[object, ...]] = []
    for verdict in verdicts:
        plain: dict[str, object] = {**verdict_answer(verdict)}
        control = framework.by_id[str(plain["id"])]
        titles = (control.reference, control.title_zh, control.title_en)
        rows.append((*titles, *(plain[name] for name in _VERDICT)))
    return ("reference", "title_zh", "title_en", *_VERDICT), rows


def item_rows(items: Mapping[str, Iterable[Item]]) -> Iterator[tuple[object, ...]]:
    """Give a row for each member of each population."""
    for control, members in items.items():
        for item in members:
            ids = sorted({*item.evidence_ids, *item.contradicted_by})
            yield (
                control,
                item.asset,
                item.state,
                item.observed_at,
                item.expires_on,
                item.exception,
                " ".join(ids),
            )


def _line(cells: Iterable[object]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow([_cell(each) for each in cells])
    return text.getvalue().encode()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(_RUNS) else value
        case _:
            return str(msgspec.to_builtins(value))
