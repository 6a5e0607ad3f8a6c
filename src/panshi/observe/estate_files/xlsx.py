"""Read the spreadsheet template: one sheet per kind of asset, one of relations, one about itself.

Row 1 names the columns, row 2 may hold the labels of the template, assets begin below. A sheet
or column that is not known is an error, since what it holds would be left out silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from panshi.model.asset import AssetKind
from panshi.model.estate_layout import (
    ESTATE_LABELS,
    ESTATE_SHEET,
    GUIDE_SHEET,
    LABEL_ROW,
    RELATION_LABELS,
    RELATIONS_SHEET,
    Column,
    columns,
    split_parts,
)
from panshi.observe.estate_files.draft import Draft, Written, WrittenAsset
from panshi.observe.spreadsheet import (
    CellValue,
    Refused,
    Row,
    Spreadsheet,
    address,
    open_spreadsheet,
)

_KINDS = {str(kind): kind for kind in AssetKind}


def read_xlsx(path: Path, draft: Draft) -> None:
    """Read every sheet of a spreadsheet into the draft."""
    with open_spreadsheet(path) as book:
        for title in book.titles:
            if title == GUIDE_SHEET or title.startswith("_"):
                continue
            if title in _KINDS:
                _Assets(draft, title, _KINDS[title]).read(book)
            elif title == RELATIONS_SHEET:
                _relations(book, draft)
            elif title == ESTATE_SHEET:
                _estate(book, draft)
            else:
                known = ", ".join((ESTATE_SHEET, RELATIONS_SHEET, *_KINDS))
                draft.refuse(
                    title[:40],
                    "a sheet of an unknown name",
                    f"begin its name with _ to leave it out; known: {known}",
                )


class _Table:
    """A sheet with named columns."""

    def __init__(self, draft: Draft, title: str, labels: Mapping[str, str]) -> None:
        self.draft, self.title, self.labels = draft, title, labels
        self.columns: dict[str, int] = {}
        "Columns of the sheet by name."

    def place(self, name: str, row: int) -> str:
        """Address of a cell; of the row's begin where the sheet has no such column."""
        return f"{self.title}!{address(self.columns.get(name, 1), row)}"

    def rows(
        self, book: Spreadsheet, required: Iterable[str]
    ) -> Iterator[tuple[int, dict[str, CellValue]]]:
        """Yield the number of each row and its cells by column name."""
        rows = book.rows(self.title)
        head = next(rows, None)
        if head is None or not self._named(head, required):
            return
        names = {column: name for name, column in self.columns.items()}
        for row in rows:
            found: dict[str, CellValue] = {}
            for column, value in row.cells.items():
                place = f"{self.title}!{address(column, row.number)}"
                if column not in names:
                    self.draft.refuse(place, "a value in a column without a name")
                    continue
                if isinstance(value, Refused):
                    self.draft.refuse(place, value.problem)
                found[names[column]] = value
            if found and not self._is_labels(row.number, found):
                yield row.number, found

    def text(self, row: dict[str, CellValue], name: str, number: int) -> str:
        """Give a text of a row; empty, with an error noted, where there is none."""
        match row.get(name):
            case str(text):
                return text.strip()
            case Refused():  # noted already
                return ""
            case bool() | float() | date() as value:
                self.draft.refuse(self.place(name, number), f"{name}: {value} is no text")
                return ""
            case int(value):
                return str(value)
            case None:
                self.draft.refuse(self.place(name, number), f"{name} is missing")
                return ""

    def _named(self, head: Row, required: Iterable[str]) -> bool:
        """Take the names of the columns from row 1."""
        before = self.draft.faults
        if head.number != 1:
            self.draft.refuse(f"{self.title}!A1", "row 1 does not name the columns")
            return False
        for column, value in head.cells.items():
            name = value.strip() if isinstance(value, str) else str(value)
            place = f"{self.title}!{address(column, 1)}"
            if name not in self.labels:
                known = ", ".join(self.labels)
                self.draft.refuse(place, f"no column is called {name[:80]!r}", f"known: {known}")
            elif name in self.columns:
                self.draft.refuse(place, f"the column {name} is there twice")
            else:
                self.columns[name] = column
        for name in required:
            if name not in self.columns:
                self.draft.refuse(f"{self.title}!A1", f"the column {name} is missing")
        return self.draft.faults == before

    def _is_labels(self, number: int, row: dict[str, CellValue]) -> bool:
        """Whether this is the template's row of labels."""
        return number == LABEL_ROW and all(
            str(value).split() == self.labels[name].split() for name, value in row.items()
        )


class _Assets(_Table):
    """The sheet of one kind."""

    def __init__(self, draft: Draft, title: str, kind: AssetKind) -> None:
        self.kind = kind
        self.layout: dict[str, Column] = {column.name: column for column in columns(kind)}
        super().__init__(draft, title, {name: c.label for name, c in self.layout.items()})

    def read(self, book: Spreadsheet) -> None:
        """Put its assets into the draft."""
        for number, row in self.rows(book, ("id", "name")):
            identity, name = self.text(row, "id", number), self.text(row, "name", number)
            if identity:
                self.draft.asset(self._asset(row, number, identity, name), expected=self.kind)

    def _asset(
        self, row: dict[str, CellValue], number: int, identity: str, name: str
    ) -> WrittenAsset:
        return WrittenAsset(
            place=self.place("id", number),
            id=identity,
            name=name,
            identifiers=self._several(row, "identifiers", number),
            inventories=self._several(row, "inventories", number),
            attributes={
                column: self._written(column, value)
                for column, value in row.items()
                if self.layout[column].attribute is not None and not isinstance(value, Refused)
            },
            place_of=lambda part: self.place(part, number),
        )

    def _several(self, row: dict[str, CellValue], name: str, number: int) -> tuple[str, ...]:
        value = row.get(name)
        if isinstance(value, str):
            return split_parts(value)
        return () if value is None else split_parts(self.text(row, name, number))

    def _written(self, column: str, value: Written) -> Written:
        if isinstance(value, str):
            return split_parts(value) if self.layout[column].many else value.strip()
        return value


def _relations(book: Spreadsheet, draft: Draft) -> None:
    table = _Table(draft, RELATIONS_SHEET, RELATION_LABELS)
    for number, row in table.rows(book, RELATION_LABELS):
        kind, source, target = (table.text(row, name, number) for name in RELATION_LABELS)
        if kind and source and target:
            draft.relation(f"{RELATIONS_SHEET}!A{number}", kind, source, target)


def _estate(book: Spreadsheet, draft: Draft) -> None:
    table = _Table(draft, ESTATE_SHEET, ESTATE_LABELS)
    for number, row in table.rows(book, ()):
        for key, value in row.items():
            place = table.place(key, number)
            if isinstance(value, bool) == (key == "demo"):
                draft.name(place, key, value if isinstance(value, bool) else str(value).strip())
            elif not isinstance(value, Refused):
                draft.refuse(place, f"{value!r} does not fit {key}"[:200])
