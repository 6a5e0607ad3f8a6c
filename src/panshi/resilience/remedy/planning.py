"""The remedy: the cheapest layers, what stands beside them, and what each amount of money buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from panshi.model.resilience.graph import Graph, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.resilience.remedy.courses import Choice, Courses, Terms
from panshi.resilience.remedy.reach import reaches
from panshi.resilience.remedy.searching import Found, Search

ALTERNATIVES = 3
STEPS = 12
"Points told of what money buys."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The least that must be spent for so many services to hold."""

    cost: int
    chosen: Choice
    failing: frozenset[NodeId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to add."""

    best: Found
    before: frozenset[NodeId]
    "Services that do not hold as things are."
    hopeless: frozenset[NodeId]
    "Services that hold under no choice within the budget that is best."
    alternatives: tuple[Found, ...]
    "Next cheapest choices under which as many hold."
    steps: tuple[Step, ...]
    "What money buys, cheapest first; the first step costs nothing."
    tried: int
    "Choices put through the courses."


def remedy(
    graph: Graph,
    options: Choice,
    scenarios: Sequence[Scenario],
    terms: Terms,
    *,
    budget: int | None = None,
    costs: dict[NodeId, int] | None = None,
) -> Remedy:
    """Find the cheapest of the options in a graph that let its services keep their objectives."""
    courses = Courses(graph=graph, options=options, scenarios=scenarios, terms=terms)
    services = tuple(
        each.id for each in graph.services if each.rto is not None or each.rpo is not None
    )
    priced = {layer.id: layer.cost for layer in graph.layers if layer.id in options}
    search = Search(
        costs=priced if costs is None else costs,
        services=services,
        critical=frozenset(each for each in services if graph.by_id[each].critical),
        reach=reaches(graph, options),
        holds=courses,
    )
    before = frozenset(services) - courses(frozenset())
    best = search.cheapest(budget=budget)
    if best is None:  # the empty choice always stands
        best = Found(chosen=frozenset(), cost=0, failing=before, proven=False, rounds=0)
    steps = _steps(search, best, before)
    return Remedy(
        best=best,
        before=before,
        hopeless=best.failing,
        alternatives=_alternatives(search, best, budget),
        steps=steps,
        tried=len(courses.tried),
    )


def _alternatives(search: Search, best: Found, budget: int | None) -> tuple[Found, ...]:
    found: list[Found] = []
    if not best.chosen:
        return ()
    while len(found) < ALTERNATIVES:
        unlike = [best.chosen, *(each.chosen for each in found)]
        other = search.cheapest(budget=budget, unlike=unlike, failing=search.weight(best.failing))
        if other is None or search.weight(other.failing) > search.weight(best.failing):
            break
        found.append(other)
    return tuple(found)


def _steps(search: Search, best: Found, before: frozenset[NodeId]) -> tuple[Step, ...]:
    """Lower the budget below each step until nothing is left to spend."""
    steps = [Step(cost=best.cost, chosen=best.chosen, failing=best.failing)]
    while steps[-1].cost > 0 and len(steps) < STEPS:
        cheaper = search.cheapest(budget=steps[-1].cost - 1)
        if cheaper is None:
            break
        steps.append(Step(cost=cheaper.cost, chosen=cheaper.chosen, failing=cheaper.failing))
    if steps[-1].cost > 0:
        steps.append(Step(cost=0, chosen=frozenset(), failing=before))
    return tuple(reversed(steps))
