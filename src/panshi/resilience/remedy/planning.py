"""The cheapest layers to add: few choices are all followed, many are proposed, told and proven.

Services that share nothing are decided on apart, so that choices add up instead of multiplying.
Where those that share something have few choices, each is told; what misses more and costs more
than another is dropped. Where they have many, a programme proposes (`proposing`), and the answer is
proven when what it proposed comes true. Else it is the best that was told, and says how far from
the best it may be. One question has a limited effort (`effort`) for all of it together.

First as many goals as possible are met (those of critical services first), then the cost is least,
then the fewest layers are added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from panshi.errors import BadInputError
from panshi.model.resilience.graph import Graph, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.resilience.remedy.bounds import Turn, turns_of
from panshi.resilience.remedy.effort import Effort
from panshi.resilience.remedy.prefix import Prefix, Step, apart, services_below, steps_of
from panshi.resilience.remedy.proposing import Offer, propose
from panshi.resilience.remedy.terms import Choice, Found, Goal, weight, worst_course

MOST = 20_000
"Courses of one service in each scenario, up to which every choice is told."


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to add."""

    before: Found
    "As things are."
    best: Found
    proven: bool
    "No choice misses less by weight, and none that misses as little is cheaper."
    least: int
    "Weight of what every choice misses at least; of the best where that is proven."
    cost: int
    "What a choice costs at least that misses no more than that."
    steps: tuple[Found, ...]
    "What money buys, cheapest first; the first costs nothing."
    tried: int
    "Courses of one service that were told."


_NOTHING = Found(chosen=frozenset(), cost=0, missed=frozenset(), weight=0)


@dataclass(slots=True, kw_only=True)
class _Best:
    """The best of several groups, as far as they were looked at."""

    found: list[Found] = field(default_factory=lambda: [_NOTHING])
    least: int = 0
    cost: int = 0
    proven: bool = True
    every: bool = True
    "Every choice was told."


class _Search:
    """Fronts of choices, group by group."""

    def __init__(
        self,
        courses: Sequence[tuple[Graph, Scenario]],
        graph: Graph,
        options: Choice,
        budget: int | None,
        watch: Callable[[int], None],
    ) -> None:
        self.prefixes = [Prefix(each, scenario, options) for each, scenario in courses]
        self._courses, self._graph, self._budget, self._watch = courses, graph, budget, watch
        self._heard, self._effort = 0, Effort()
        self._costs = {layer.id: layer.cost for layer in graph.layers if layer.id in options}

    def best(self, steps: Iterable[Step]) -> _Best:
        """Put groups together, each decided on by itself."""
        whole, groups = _Best(), apart(self._graph, steps)
        for group in groups:
            grown = self._decided(group, alone=len(groups) == 1)
            whole.found = _front(
                self._joined(one, other)
                for one in whole.found
                for other in grown.found
                if self._affordable(one.cost + other.cost)
            )
            whole.least += grown.least
            whole.cost += grown.cost
            whole.proven = whole.proven and grown.proven
            whole.every = whole.every and grown.every
        best = whole.found[0]
        if not whole.every and self._budget is not None and len(groups) > 1:
            whole.proven = whole.proven and (best.weight, best.cost) == (whole.least, whole.cost)
        if whole.proven:  # the groups share one budget, of which each bound took the whole
            whole.least, whole.cost = best.weight, best.cost
        return whole

    def _decided(self, steps: Sequence[Step], *, alone: bool) -> _Best:
        services = [each.service.id for each in steps]
        offered = sorted({one for each in steps for one in each.options})
        if self._all_can_be_told(len(services), len(offered)):
            front = _front(
                self._told(services, frozenset(picked))
                for size in range(len(offered) + 1)
                for picked in combinations(offered, size)
                if self._affordable(sum(self._costs[each] for each in picked))
            )
            best = front[0]
            return _Best(found=front, least=best.weight, cost=best.cost)
        if self._effort.spent:
            nothing = self._told(services, frozenset())
            return _Best(found=[nothing], proven=not nothing.missed, every=False)
        names = {name for each in services for name in self._below[each]}
        offer = Offer(
            graph=self._graph,
            turns=[each for each in self._turns if each.service in names],
            costs={each: self._costs[each] for each in offered},
            told=lambda chosen: self._told(services, chosen),
            effort=self._effort,
        )
        proposed = propose(offer, self._budget if alone else None)
        return _Best(
            found=_front(each for each in proposed.found if self._affordable(each.cost)),
            least=proposed.least,
            cost=proposed.cost,
            proven=proposed.proven,
            every=False,
        )

    def _all_can_be_told(self, services: int, offered: int) -> bool:
        courses = services << offered
        here = offered == 0 or courses * len(self.prefixes) <= self._effort.courses
        return courses <= MOST and here

    @cached_property
    def _below(self) -> dict[NodeId, frozenset[NodeId]]:
        return services_below(self._graph)

    @cached_property
    def _turns(self) -> tuple[Turn, ...]:
        return tuple(turns_of(self._courses))

    def _told(self, services: Sequence[NodeId], chosen: Choice) -> Found:
        self._effort.courses -= len(services) * len(self.prefixes)
        goals = (each.missed(services, chosen) for each in self.prefixes)
        missed = frozenset[Goal]().union(*goals)
        self._heard += 1
        self._watch(self._heard)
        return Found(
            chosen=chosen,
            cost=sum(self._costs[each] for each in chosen),
            missed=missed,
            weight=weight(self._graph, missed),
        )

    def _affordable(self, cost: int) -> bool:
        return self._budget is None or cost <= self._budget

    @staticmethod
    def _joined(one: Found, other: Found) -> Found:
        return Found(
            chosen=one.chosen | other.chosen,
            cost=one.cost + other.cost,
            missed=one.missed | other.missed,
            weight=one.weight + other.weight,
        )


def remedy(
    graph: Graph,
    options: Choice,
    scenarios: Sequence[Scenario],
    *,
    budget: int | None = None,
    worst: bool = False,
    watch: Callable[[int], None] = lambda _count: None,
) -> Remedy:
    """Find the cheapest of the options in a graph that let its services keep their objectives.

    `watch` hears how many choices were told so far.
    """
    _refuse_primaries(graph, options)
    courses = [worst_course(graph, each) if worst else (graph, each) for each in scenarios]
    search = _Search(courses, graph, options, budget, watch)
    steps = steps_of(graph, options)
    before = search.best([Step(service=each.service, options=()) for each in steps]).found[0]
    best = search.best(steps)
    return Remedy(
        before=before,
        best=best.found[0],
        proven=best.proven,
        least=best.least,
        cost=best.cost,
        steps=_bought(best.found, before),
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


def _rank(found: Found) -> tuple[int, int, int, list[NodeId]]:
    return found.weight, found.cost, len(found.chosen), sorted(found.chosen)


def _front(found: Iterable[Found]) -> list[Found]:
    """Give what nothing else is at least as good as in every respect, best first."""
    kept: list[Found] = []
    cheapest: dict[int, int] = {}
    "By number of layers."
    for each in sorted(found, key=_rank):
        size = len(each.chosen)
        if not any(few <= size and cost <= each.cost for few, cost in cheapest.items()):
            kept.append(each)
            cheapest[size] = each.cost
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
