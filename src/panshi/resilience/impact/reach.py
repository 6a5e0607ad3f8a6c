"""How far one loss reaches: who else is then down, for how long, with how much data lost, and why.

    index = Reach(graph)
    index.minutes(lost, 240)     after it is gone for 240 minutes: node → (minutes, path)
    index.data(lost, 1440)       with copies 1440 minutes old: node → (minutes of data, path)
    index.down(lost)             what is down with it, causes taken as striking all they can

Only what is above the lost node is looked at. The rules are those of
`panshi.model.resilience.graph` with everything else up: a group is met again by its `needed`-th
member, alternates after their likely switch-over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from panshi.model.resilience.graph import Graph, Group, Member, Node, NodeId

type Combine = Callable[[Member, float | None, bool], float]
"""What a member costs its group: the member, its own loss or None, whether it is a primary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """What one node feels of a loss elsewhere."""

    value: float
    "Minutes it is down, or minutes of data it loses."
    through: NodeId
    "The next node on the way to what was lost; itself where it is what was lost."
    saved_by: NodeId | None = None
    "The alternate that sets the value, where one does."


class Reach:
    """A graph with its edges turned round."""

    def __init__(self, graph: Graph) -> None:
        """Index the graph once; each question then costs what is above the lost node."""
        self.graph = graph
        self._place = {node.id: place for place, node in enumerate(graph.order)}
        self._above: dict[NodeId, list[NodeId]] = {}
        for node in graph.nodes:
            for need in dict.fromkeys(node.needs):
                self._above.setdefault(need, []).append(node.id)
        self._data_age = {layer.id: layer.data_age for layer in graph.layers}

    def minutes(self, lost: NodeId, minutes: float) -> dict[NodeId, Felt]:
        """Say for how long each node is down when one is gone for so long."""
        return self._spread(lost, minutes, _waiting)

    def data(self, lost: NodeId, minutes: float) -> dict[NodeId, Felt]:
        """Say how much data each node loses when a data set is restored from an old copy."""

        def losing(member: Member, own: float | None, first: bool) -> float:  # noqa: FBT001 -- a Combine
            spare = 0.0 if first else self._data_age.get(member.node, 0.0)
            return max(spare, own or 0.0)

        return self._spread(lost, minutes, losing)

    def down(self, lost: NodeId) -> frozenset[NodeId]:
        """Give everything that is down with a node, however unlikely it is to be taken along."""
        gone = {lost}
        for node in self._upward(lost):
            taken = any(each.cause in gone for each in node.exposures if each.probability)
            if taken or any(not _met(group, gone) for group in node.groups):
                gone.add(node.id)
        return frozenset(gone)

    def below(self, tops: Iterable[NodeId]) -> frozenset[NodeId]:
        """Give everything some nodes stand on, themselves left out."""
        found: set[NodeId] = set()
        todo = list(tops)
        while todo:
            for each in self.graph.by_id[todo.pop()].needs:
                if each not in found:
                    found.add(each)
                    todo.append(each)
        return frozenset(found)

    def path(self, felt: dict[NodeId, Felt], start: NodeId) -> tuple[NodeId, ...]:
        """Give the way from a node down to what was lost."""
        way = [start]
        while felt[way[-1]].through != way[-1]:
            way.append(felt[way[-1]].through)
        return tuple(way)

    def path_down(self, gone: frozenset[NodeId], start: NodeId, lost: NodeId) -> tuple[NodeId, ...]:
        """Give a way from a node that is down to what took it down."""
        way = [start]
        while way[-1] != lost:
            node = self.graph.by_id[way[-1]]
            unmet = (group for group in node.groups if not _met(group, gone))
            members = (each.node for group in unmet for each in group.members)
            causes = (each.cause for each in node.exposures if each.probability)
            way.append(next(each for each in (*members, *causes) if each in gone))
        return tuple(way)

    def _spread(self, lost: NodeId, value: float, combine: Combine) -> dict[NodeId, Felt]:
        felt = {lost: Felt(value=value, through=lost)}
        for node in self._upward(lost):
            worst = max(
                (
                    found
                    for group in node.groups
                    if (found := _of_group(group, felt, combine)) is not None
                ),
                key=lambda each: each.value,
                default=None,
            )
            if worst is not None and worst.value > 0:
                felt[node.id] = worst
        return felt

    def _upward(self, lost: NodeId) -> Iterator[Node]:
        """Yield every node above one, each after all of them that it needs."""
        above, todo = {lost}, [lost]
        while todo:
            for each in self._above.get(todo.pop(), ()):
                if each not in above:
                    above.add(each)
                    todo.append(each)
        above.discard(lost)
        for each in sorted(above, key=self._place.__getitem__):
            yield self.graph.by_id[each]


def _met(group: Group, gone: frozenset[NodeId] | set[NodeId]) -> bool:
    return sum(each.node not in gone for each in group.members) >= group.needed


def _waiting(member: Member, own: float | None, first: bool) -> float:  # noqa: FBT001 -- a Combine
    return (own or 0.0) + (0.0 if first else member.switch.likely)


def _of_group(group: Group, felt: dict[NodeId, Felt], combine: Combine) -> Felt | None:
    """Say what a group's owner feels; None where the group feels nothing."""
    hit = next((each.node for each in group.members if each.node in felt), None)
    if hit is None:
        return None
    costs = []
    for place, member in enumerate(group.members):
        own = felt[member.node].value if member.node in felt else None
        costs.append((combine(member, own, place < group.needed), place))
    value, place = sorted(costs)[group.needed - 1]
    chosen = group.members[place].node
    return Felt(value=value, through=hit, saved_by=chosen if chosen not in felt else None)
