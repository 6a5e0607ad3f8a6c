"""Projects from a spreadsheet: one sheet of projects, one of what each lifts.

Row 1 names the columns; a row of labels below it is left out. Cells are read as they are typed and
nothing is guessed: whatever does not fit is told with its cell, and nothing is taken in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from panshi.errors import BadInputError
from panshi.model.bodies.projects import Lift, Project, ProjectStatus, RoleHours
from panshi.model.project_layout import (
    LIFT_COLUMNS,
    LIFTS_SHEET,
    PROJECT_COLUMNS,
    PROJECTS_SHEET,
    Placed,
)
from panshi.observe.spreadsheet import CellValue, Refused, Spreadsheet, address, open_spreadsheet

_NEEDED = ("id", "title_zh", "title_en", "owner", "cost_low", "cost_likely", "cost_high")
_TRUTH = {"TRUE": True, "true": True, "FALSE": False, "false": False}
_FEW = 20
"Problems told at once."
_MOST_ROWS = 20_000


def projects_of_sheets(path: Path) -> tuple[Placed, ...]:
    """Read a workbook of projects; refused as a whole where anything is wrong."""
    wrong: list[str] = []
    with open_spreadsheet(path) as book:
        lifts = _lifts(book, wrong)
        found: dict[str, Placed] = {}
        for row in _rows(book, PROJECTS_SHEET, PROJECT_COLUMNS, wrong):
            project = _project(row, lifts)
            if project is None:
                continue
            if project.id in found:
                row.refuse("id", f"project {project.id} is there twice")
            found[project.id] = Placed(place=row.place("id"), project=project)
        wrong += [
            f"{LIFTS_SHEET}: there is no project {name!r}" for name in lifts if name not in found
        ]
    if wrong:
        more = f"; {len(wrong) - _FEW} more" if len(wrong) > _FEW else ""
        raise BadInputError("; ".join(wrong[:_FEW]) + more, place=path.name)
    return tuple(found.values())


class _Row:
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


def _rows(
    book: Spreadsheet, title: str, labels: Mapping[str, str], wrong: list[str]
) -> Iterator[_Row]:
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
        made = _Row(title, row.number, cells, wrong)
        made.columns = columns
        if "" in cells:
            made.refuse("", "a value in a column without a name")
        yield made


def _lifts(book: Spreadsheet, wrong: list[str]) -> dict[str, list[Lift]]:
    found: dict[str, list[Lift]] = {}
    for row in _rows(book, LIFTS_SHEET, LIFT_COLUMNS, wrong):
        project, control = row.text("project"), row.text("control")
        if not project or not control:
            row.refuse("project", "project and control are both needed")
            continue
        lift = Lift(
            control=control,
            fixes=row.whole("fixes", 0),
            sees=row.whole("sees", 0),
            passing=row.whole("passing", 100),
            retests=row.texts("retests"),
            attests=row.flag("attests"),
        )
        found.setdefault(project, []).append(lift)
    return found


def _project(row: _Row, lifts: Mapping[str, list[Lift]]) -> Project | None:
    for name in _NEEDED:
        if name not in row.cells:
            row.refuse(name, f"{name} is missing")
    status = row.text("status") or ProjectStatus.PROPOSED
    if status not in set(ProjectStatus):
        row.refuse("status", f"one of: {', '.join(ProjectStatus)}")
        status = ProjectStatus.PROPOSED
    made = Project(
        id=row.text("id"),
        title_zh=row.text("title_zh"),
        title_en=row.text("title_en"),
        owner=row.text("owner"),
        asserted_by=row.text("asserted_by"),
        status=ProjectStatus(status),
        cost_low=row.whole("cost_low", 0),
        cost_likely=row.whole("cost_likely", 0),
        cost_high=row.whole("cost_high", 0),
        quarters=row.whole("quarters", 1),
        hours=tuple(_hours(row)),
        requires=row.texts("requires"),
        excludes=row.texts("excludes"),
        lifts=tuple(lifts.get(row.text("id"), ())),
        note=row.text("note"),
    )
    return None if row.faulty else made


def _hours(row: _Row) -> Iterator[RoleHours]:
    for part in row.texts("hours"):
        role, colon, hours = part.partition(":")
        if not colon or not hours.strip().isdecimal() or not hours.isascii():
            row.refuse("hours", f"{part[:40]!r}: write PD-WRL-001: 120; IO-WRL-005: 80")
            continue
        yield RoleHours(role=role.strip(), hours=int(hours.strip()[:9]))
