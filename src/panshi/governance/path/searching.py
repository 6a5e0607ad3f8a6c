"""From what a target asks for and the register of projects to a path problem, and its answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from panshi.errors import UsageError
from panshi.governance.path.comparing import greedy, per_control
from panshi.governance.path.forecast import effect_of
from panshi.governance.path.instance import Candidate, Effect, Instance, Limits, Need
from panshi.governance.path.obstacles import obstacles, relaxations
from panshi.governance.path.plan import Obstacle, Relaxation, Wishes
from panshi.governance.path.program import Purse
from panshi.governance.path.register import PER_CENT
from panshi.governance.path.requirements import Requirements
from panshi.governance.path.solving import Choice, Solution, cheapest, place
from panshi.model.bodies.projects import Project, ProjectStatus

ASIDE = 20.0
"Effort spent on everything that stands beside the path, together."
MOST_RUNGS = 40
MOST_QUARTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answers to one path problem, in numbers of its candidates."""

    instance: Instance
    solution: Solution
    alternatives: tuple[Solution, ...] = ()
    curve: tuple[Solution, ...] = ()
    "Cheapest choices for ever more of the open needs."
    greedy: Choice | None = None
    per_control: Choice | None = None
    fits: tuple[bool, bool] = (True, True)
    "Whether the choices of greedy and per control fit into the quarters."
    obstacles: tuple[Obstacle, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()


def search(asked: Requirements, projects: Mapping[str, Project], wishes: Wishes) -> Found:
    """Find the cheapest path, what stands beside it, or why there is none."""
    instance = instance_of(asked, projects, wishes)
    if not instance.open_needs and not instance.forced:
        return Found(instance=instance, solution=cheapest(instance))
    blocked = any(each.blocked for each in asked.open)
    solution, purse = cheapest(instance), Purse(ASIDE)
    curve = _curve(instance, solution, purse) if wishes.curve else ()
    if not solution.found:
        why = obstacles(instance, asked.demands, purse)
        return Found(
            instance=instance,
            solution=solution,
            curve=curve,
            obstacles=why,
            relaxations=()
            if blocked or any(each.control for each in why)
            else relaxations(instance, purse),
        )
    simple = (greedy(instance), per_control(instance, purse))
    return Found(
        instance=instance,
        solution=solution,
        alternatives=_alternatives(instance, solution, wishes.alternatives, purse),
        curve=curve,
        greedy=simple[0],
        per_control=simple[1],
        fits=(_fits(instance, simple[0], purse), _fits(instance, simple[1], purse)),
    )


def instance_of(asked: Requirements, projects: Mapping[str, Project], wishes: Wishes) -> Instance:
    """Write needs, open projects and limits as a path problem."""
    _check_named(projects, wishes)
    usable = {
        name: project
        for name, project in projects.items()
        if project.status.open and name not in wishes.without
    }
    _drop_unfounded(usable, projects)
    for name in wishes.force:
        if name not in usable:
            raise UsageError(f"project {name} requires one that may not be chosen")
    index = {name: number for number, name in enumerate(usable)}
    needs = _needs(asked, usable.values())
    return Instance(
        needs=needs,
        candidates=tuple(_candidate(project, index, needs) for project in usable.values()),
        limits=limits_of(wishes),
        forced=frozenset(index[name] for name in wishes.force),
    )


def limits_of(wishes: Wishes) -> Limits:
    """Give the limits, a single figure spread over every quarter."""
    if not 1 <= wishes.quarters <= MOST_QUARTERS:
        raise UsageError(f"{wishes.quarters} quarters", remedy=f"1 to {MOST_QUARTERS}")
    return Limits(
        quarters=wishes.quarters,
        budget=_each_quarter(wishes.budget, wishes.quarters, "budget"),
        hours=tuple(
            (role, _each_quarter(each, wishes.quarters, role)) for role, each in wishes.hours
        ),
        total=wishes.total,
    )


def _each_quarter(given: Sequence[int], quarters: int, name: str) -> tuple[int, ...]:
    if any(each < 0 for each in given):
        raise UsageError(f"{name}: less than nothing", remedy="write 0 or more")
    if len(given) <= 1:
        return tuple(given) * quarters
    if len(given) != quarters:
        raise UsageError(
            f"{name}: {len(given)} figures for {quarters} quarters",
            remedy="write one for every quarter, or a single one",
        )
    return tuple(given)


def _check_named(projects: Mapping[str, Project], wishes: Wishes) -> None:
    for name in (*wishes.without, *wishes.force):
        if name not in projects:
            raise UsageError(f"there is no project {name!r}", remedy="`panshi project list`")
    for name in wishes.force:
        if not projects[name].status.open or name in wishes.without:
            raise UsageError(
                f"project {name} cannot be part of a path", remedy="it is done, dropped or left out"
            )


def _drop_unfounded(usable: dict[str, Project], projects: Mapping[str, Project]) -> None:
    """Leave out what requires a project that is neither usable nor done."""
    while True:
        lost = [
            name
            for name, project in usable.items()
            if any(
                other not in usable and not _done(projects.get(other)) for other in project.requires
            )
        ]
        if not lost:
            return
        for name in lost:
            del usable[name]


def _done(project: Project | None) -> bool:
    return project is not None and project.status is ProjectStatus.DONE


def _needs(asked: Requirements, projects: Iterable[Project]) -> tuple[Need, ...]:
    """Give what must come to hold, and what holds today and a project could break."""
    risky = {
        lift.control
        for project in projects
        for lift in project.lifts
        if lift.sees and lift.passing < PER_CENT
    }
    return tuple(
        each.need for each in asked.demands if not each.need.holds or each.need.key in risky
    )


def _candidate(project: Project, index: Mapping[str, int], needs: Sequence[Need]) -> Candidate:
    effects: list[Effect] = []
    for lift in project.lifts:
        effects += [
            effect_of(lift, at) for at, need in enumerate(needs) if need.key == lift.control
        ]
    return Candidate(
        id=project.id,
        cost=project.cost_likely,
        quarters=project.quarters,
        hours=tuple((each.role, each.hours) for each in project.hours),
        requires=tuple(index[other] for other in project.requires if other in index),
        excludes=tuple(index[other] for other in project.excludes if other in index),
        effects=tuple(effects),
    )


def _alternatives(
    instance: Instance, best: Solution, count: int, purse: Purse
) -> tuple[Solution, ...]:
    found: list[Solution] = []
    seen = [best.chosen]
    for _ in range(count if best.chosen else 0):
        other = cheapest(instance, without=seen, purse=purse)
        if not other.found:
            break
        found.append(other)
        seen.append(other.chosen)
    return tuple(found)


def _curve(instance: Instance, best: Solution, purse: Purse) -> tuple[Solution, ...]:
    """Give the cheapest choice for ever more needs, none that costs as much as the next."""
    found: list[Solution] = []
    wanted, most = 1, len(instance.open_needs)
    while wanted <= most and len(found) < MOST_RUNGS:
        whole = wanted == most and best.found
        rung = best if whole else cheapest(instance, at_least=wanted, purse=purse)
        if not rung.found:
            break
        if found and found[-1].cost == rung.cost:
            found.pop()
        found.append(rung)
        wanted = max(wanted, len(instance.held(rung.chosen))) + 1
    return tuple(found)


def _fits(instance: Instance, chosen: Choice | None, purse: Purse) -> bool:
    if chosen is None:
        return False
    limits = instance.limits
    within = limits.total is None or instance.cost(chosen) <= limits.total
    excluded = any(o in chosen for n in chosen for o in instance.candidates[n].excludes)
    return within and not excluded and place(instance, chosen, purse).starts != {}


def named(instance: Instance, chosen: Choice) -> tuple[str, ...]:
    """Give the ids of chosen candidates."""
    return tuple(instance.candidates[number].id for number in sorted(chosen))
