"""Projects that people record, and the paths they adopt: sealed, one series each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from panshi.errors import BadInputError, ContentError
from panshi.governance.path.project_yaml import projects_of_yaml
from panshi.governance.path.register import KIND, Registered, circle, faults, register
from panshi.governance.path.work_roles import WorkRole, load_work_roles
from panshi.model.asset import AssetId
from panshi.model.bodies.projects import Project
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId
from panshi.model.project_layout import Placed
from panshi.node.node import Node
from panshi.node.records import institution_of, record
from panshi.observe.project_sheets import projects_of_sheets
from panshi.observe.reading.files import open_source
from panshi.observe.reading.limits import MIB, Limits
from panshi.store import library


@cache
def work_roles() -> Mapping[str, WorkRole]:
    """Give the NICE work roles that hours are stated for, by id."""
    name, raw = library.work_roles()
    return load_work_roles(raw, source=name)


MOST = 2_000
"Projects of one institution."
LIMITS = Limits(max_bytes=4 * MIB)
SEEDED_AGO = timedelta(days=30)


def registered(node: Node, estate_id: str | None = None) -> dict[str, Registered]:
    """Give the newest record of each project of an estate's institution."""
    return register(node.log.records(KIND), names_of(node.estate(estate_id)))


def projects(node: Node, estate_id: str | None = None) -> dict[str, Project]:
    """Give the projects of an estate's institution as they stand now."""
    return {name: each.project for name, each in registered(node, estate_id).items()}


def names_of(estate: Estate) -> frozenset[str]:
    """Give the names under which records about an estate's institution are sealed."""
    institution = estate.by_id[AssetId(institution_of(estate))]
    return frozenset((institution.id, *institution.identifiers))


def put(node: Node, project: Project, *, actor: str, estate_id: str | None = None) -> ObservationId:
    """Record a project anew; refused as a whole where anything is wrong with it."""
    check(node, (project,), estate_id)
    return _seal(node, project, actor, estate_id)


def put_all(
    node: Node, given: Iterable[Project], *, actor: str, estate_id: str | None = None
) -> tuple[str, ...]:
    """Record projects that differ from what is recorded; all or none; give their ids."""
    wanted = tuple(given)
    check(node, wanted, estate_id)
    known = projects(node, estate_id)
    changed = tuple(each for each in wanted if known.get(each.id) != each)
    for each in changed:
        _seal(node, each, actor, estate_id)
    return tuple(each.id for each in changed)


def check(
    node: Node,
    given: tuple[Project, ...],
    estate_id: str | None = None,
    places: Mapping[str, str] | None = None,
) -> None:
    """Refuse projects that make no sense beside those recorded; `places` are where they stand."""
    place_of = places or {}
    known = projects(node, estate_id)
    after = known | {each.id: each for each in given}
    if len(after) > MOST:
        raise BadInputError(f"{len(after):,} projects", remedy=f"at most {MOST:,} are kept")
    controls = {
        control.key: control
        for framework in node.library.frameworks.values()
        for control in framework.controls
    }
    for project in given:
        for fault in faults(project, known=after, controls=controls, roles=work_roles()):
            here = place_of.get(project.id)
            place = f"{here}: {project.id}" if here else project.id
            raise BadInputError(fault.problem, place=f"{place}: {fault.part}", remedy=fault.remedy)
    round_ = circle({name: each.requires for name, each in after.items()})
    if round_:
        raise BadInputError(
            f"projects require each other in a circle: {', '.join(round_[:10])}",
            remedy="take one of the requirements out",
        )


def asserted(project: Project, actor: str) -> Project:
    """Name who answers for the figures, where nobody is named."""
    return project if project.asserted_by else replace(project, asserted_by=actor)


def _seal(node: Node, project: Project, actor: str, estate_id: str | None) -> ObservationId:
    return node.record(KIND, project, facet=project.id, actor=actor, estate_id=estate_id)


def read_file(path: Path, actor: str) -> tuple[Placed, ...]:
    """Read projects from a YAML file or a workbook; nothing is recorded."""
    if path.suffix.lower() == ".xlsx":
        found = projects_of_sheets(path)
    else:
        with open_source(path, LIMITS) as source:
            raw = b"".join(iter(source.read, b""))
        try:
            found = projects_of_yaml(raw, source=path.name)
        except ContentError as error:
            raise BadInputError(error.problem, place=error.place, remedy=error.remedy) from error
    return tuple(replace(each, project=asserted(each.project, actor)) for each in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file of projects would change."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


def import_file(
    node: Node, path: Path, *, actor: str, estate_id: str | None = None, commit: bool = True
) -> Preview:
    """Record the projects of a file, all or none; without `commit` only say what would change."""
    given = read_file(path, actor)
    places = {each.project.id: each.place for each in given}
    wanted = tuple(each.project for each in given)
    known = projects(node, estate_id)
    check(node, wanted, estate_id, places)
    different = [each for each in wanted if known.get(each.id) != each]
    if commit:
        put_all(node, different, actor=actor, estate_id=estate_id)
    return Preview(
        added=tuple(each.id for each in different if each.id not in known),
        changed=tuple(each.id for each in different if each.id in known),
        unchanged=len(wanted) - len(different),
    )


def seed_projects(node: Node, estate_id: str, now: datetime) -> None:
    """Record the demo bank's projects, as of a month ago."""
    name, raw = library.demo("projects.yaml")
    made = [each.project for each in projects_of_yaml(raw, source=name)]
    check(node, tuple(made), estate_id)
    then = now - SEEDED_AGO
    subject = institution_of(node.estate(estate_id))
    node.log.append(
        (record(KIND, each, subject=subject, facet=each.id, at=then) for each in made), then
    )
