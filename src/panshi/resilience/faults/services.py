"""Fault trees of the dependency graph: what must fail together for a service, or for its deadline.

*Down*: a node's own event strikes, or a cause that is down takes it along, or a group has fewer
than `needed` members up. *Late for t* (its outage lasts longer than t minutes): its own event, if
its repair takes longer; a cause that took it along, if the outage it brings takes longer or the
cause itself is late; a group, if fewer than `needed` members can carry load by then. Its first
`needed` members carry load already; each standby has only t less its switch-over. More failures
never shorten an outage, so for a given t this is a tree without negations, and its cut sets are
those *of the deadline*. Durations count with their likely value; the simulation plays their spread.

What never fails by itself (probability 0) is in no set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import expm1, log1p

from panshi.errors import MissingError
from panshi.model.resilience.fault_tree import Connective, Definition, Described
from panshi.model.resilience.graph import Delay, Exposure, Graph, Group, Member, Node, NodeId

type Duration = Callable[[Delay], float]


def likely(delay: Delay) -> float:
    """Give the minutes a duration most likely takes."""
    return delay.likely


def described(
    graph: Graph,
    services: Iterable[NodeId],
    *,
    deadline: float | None = None,
    duration: Duration = likely,
    mission_hours: float | None = None,
) -> Described:
    """Give the gates of some services: lost at all, or not back within the deadline in minutes.

    Over another mission time what fails by itself does so at the same constant rate.
    """
    hours = graph.mission_hours if mission_hours is None else mission_hours
    tree = _Tree(graph, duration, hours / graph.mission_hours)
    for service in services:
        if service not in graph.by_id:
            raise MissingError(f"{service} is not in the graph")
        tree.want(service, deadline)
    tree.complete()
    return Described(definitions=tree.definitions, chances=tree.chances, mission_hours=hours)


def over(chance: float, share: float) -> float:
    """Give the chance within a share of the time it speaks of, its rate being constant."""
    return chance if share == 1 or chance == 1 else -expm1(share * log1p(-chance))


def gate_name(node: NodeId, deadline: float | None = None) -> str:
    """Name the gate of a node: lost at all, or later than a deadline."""
    return f"{node} lost" if deadline is None else f"{node} later than {deadline:g} min"


def owner_of(gate: str) -> str:
    """Give the node a gate speaks of."""
    return gate.partition(" later than ")[0].partition(" lost")[0]


def taken(node: NodeId, cause: NodeId) -> str:
    """Name the event that a cause takes a node along."""
    return f"{node} taken by {cause}"


@dataclass(slots=True)
class _Tree:
    """Gates made so far, and those asked for."""

    graph: Graph
    duration: Duration
    share: float
    "Of the graph's mission time."
    definitions: dict[str, Definition] = field(default_factory=dict)
    chances: dict[str, float | None] = field(default_factory=dict)
    _open: list[tuple[NodeId, float | None]] = field(default_factory=list)

    def want(self, node: NodeId, deadline: float | None) -> str:
        """Give the name of a gate that will be made."""
        name = gate_name(node, deadline)
        if name not in self.definitions:
            self.definitions[name] = Definition(connective=Connective.OR)
            self._open.append((node, deadline))
        return name

    def complete(self) -> None:
        """Make all gates asked for."""
        while self._open:
            node, deadline = self._open.pop()
            name, known = gate_name(node, deadline), self.graph.by_id[node]
            inputs = (
                *self._own(known, deadline),
                *(
                    each
                    for exposure in known.exposures
                    for each in self._cause(name, known, exposure, deadline)
                ),
                *(
                    self._group(f"{name}, group {number}", group, deadline)
                    for number, group in enumerate(known.groups, 1)
                ),
            )
            self.definitions[name] = Definition(connective=Connective.OR, inputs=inputs)

    def _own(self, node: Node, deadline: float | None) -> tuple[str, ...]:
        if not node.failure or not self._longer(node.repair, deadline):
            return ()
        self.chances[node.id] = over(node.failure, self.share)
        return (node.id,)

    def _cause(
        self, owner: str, node: Node, exposure: Exposure, deadline: float | None
    ) -> tuple[str, ...]:
        if not exposure.probability:
            return ()
        struck = (
            self.want(exposure.cause, None)
            if self._longer(exposure.outage, deadline)
            else self.want(exposure.cause, deadline)
        )
        if exposure.probability == 1:
            return (struck,)
        event = taken(node.id, exposure.cause)
        self.chances[event] = exposure.probability
        both = f"{owner}, {event}"
        self.definitions[both] = Definition(connective=Connective.AND, inputs=(struck, event))
        return (both,)

    def _group(self, name: str, group: Group, deadline: float | None) -> str:
        late = tuple(
            self._member(each, deadline, standby=place >= group.needed)
            for place, each in enumerate(group.members)
        )
        most = len(late) - group.needed + 1
        if most == 1 or most == len(late):
            kind = Connective.OR if most == 1 else Connective.AND
            self.definitions[name] = Definition(connective=kind, inputs=late)
        else:
            self.definitions[name] = Definition(
                connective=Connective.AT_LEAST, inputs=late, least=most
            )
        return name

    def _member(self, member: Member, deadline: float | None, *, standby: bool) -> str:
        if deadline is None or not standby:
            return self.want(member.node, deadline)
        left = deadline - self.duration(member.switch)
        if left >= 0:
            return self.want(member.node, left)
        self.definitions[_NEVER_IN_TIME] = Definition(connective=Connective.AND)
        return _NEVER_IN_TIME

    def _longer(self, delay: Delay, deadline: float | None) -> bool:
        return deadline is None or self.duration(delay) > deadline


_NEVER_IN_TIME = "switches too slowly"
"The gate that is always true: a member whose switch-over alone takes longer."
