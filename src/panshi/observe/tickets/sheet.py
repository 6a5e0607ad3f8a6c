"""The spreadsheet template filled in: a row is a ticket. A file with one fault is refused whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.alliance.ticket_layout import FORM, LABEL_ROW, SHEET, Part
from panshi.observe.spreadsheet import Refused, Row, Spreadsheet, address, open_spreadsheet
from panshi.observe.tickets.draft import Draft, reported
from panshi.observe.tickets.filled import PARTS, Written, filled

MOST_ROWS = 5_000
FAULTS_TOLD = 20
EXAMPLE = "範例"
"A row whose number begins so is the template's own example."


def sheet(path: Path, now: datetime) -> tuple[Draft, ...]:
    """Give a draft per row; every fault is told with its cell."""
    drafts: list[Draft] = []
    faults: list[BadInputError] = []
    with open_spreadsheet(path) as book:
        for row, columns in _rows(book):
            try:
                draft = _draft(row, columns)
                if not str(draft.get("number", "")).startswith(EXAMPLE):
                    drafts.append(reported(draft, now))
            except BadInputError as error:
                faults.append(error)
    if faults:
        told = "; ".join(f"{each.place}: {each.problem}" for each in faults[1:FAULTS_TOLD])
        raise BadInputError(
            faults[0].problem + (f" (and {len(faults) - 1} more: {told})" if told else ""),
            place=faults[0].place,
            remedy=faults[0].remedy,
        )
    if not drafts:
        raise BadInputError("no ticket in the spreadsheet", place=SHEET, remedy="fill in row 3")
    return tuple(drafts)


def _rows(book: Spreadsheet) -> list[tuple[Row, dict[int, Part]]]:
    if SHEET not in book.titles:
        raise BadInputError(
            f"there is no sheet {SHEET!r}", remedy="`panshi soc ticket template` writes one"
        )
    rows = book.rows(SHEET)
    head = next(rows, None)
    columns = _columns(head)
    found: list[tuple[Row, dict[int, Part]]] = []
    for row in rows:
        if row.number == LABEL_ROW and _is_labels(row, columns):
            continue
        if row.cells:
            found.append((row, columns))
        if len(found) > MOST_ROWS:
            raise BadInputError(f"more than {MOST_ROWS:,} rows", place=SHEET)
    return found


def _columns(head: Row | None) -> dict[int, Part]:
    if head is None or head.number != 1:
        raise BadInputError("row 1 does not name the columns", place=f"{SHEET}!A1")
    columns: dict[int, Part] = {}
    for column, value in head.cells.items():
        part = PARTS.get(str(value).strip().casefold())
        place = f"{SHEET}!{address(column, 1)}"
        if part is None:
            raise BadInputError(
                f"no column is called {str(value)[:40]!r}",
                place=place,
                remedy="known: " + ", ".join(each.name for each in FORM),
            )
        if part in columns.values():
            raise BadInputError(f"column {part.name} stands twice", place=place)
        columns[column] = part
    return columns


def _is_labels(row: Row, columns: dict[int, Part]) -> bool:
    found = [
        str(value).split("\n", 1)[0].strip() == columns[column].zh
        for column, value in row.cells.items()
        if column in columns
    ]
    return bool(found) and all(found)


def _draft(row: Row, columns: dict[int, Part]) -> Draft:
    written: dict[str, tuple[Part, Written, str]] = {}
    for column, value in row.cells.items():
        place = f"{SHEET}!{address(column, row.number)}"
        part = columns.get(column)
        if part is None:
            raise BadInputError("a value in a column without a name", place=place)
        if isinstance(value, Refused):
            raise BadInputError(value.problem, place=place)
        written[part.name] = (part, value, place)
    for part in FORM:
        if part.required and part.name not in written:
            raise BadInputError(f"{part.zh} is missing", place=f"{SHEET}!{address(1, row.number)}")
    return filled(written)
