"""One disaster told again and again, under other choices of layers each time.

What no choice changes is worked out once. Services that share people, seats or restore paths, or
stand on one another, are told together:
which of them waits for whom depends on all that is chosen for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from panshi.model.resilience.graph import Graph, Node, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.resilience.remedy.terms import Choice, Goal, missed
from panshi.resilience.story.course import Telling
from panshi.resilience.turns import drawn, turns, urgency, waits_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One service, and the layers offered to it and to what it stands on."""

    service: Node
    options: tuple[NodeId, ...]


def steps_of(graph: Graph, options: Choice) -> tuple[Step, ...]:
    """Give services in the order they are told; options of what one stands on come with it."""
    below = services_below(graph)
    decided: set[NodeId] = set()
    found = []
    for service in sorted(graph.services, key=urgency):
        fresh = below[service.id] - decided
        decided |= fresh
        layers = (each.id for name in fresh for each in graph.layers_of[name])
        offered = sorted(each for each in layers if each in options)
        found.append(Step(service=service, options=tuple(offered)))
    return tuple(found)


def apart(graph: Graph, steps: Iterable[Step]) -> list[list[Step]]:
    """Part steps into those that share no pool and stand on no common service."""
    below, lead = services_below(graph), _Leads()
    groups: dict[NodeId, list[Step]] = {}
    given = tuple(steps)
    for step in given:
        for name in below[step.service.id]:
            lead.join(step.service.id, name)
            for layer in graph.layers_of[name]:
                for pool in (*drawn(layer), layer.restore_pool):
                    if pool is not None:
                        lead.join(step.service.id, pool)
    for step in given:
        groups.setdefault(lead.of(step.service.id), []).append(step)
    return list(groups.values())


class _Leads:
    """Names that belong together, each with one that stands for all of them (union-find)."""

    def __init__(self) -> None:
        self._above: dict[NodeId, NodeId] = {}

    def of(self, name: NodeId) -> NodeId:
        """Give what stands for a name."""
        above = self._above
        while name in above:
            above[name] = above.get(above[name], above[name])
            name = above[name]
        return name

    def join(self, one: NodeId, other: NodeId) -> None:
        """Let two names belong together."""
        one, other = self.of(one), self.of(other)
        if one != other:
            self._above[other] = one


def services_below(graph: Graph) -> dict[NodeId, frozenset[NodeId]]:
    """Give each node the nodes with layers it is, stands on or recovers with."""
    found: dict[NodeId, frozenset[NodeId]] = {}
    needs = waits_for(graph)
    for node in turns(graph):
        own = frozenset({node.id} if node.id in graph.layers_of else ())
        found[node.id] = own.union(*(found[each] for each in needs[node.id]))
    return found


class Prefix:
    """One scenario on one graph that holds every option."""

    def __init__(self, graph: Graph, scenario: Scenario, options: Choice) -> None:
        """Work out once what no choice changes."""
        self.graph, self.scenario, self.options = graph, scenario, options
        self.tried = 0
        "Courses of one service that were told."
        self._base = Telling(graph, scenario)
        reached = {each.id for each in self._base.live}
        self._lost = frozenset(layer.id for layer in graph.layers if layer.serves in reached)
        self._moving = {name for name, below in services_below(graph).items() if below}
        self._told: dict[tuple[frozenset[NodeId], Choice], frozenset[Goal]] = {}

    def missed(self, services: Collection[NodeId], chosen: Choice) -> frozenset[Goal]:
        """Give the goals services that are told together miss under a choice."""
        key = frozenset(services), chosen & self._lost
        if key not in self._told:
            gone = self.options - chosen
            telling = Telling(self.graph, self.scenario, only=key[0], gone=gone, like=self._base)
            self.tried += len(telling.services)
            courses = (
                (telling if each.id in self._moving else self._base, each)
                for each in telling.services
            )
            self._told[key] = frozenset[Goal]().union(
                *(missed(course.tale(each)) for course, each in courses)
            )
        return self._told[key]
