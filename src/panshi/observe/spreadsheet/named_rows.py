"""Rows of a sheet whose first row names the columns, read strictly, each mistake with its cell.

A row of labels below the names is left out. Cells are read as they are typed and nothing is
guessed: whatever does not fit is told, and `refuse_where_wrong` takes nothing of it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from panshi.errors import BadInputError
from panshi.observe.spreadsheet.cells import CellValue, Refused, address
from panshi.observe.spreadsheet.workbook import Spreadsheet

_TRUTH = {"TRUE": True, "true": True, "FALSE": False, "false": False}
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_LARGEST = 10**15
"What a spreadsheet still holds exactly."
_FEW = 20
"Problems told at once."
_MOST_ROWS = 20_000


class NamedRow:
    """One row by the names of its columns; keeps what is wrong with it."""

    def __init__(
        self, sheet: str, number: int, cells: dict[str, CellValue], wrong: list[str]
    ) -> None:
        self.sheet, self.number, self.cells, self._wrong = sheet, number, cells, wrong
        self.columns: Mapping[str, int] = {}
        self.faulty = False

    def place(self, name: str) -> str:
        """Address of a cell."""
        return f"{self.sheet}!{address(self.columns.get(name, 1), self.number)}"

    def refuse(self, name: str, problem: str) -> None:
        """Note what is wrong with a cell."""
        self.faulty = True
        self._wrong.append(f"{self.place(name)}: {problem}")

    def text(self, name: str) -> str:
        """Give a text; empty where there is none."""
        match self.cells.get(name):
            case None:
                return ""
            case str(text):
                return text.strip()
            case int(number):
                return str(number)
            case Refused(problem):
                self.refuse(name, problem)
            case value:
                self.refuse(name, f"{value} is no text")
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Give several texts, parted by semicolons."""
        return tuple(part.strip() for part in self.text(name).split(";") if part.strip())

    def whole(self, name: str, otherwise: int) -> int:
        """Give a whole number."""
        value = self.cells.get(name)
        match value:
            case None:
                return otherwise
            case Refused(problem):
                self.refuse(name, problem)
            case int() if not isinstance(value, bool):
                return value
            case float() if value.is_integer():
                return int(value)
            case str() if value.strip().replace(",", "").isdecimal() and value.isascii():
                return int(value.strip().replace(",", "")[:18])
            case _:
                self.refuse(name, f"{str(value)[:40]!r} is not a whole number")
        return otherwise

    def real(self, name: str, otherwise: float) -> float:
        """Give a number."""
        value = self.cells.get(name)
        match value:
            case None:
                return otherwise
            case Refused(problem):
                self.refuse(name, problem)
            case int() | float() if not isinstance(value, bool) and abs(value) <= _LARGEST:
                return float(value)
            case str() if _NUMBER.fullmatch(value.strip().replace(",", "")):
                return float(value.strip().replace(",", ""))
            case _:
                self.refuse(name, f"{str(value)[:40]!r} is not a number")
        return otherwise

    def flag(self, name: str) -> bool:
        """Give a truth value; false where there is none."""
        value = self.cells.get(name)
        match value:
            case None:
                return False
            case bool():
                return value
            case str() if value.strip() in _TRUTH:
                return _TRUTH[value.strip()]
            case _:
                self.refuse(name, "is neither TRUE nor FALSE")
        return False


def named_rows(
    book: Spreadsheet, title: str, labels: Mapping[str, str], wrong: list[str]
) -> Iterator[NamedRow]:
    """Yield the rows of a sheet by the names of its columns; what is wrong goes to `wrong`."""
    if title not in book.titles:
        wrong.append(f"the sheet {title} is missing")
        return
    rows = book.rows(title)
    head = next(rows, None)
    columns: dict[str, int] = {}
    for column, value in head.cells.items() if head is not None and head.number == 1 else ():
        name = str(value).strip()
        if name not in labels or name in columns:
            wrong.append(f"{title}!{address(column, 1)}: no column is called {name[:40]!r}")
        columns[name] = column
    if not columns:
        wrong.append(f"{title}!A1: row 1 does not name the columns")
    names = {column: name for name, column in columns.items()}
    for row in rows:
        if row.number > _MOST_ROWS:
            wrong.append(f"{title}: more than {_MOST_ROWS:,} rows")
            return
        cells = {names.get(column, ""): value for column, value in row.cells.items()}
        if all(value == labels.get(name) for name, value in cells.items()):
            continue
        made = NamedRow(title, row.number, cells, wrong)
        made.columns = columns
        if "" in cells:
            made.refuse("", "a value in a column without a name")
        yield made


def refuse_where_wrong(wrong: list[str], name: str) -> None:
    """Refuse a whole file where anything in it is wrong."""
    if wrong:
        more = f"; {len(wrong) - _FEW} more" if len(wrong) > _FEW else ""
        raise BadInputError("; ".join(wrong[:_FEW]) + more, place=name)
