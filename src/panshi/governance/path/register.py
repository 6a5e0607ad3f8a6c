"""The register of projects: the newest record of each, and what would make a record senseless.

A project is refused as a whole: a plan computed on half a project would be no plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from panshi.governance.assessment.contradictions import NAMING
from panshi.governance.assessment.looks import is_newer
from panshi.governance.persons import name_defect
from panshi.model.bodies.projects import Lift, Project
from panshi.model.control import Basis, Control
from panshi.model.observation import Sealed

KIND = "record.project/1"
MOST_COST = 10**12
"TWD; more is a slip of the pen."
MOST_QUARTERS = 40
MOST_HOURS = 1_000_000
LONGEST_TEXT = 200
LONGEST_ID = 60
LONGEST_NOTE = 2_000
PER_CENT = 100
RESERVED = frozenset({"new", "import"})
"Words that stand in addresses where an id could."


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A project with the record that carries it."""

    sealed: Sealed
    project: Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a project."""

    part: str
    "Name of the field, e.g. `lifts`."
    problem: str
    remedy: str = ""


def register(records: Iterable[Sealed], subjects: Collection[str]) -> dict[str, Registered]:
    """Give the newest record of each project of an institution, by its id."""
    found: dict[str, Registered] = {}
    for sealed in records:
        body = sealed.observation.body
        if not isinstance(body, Project) or sealed.observation.subject not in subjects:
            continue
        known = found.get(sealed.observation.facet)
        if known is None or is_newer(sealed, known.sealed):
            found[sealed.observation.facet] = Registered(sealed=sealed, project=body)
    return dict(sorted(found.items()))


def faults(
    project: Project,
    *,
    known: Collection[str],
    controls: Mapping[str, Control],
    roles: Collection[str],
) -> Iterator[Fault]:
    """Give everything wrong with a project; `known` are the ids of the others."""
    yield from _texts(project)
    yield from _figures(project)
    yield from _others(project, known)
    yield from _hours(project, roles)
    if not project.lifts:
        yield Fault(part="lifts", problem="it lifts nothing", remedy="name at least one control")
    if len({lift.control for lift in project.lifts}) < len(project.lifts):
        yield Fault(part="lifts", problem="a control is there twice", remedy="write one lift")
    for lift in project.lifts:
        yield from _lift_faults(lift, controls)


def circle(requires: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Give the projects that require each other in a circle, or wait for such; none is well."""
    waiting = {name: set(others) for name, others in requires.items()}
    while waiting:
        ready = [name for name, others in waiting.items() if not others & waiting.keys()]
        if not ready:
            return tuple(sorted(waiting))
        for name in ready:
            del waiting[name]
    return ()


def _others(project: Project, known: Collection[str]) -> Iterator[Fault]:
    for name in ("requires", "excludes"):
        for other in getattr(project, name):
            if other == project.id:
                yield Fault(part=name, problem="names the project itself")
            elif other not in known:
                yield Fault(part=name, problem=f"there is no project {other!r}")


def _hours(project: Project, roles: Collection[str]) -> Iterator[Fault]:
    for each in project.hours:
        if each.role not in roles:
            yield Fault(
                part="hours",
                problem=f"{each.role!r} is no NICE work role",
                remedy="for example PD-WRL-001",
            )
        if not 0 < each.hours <= MOST_HOURS:
            yield Fault(part="hours", problem=f"{each.role}: {each.hours} hours")
    if len({each.role for each in project.hours}) < len(project.hours):
        yield Fault(part="hours", problem="a role is there twice", remedy="add the hours up")


def _texts(project: Project) -> Iterator[Fault]:
    plain = (
        project.id not in RESERVED
        and project.id.isascii()
        and project.id.replace("-", "").replace(".", "").isalnum()
    )
    if not plain or len(project.id) > LONGEST_ID:
        yield Fault(
            part="id",
            problem=f"{project.id[:LONGEST_ID]!r} is no id",
            remedy="letters, digits, - and . only, at most 60",
        )
    for name in ("title_zh", "title_en"):
        text = getattr(project, name)
        if not text.strip() or len(text) > LONGEST_TEXT:
            yield Fault(part=name, problem="is empty or longer than 200 characters")
    if len(project.note) > LONGEST_NOTE:
        yield Fault(part="note", problem="is longer than 2,000 characters")
    for name in ("owner", "asserted_by"):
        defect = name_defect(getattr(project, name))
        if defect:
            yield Fault(part=name, problem=defect)


def _figures(project: Project) -> Iterator[Fault]:
    if not 0 <= project.cost_low <= project.cost_likely <= project.cost_high <= MOST_COST:
        yield Fault(
            part="cost_likely",
            problem=f"costs {project.cost_low:,} / {project.cost_likely:,} / "
            f"{project.cost_high:,} do not rise from low to high",
            remedy="low <= likely <= high, in TWD",
        )
    if not 1 <= project.quarters <= MOST_QUARTERS:
        yield Fault(part="quarters", problem=f"{project.quarters} quarters", remedy="1 to 40")


def _lift_faults(lift: Lift, controls: Mapping[str, Control]) -> Iterator[Fault]:
    control = controls.get(lift.control)
    if control is None:
        yield Fault(
            part="lifts",
            problem=f"there is no control {lift.control!r}",
            remedy="name it <framework>/<control>, e.g. zt36/1-2",
        )
        return
    shares = (lift.fixes, lift.sees, lift.passing)
    if any(not 0 <= share <= PER_CENT for share in shares):
        yield Fault(part="lifts", problem=f"{lift.control}: shares go from 0 to 100 per cent")
    if not (lift.fixes or lift.sees or lift.retests or lift.attests):
        yield Fault(part="lifts", problem=f"{lift.control}: nothing is lifted")
    if lift.attests and control.basis is not Basis.ATTESTED:
        yield Fault(part="lifts", problem=f"{lift.control} is not a control that people attest")
    if (lift.fixes or lift.sees) and control.basis is not Basis.EVIDENCE:
        yield Fault(part="lifts", problem=f"{lift.control} has no population to fix or see")
    tests = {each.observation for each in control.contradicted_by} | NAMING
    for kind in lift.retests:
        if kind not in tests:
            yield Fault(
                part="lifts",
                problem=f"{lift.control} is not contradicted by {kind}",
                remedy="one of: " + ", ".join(sorted(tests)),
            )
