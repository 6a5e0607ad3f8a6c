"""One disaster told service by service, so that choices which change nothing more become one.

Services are told in the order of urgency, each under the layers chosen for it. What later services
can see of earlier ones is the people, seats and restore paths these have booked and, where one
stands on another, when that is down: the *state*. Choices that lead to equal states have an equal
future, so each state is gone on from once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from panshi.model.resilience.graph import Graph, Node, NodeId, NodeKind
from panshi.model.resilience.plan import Scenario
from panshi.resilience.remedy.terms import Choice, Goal, missed
from panshi.resilience.story.course import Telling, urgency
from panshi.resilience.story.pools import State as Booked
from panshi.resilience.story.spans import Spans


@dataclass(frozen=True, slots=True)
class State:
    """All that a later service can see of what was told so far."""

    booked: Booked
    known: tuple[tuple[NodeId, Spans], ...] = ()
    "When services others stand on are down."
    pending: Choice = frozenset()
    "Layers chosen for what was not told yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One service to be told, and the layers one decides on before."""

    service: Node
    options: tuple[NodeId, ...]


def steps_of(graph: Graph, options: Choice) -> tuple[Step, ...]:
    """Give services in the order they are told; options of what one stands on come with it."""
    below = _services_below(graph)
    decided: set[NodeId] = set()
    found = []
    for service in sorted(graph.services, key=urgency):
        fresh = below[service.id] - decided
        decided |= fresh
        offered = (each.id for each in graph.layers if each.serves in fresh and each.id in options)
        found.append(Step(service=service, options=tuple(sorted(offered))))
    return tuple(found)


def apart(graph: Graph, steps: Iterable[Step]) -> list[list[Step]]:
    """Part steps into those that share no pool and stand on no common service."""
    below = _services_below(graph)
    groups: list[tuple[set[NodeId], list[Step]]] = []
    for step in steps:
        names = {step.service.id, *below[step.service.id]}
        for layer in graph.layers:
            if layer.serves in names:
                names |= {each.pool for each in layer.draws}
                names |= {layer.restore_pool} if layer.restore_pool is not None else set()
        joined = [each for each in groups if not names.isdisjoint(each[0])]
        groups = [each for each in groups if names.isdisjoint(each[0])]
        together = sorted(
            (one for _names, group in joined for one in group), key=lambda one: urgency(one.service)
        )
        groups.append((names.union(*(each[0] for each in joined)), [*together, step]))
    return [group for _names, group in groups]


def _services_below(graph: Graph) -> dict[NodeId, frozenset[NodeId]]:
    """Give each node the nodes with layers it is or stands on."""
    found: dict[NodeId, frozenset[NodeId]] = {}
    for node in graph.order:
        own = frozenset({node.id} if node.id in graph.layers_of else ())
        found[node.id] = own.union(*(found[each] for each in node.needs))
    return found


class Prefix:
    """One scenario on one graph that holds every option."""

    def __init__(self, graph: Graph, scenario: Scenario, options: Choice) -> None:
        """Work out once what no choice changes."""
        self.graph, self.scenario, self.options = graph, scenario, options
        self._base = Telling(graph, scenario)
        self.start = State(self._base.booking.state)
        self._leant_on = frozenset(graph.layers_of) & {
            need for node in graph.nodes for need in node.needs
        }
        self._serves = {layer.id: layer.serves for layer in graph.layers}

    def after(self, state: State, step: Step, picked: Choice) -> tuple[State, frozenset[Goal]]:
        """Tell one more service; give the state then, and the goals missed by who was told."""
        chosen = state.pending | picked
        telling = Telling(self.graph, self.scenario, gone=self.options - chosen, like=self._base)
        telling.booking.state = state.booked
        telling.known |= dict(state.known)
        before = {name for name, _spans in state.known}
        telling.down(step.service.id)
        told = {step.service.id} | (self._leant_on & telling.known.keys())
        found: frozenset[Goal] = frozenset()
        for name in told - before:
            node = self.graph.by_id[name]
            if node.kind is NodeKind.SERVICE:
                found |= missed(telling.tale(node))
        return State(
            booked=telling.booking.state,
            known=tuple(sorted((name, telling.known[name]) for name in told & self._leant_on)),
            pending=frozenset(each for each in chosen if self._serves[each] not in telling.known),
        ), found
