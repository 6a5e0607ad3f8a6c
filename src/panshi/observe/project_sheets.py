"""Projects from a spreadsheet: one sheet of projects, one of what each lifts.

Row 1 names the columns; a row of labels below it is left out. Cells are read as they are typed and
nothing is guessed: whatever does not fit is told with its cell, and nothing is taken in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from panshi.model.bodies.projects import Lift, Project, ProjectStatus, RoleHours
from panshi.model.project_layout import (
    LIFT_COLUMNS,
    LIFTS_SHEET,
    PROJECT_COLUMNS,
    PROJECTS_SHEET,
    Placed,
)
from panshi.observe.spreadsheet import Spreadsheet, open_spreadsheet
from panshi.observe.spreadsheet.named_rows import NamedRow, named_rows, refuse_where_wrong

_NEEDED = ("id", "title_zh", "title_en", "owner", "cost_low", "cost_likely", "cost_high")


def projects_of_sheets(path: Path) -> tuple[Placed, ...]:
    """Read a workbook of projects; refused as a whole where anything is wrong."""
    wrong: list[str] = []
    with open_spreadsheet(path) as book:
        lifts = _lifts(book, wrong)
        found: dict[str, Placed] = {}
        for row in named_rows(book, PROJECTS_SHEET, PROJECT_COLUMNS, wrong):
            project = _project(row, lifts)
            if project is None:
                continue
            if project.id in found:
                row.refuse("id", f"project {project.id} is there twice")
            found[project.id] = Placed(place=row.place("id"), project=project)
        wrong += [
            f"{LIFTS_SHEET}: there is no project {name!r}" for name in lifts if name not in found
        ]
    refuse_where_wrong(wrong, path.name)
    return tuple(found.values())


def _lifts(book: Spreadsheet, wrong: list[str]) -> dict[str, list[Lift]]:
    found: dict[str, list[Lift]] = {}
    for row in named_rows(book, LIFTS_SHEET, LIFT_COLUMNS, wrong):
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


def _project(row: NamedRow, lifts: Mapping[str, list[Lift]]) -> Project | None:
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


def _hours(row: NamedRow) -> Iterator[RoleHours]:
    for part in row.texts("hours"):
        role, colon, hours = part.partition(":")
        if not colon or not hours.strip().isdecimal() or not hours.isascii():
            row.refuse("hours", f"{part[:40]!r}: write PD-WRL-001: 120; IO-WRL-005: 80")
            continue
        yield RoleHours(role=role.strip(), hours=int(hours.strip()[:9]))
