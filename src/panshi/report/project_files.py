"""Projects as files that people edit and `panshi project import` reads again: YAML and XLSX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from panshi.model.bodies.projects import Lift, Project, ProjectStatus
from panshi.model.project_layout import (
    FORMAT_VERSION,
    LIFT_COLUMNS,
    LIFTS_SHEET,
    PROJECT_COLUMNS,
    PROJECTS_SHEET,
)
from panshi.report.estate_files.yaml_text import yaml_scalar
from panshi.report.named_sheets import NamedSheet, workbook_of


def projects_yaml(projects: Iterable[Project]) -> bytes:
    """Write projects as YAML."""
    return "".join(_lines(projects)).encode()


def projects_xlsx(projects: Iterable[Project]) -> bytes:
    """Write projects as a workbook; texts stay texts, whatever they begin with."""
    wanted = tuple(projects)
    return workbook_of(
        NamedSheet(
            title=PROJECTS_SHEET,
            labels=PROJECT_COLUMNS,
            rows=tuple(_project_row(each) for each in wanted),
            choices={"status": tuple(map(str, ProjectStatus))},
        ),
        NamedSheet(
            title=LIFTS_SHEET,
            labels=LIFT_COLUMNS,
            rows=tuple(_lift_row(each.id, lift) for each in wanted for lift in each.lifts),
        ),
    )


def _project_row(project: Project) -> Mapping[str, object]:
    return {
        "id": project.id,
        "title_zh": project.title_zh,
        "title_en": project.title_en,
        "owner": project.owner,
        "asserted_by": project.asserted_by,
        "status": str(project.status),
        "cost_low": project.cost_low,
        "cost_likely": project.cost_likely,
        "cost_high": project.cost_high,
        "quarters": project.quarters,
        "hours": "; ".join(f"{each.role}: {each.hours}" for each in project.hours),
        "requires": "; ".join(project.requires),
        "excludes": "; ".join(project.excludes),
        "note": project.note,
    }


def _lift_row(project: str, lift: Lift) -> Mapping[str, object]:
    return {
        "project": project,
        "control": lift.control,
        "fixes": lift.fixes,
        "sees": lift.sees,
        "passing": lift.passing,
        "retests": "; ".join(lift.retests),
        "attests": lift.attests,
    }


def _lines(projects: Iterable[Project]) -> Iterator[str]:
    yield f"panshi_projects: {FORMAT_VERSION}\nprojects:\n"
    for project in projects:
        yield f"  - id: {yaml_scalar(project.id)}\n"
        for name in ("title_zh", "title_en", "owner", "asserted_by"):
            if getattr(project, name):
                yield f"    {name}: {yaml_scalar(getattr(project, name))}\n"
        yield f"    status: {project.status}\n"
        yield (
            f"    cost: {{low: {project.cost_low}, likely: {project.cost_likely}, "
            f"high: {project.cost_high}}}\n"
        )
        yield f"    quarters: {project.quarters}\n"
        if project.hours:
            hours = ", ".join(f"{each.role}: {each.hours}" for each in project.hours)
            yield f"    hours: {{{hours}}}\n"
        for name in ("requires", "excludes"):
            if getattr(project, name):
                yield f"    {name}: {_texts(getattr(project, name))}\n"
        if project.note:
            yield f"    note: {yaml_scalar(project.note)}\n"
        yield "    lifts:\n"
        for lift in project.lifts:
            yield f"      - {{{', '.join(_lift(lift))}}}\n"


def _lift(lift: Lift) -> Iterator[str]:
    yield f"control: {yaml_scalar(lift.control)}"
    if lift.fixes:
        yield f"fixes: {lift.fixes}"
    if lift.sees:
        yield f"sees: {lift.sees}"
        yield f"passing: {lift.passing}"
    if lift.retests:
        yield f"retests: {_texts(lift.retests)}"
    if lift.attests:
        yield "attests: true"


def _texts(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(yaml_scalar, texts))}]"
