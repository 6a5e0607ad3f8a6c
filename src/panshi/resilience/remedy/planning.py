"""The cheapest layers to add: every choice is followed through the course of the disaster.

Services that share nothing are decided on apart, so that choices add up instead of multiplying;
choices that differ in layers no disaster asks for are one. What misses more and costs more than
another is dropped. So the answer is that of trying every subset, and proven, unless services that
share something have more choices than `MOST`; then they are decided on one after another, and the
answer says that it is not proven.

First as many goals as possible are met (those of critical services first), then the cost is least,
then the fewest layers are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from panshi.errors import BadInputError
from panshi.model.resilience.graph import Graph, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.resilience.remedy.prefix import Prefix, Step, apart, steps_of
from panshi.resilience.remedy.terms import Choice, Goal, weight, worst_course

MOST = 4_096
"Choices followed for services that share something."
MOST_OFFERS = 10
"Offers decided on at once: those of one service and of the services it stands on."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A choice and what is known of it."""

    chosen: Choice
    cost: int
    missed: frozenset[Goal]
    weight: int
    "What is missed, weighed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to add."""

    before: Found
    "As things are."
    best: Found
    proven: bool
    "No choice meets more, and none that meets as much is cheaper."
    steps: tuple[Found, ...]
    "What money buys, cheapest first; the first costs nothing."
    tried: int
    "Courses of one service that were told."


_NOTHING = Found(chosen=frozenset(), cost=0, missed=frozenset(), weight=0)


@dataclass(slots=True)
class _Search:
    """Fronts of choices, group by group."""

    graph: Graph
    costs: dict[NodeId, int]
    budget: int | None
    prefixes: tuple[Prefix, ...]
    proven: bool = True

    def front(self, steps: Iterable[Step]) -> list[Found]:
        """Follow every choice to the end; services that share nothing are followed apart."""
        found = [_NOTHING]
        for group in apart(self.graph, steps):
            grown = self._followed(group)
            found = _front(
                self._with(one, other.chosen, other.cost, other.missed)
                for one in found
                for other in grown
                if self._affordable(one.cost + other.cost)
            )
        return found

    def _followed(self, steps: Sequence[Step]) -> list[Found]:
        services = [each.service.id for each in steps]
        offered = [one for each in steps for one in each.options]
        if 2 ** len(offered) <= MOST:
            return _front(
                self._told(services, frozenset(picked))
                for size in range(len(offered) + 1)
                for picked in combinations(offered, size)
                if self._affordable(sum(self.costs[each] for each in picked))
            )
        self.proven = False
        front = [self._told(services, frozenset())]
        for step in steps:
            front = _front(
                self._told(services, one.chosen | picked)
                for one in front
                for picked in _subsets(step)
                if self._affordable(one.cost + sum(self.costs[each] for each in picked))
            )
        return front

    def _told(self, services: Sequence[NodeId], chosen: Choice) -> Found:
        goals = (each.missed(services, chosen) for each in self.prefixes)
        return self._with(
            _NOTHING,
            chosen,
            sum(self.costs[each] for each in chosen),
            frozenset[Goal]().union(*goals),
        )

    def _affordable(self, cost: int) -> bool:
        return self.budget is None or cost <= self.budget

    def _with(self, found: Found, picked: Choice, cost: int, missed: frozenset[Goal]) -> Found:
        every = found.missed | missed
        return Found(
            chosen=found.chosen | picked,
            cost=found.cost + cost,
            missed=every,
            weight=weight(self.graph, every),
        )


def remedy(
    graph: Graph,
    options: Choice,
    scenarios: Sequence[Scenario],
    *,
    budget: int | None = None,
    worst: bool = False,
) -> Remedy:
    """Find the cheapest of the options in a graph that let its services keep their objectives."""
    _refuse_primaries(graph, options)
    courses = [worst_course(graph, each) if worst else (graph, each) for each in scenarios]
    search = _Search(
        graph=graph,
        costs={layer.id: layer.cost for layer in graph.layers},
        budget=budget,
        prefixes=tuple(Prefix(each, scenario, options) for each, scenario in courses),
    )
    steps = steps_of(graph, options)
    before = search.front([Step(service=each.service, options=()) for each in steps])[0]
    front = search.front(steps)
    return Remedy(
        before=before,
        best=front[0],
        proven=search.proven,
        steps=_bought(front, before),
        tried=sum(each.tried for each in search.prefixes),
    )


def _refuse_primaries(graph: Graph, options: Choice) -> None:
    """Refuse as an option what serves in ordinary times."""
    for node in graph.nodes:
        for group in node.groups:
            for member in group.members[: group.needed]:
                if member.node in options:
                    raise BadInputError(
                        f"{member.node} is what {node.id} ordinarily stands on, no layer to add",
                        remedy="offer standbys only",
                    )


def _subsets(step: Step) -> Iterator[Choice]:
    if len(step.options) > MOST_OFFERS:
        raise BadInputError(
            f"{len(step.options)} layers are offered to {step.service.id} and what it stands on",
            remedy=f"offer at most {MOST_OFFERS} at once",
        )
    for size in range(len(step.options) + 1):
        yield from map(frozenset, combinations(step.options, size))


def _rank(found: Found) -> tuple[int, int, int, list[NodeId]]:
    return found.weight, found.cost, len(found.chosen), sorted(found.chosen)


def _front(found: Iterable[Found]) -> list[Found]:
    """Give what nothing else is at least as good as in every respect, best first."""
    kept: list[Found] = []
    for each in sorted(found, key=_rank):
        if not any(one.cost <= each.cost and len(one.chosen) <= len(each.chosen) for one in kept):
            kept.append(each)
    return kept


def _bought(front: Sequence[Found], before: Found) -> tuple[Found, ...]:
    """Give the least to spend for each further gain, cheapest first."""
    steps = [before]
    for each in sorted(front, key=lambda one: (one.cost, one.weight, len(one.chosen))):
        if each.weight < steps[-1].weight:
            if each.cost == steps[-1].cost:
                steps.pop()
            steps.append(each)
    return tuple(steps)
