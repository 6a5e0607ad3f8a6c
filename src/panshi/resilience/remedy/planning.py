"""The cheapest layers to add: every choice is followed, those with an equal future as one.

Choices are built up service by service (`prefix`). Of choices that lead to the same state in every
scenario, one that misses more and costs more than another can never become better, and is dropped:
dynamic programming (Bellman 1957) over states, with a Pareto front in each. So the answer is that
of trying every subset, and proven, unless there were more states than `MOST`; then those that miss
most are dropped too, and the answer says that it is not proven.

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
from panshi.resilience.remedy.prefix import Prefix, State, Step, apart, steps_of
from panshi.resilience.remedy.terms import Choice, Goal, weight, worst_course

MOST = 4_096
"States followed after each service."
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

type _States = tuple[State, ...]


@dataclass(slots=True)
class _Search:
    """Fronts of choices by the states they lead to."""

    graph: Graph
    costs: dict[NodeId, int]
    budget: int | None
    prefixes: tuple[Prefix, ...]
    tried: int = 0
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

    def _followed(self, steps: Iterable[Step]) -> list[Found]:
        fronts: dict[_States, list[Found]] = {
            tuple(each.start for each in self.prefixes): [_NOTHING]
        }
        for step in steps:
            grown: dict[_States, list[Found]] = {}
            for states, front in fronts.items():
                self._follow(states, front, step, grown)
            fronts = self._bounded({states: _front(each) for states, each in grown.items()})
        return _front([each for front in fronts.values() for each in front])

    def _follow(
        self,
        states: _States,
        front: list[Found],
        step: Step,
        grown: dict[_States, list[Found]],
    ) -> None:
        for picked in _subsets(step):
            cost = sum(self.costs[each] for each in picked)
            kept = [each for each in front if self._affordable(each.cost + cost)]
            if not kept:
                continue
            told = [
                prefix.after(state, step, picked)
                for prefix, state in zip(self.prefixes, states, strict=True)
            ]
            self.tried += len(told)
            missed = frozenset[Goal]().union(*(each for _state, each in told))
            into = grown.setdefault(tuple(state for state, _missed in told), [])
            into.extend(self._with(each, picked, cost, missed) for each in kept)

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

    def _bounded(self, fronts: dict[_States, list[Found]]) -> dict[_States, list[Found]]:
        if len(fronts) <= MOST:
            return fronts
        self.proven = False
        kept = sorted(fronts.items(), key=lambda each: _rank(each[1][0]))
        return dict(kept[:MOST])


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
        tried=search.tried,
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
