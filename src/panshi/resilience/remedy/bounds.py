"""What services miss and what that costs at least, whoever recovers with whom.

At each moment a disaster strikes, a service whose primary is out goes on by some layer or waits for
its primary. Whichever that is, it is ready no earlier, and its data are no younger, than if people,
seats and restore paths were all there for it alone; what strikes later puts it off, but never
brings it forward. So of these alternatives one gives all that is missed at least.

And what is ready in time has used people and restore paths in time: all of these uses have to fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from panshi.model.resilience.graph import Graph, Layer, Member, Node, NodeId, NodeKind
from panshi.model.resilience.plan import Scenario
from panshi.resilience.remedy.terms import Goal, Objective
from panshi.resilience.story.course import CLEAN, Telling
from panshi.resilience.story.switching import MIB_PER_GIB, SECONDS
from panshi.resilience.turns import drawn

NEVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What an alternative takes of one pool, in minutes times amount, before the objective ends."""

    pool: NodeId
    work: int
    path: bool = False
    "A transfer, which has its path to itself."
    since: int
    "Minutes after the moment from which it can begin."
    within: int
    "Minutes after the moment by which it is done, if the objective is kept."


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to go on."""

    layer: NodeId | None
    "None: the primary."
    missed: frozenset[Goal]
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One service at one moment of one scenario."""

    moment: tuple[int, float]
    "Number of the scenario, and minutes after its beginning."
    service: NodeId
    ways: tuple[Alternative, ...]


def turns_of(courses: Sequence[tuple[Graph, Scenario]]) -> Iterator[Turn]:
    """Give what there is to decide, told once up to each moment at which anything strikes."""
    for number, (graph, scenario) in enumerate(courses):
        seen: dict[NodeId, _Seen] = {}
        for moment, telling in _moments(graph, scenario):
            floor = _Floor(telling)
            for name in sorted({layer.serves for layer in graph.layers}):
                members = _members(graph, graph.by_id[name])
                if members and floor.up(members[0].node) > moment:
                    before = seen.get(name, _Seen())
                    seen[name] = now = before.then(floor, graph.by_id[name], members)
                    yield Turn(moment=(number, moment), service=name, ways=now.ways)


def _moments(graph: Graph, scenario: Scenario) -> Iterator[tuple[float, Telling]]:
    for moment in sorted({each.at for each in scenario.shocks if each.at < scenario.horizon}):
        shocks = tuple(each for each in scenario.shocks if each.at <= moment)
        telling = Telling(graph, replace(scenario, shocks=shocks))
        if telling.moment == moment:
            yield moment, telling


def _members(graph: Graph, node: Node) -> tuple[Member, ...]:
    """Give the primary and the layers of a node, where all others are layers of its own."""
    own = {layer.id for layer in graph.layers_of.get(node.id, ())}
    groups = [group for group in node.groups if any(each.node in own for each in group.members)]
    if len(groups) != 1 or groups[0].needed != 1 or groups[0].members[0].node in own:
        return ()
    members = groups[0].members
    return members if all(each.node in own for each in members[1:]) else ()


class _Floor:
    """From when what stands on layers is up at the earliest; what does not is known."""

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        graph = telling.graph
        self._moving = set(graph.layers_of)
        for node in graph.order:
            if not self._moving.isdisjoint(node.needs):
                self._moving.add(node.id)
        self.capacity = {pool.id: pool.capacity for pool in graph.pools}

    def settled(self, name: NodeId) -> bool:
        """Whether no choice of layers changes it."""
        return name not in self._moving

    def up(self, name: NodeId) -> float:
        """Give from when a node is up at the earliest."""
        if name not in self._moving:
            return self.telling.up(name)
        if name in self.telling.graph.layers_of:
            return 0.0
        groups = self.telling.graph.by_id[name].groups
        return max((min(self.up(e.node) for e in group.members) for group in groups), default=0.0)

    def dwell(self, name: NodeId) -> float:
        """Give how long at least an intruder was in what poisons a node."""
        if name not in self._moving:
            return self.telling.dwell(name)
        if name in self.telling.graph.layers_of:
            return CLEAN
        groups = self.telling.graph.by_id[name].groups
        found = (min(self.dwell(e.node) for e in group.members) for group in groups)
        return max(found, default=CLEAN)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The alternatives of a service so far; with nothing new poisoned, one may go on by them."""

    ways: tuple[Alternative, ...] = ()
    dwell: float | None = None

    def then(self, floor: _Floor, node: Node, members: Sequence[Member]) -> _Seen:
        """Give them at the next moment."""
        primary = members[0].node
        dwell = floor.dwell(primary)
        anew = dwell != self.dwell and floor.settled(primary)
        stays = () if anew else tuple(replace(each, uses=()) for each in self.ways)
        fresh = (
            replace(each, uses=each.uses if anew else ())
            for each in _alternatives(floor, node, members, dwell)
        )
        return _Seen(tuple(dict.fromkeys((*stays, *fresh))), dwell)


def _alternatives(
    floor: _Floor, node: Node, members: Sequence[Member], dwell: float
) -> Iterator[Alternative]:
    loss = max(dwell, 0.0)
    yield Alternative(layer=None, missed=_missed(floor, node, floor.up(members[0].node), loss))
    layers: Mapping[NodeId, Layer] = {e.id: e for e in floor.telling.graph.layers_of[node.id]}
    for member in members[1:]:
        layer = layers[member.node]
        age = layer.data_age + loss
        if dwell >= 0 and (layer.replicates or age > layer.retention):
            continue
        usable, switch = max(floor.up(layer.id), floor.telling.moment), member.switch.likely
        transfer = _transfer(floor, layer)
        ready = usable + max(switch, transfer)
        if any(amount > floor.capacity[pool] for pool, amount in drawn(layer).items()):
            continue
        if ready < floor.telling.scenario.horizon:
            missed = _missed(floor, node, ready, age)
            late = any(each.objective is Objective.RTO for each in missed)
            kept = node.kind is NodeKind.SERVICE and node.rto is not None and not late
            since = usable - floor.telling.moment
            uses = _uses(node, layer, since, switch, transfer) if kept else ()
            yield Alternative(layer=layer.id, missed=missed, uses=uses)


def _transfer(floor: _Floor, layer: Layer) -> float:
    if layer.restore_pool is None or layer.restore_gib <= 0:
        return 0.0
    speed = floor.capacity[layer.restore_pool]
    return ceil(layer.restore_gib * MIB_PER_GIB / speed / SECONDS) if speed > 0 else NEVER


def _uses(
    node: Node, layer: Layer, since: float, switch: float, transfer: float
) -> tuple[Use, ...]:
    """Give what has to fit in time; figures are rounded so that less is asked than is needed."""
    within = ceil(node.rto or 0.0)
    found = [
        Use(pool=pool, work=int(amount * switch), since=int(since), within=within)
        for pool, amount in drawn(layer).items()
    ]
    if layer.restore_pool is not None and transfer > 0:
        found.append(
            Use(
                pool=layer.restore_pool,
                work=int(transfer),
                path=True,
                since=int(since),
                within=within,
            )
        )
    return tuple(found)


def _missed(floor: _Floor, node: Node, ready: float, loss: float) -> frozenset[Goal]:
    if node.kind is not NodeKind.SERVICE:
        return frozenset()
    outage, horizon = ready - floor.telling.moment, floor.telling.scenario.horizon
    late = node.rto is not None and (ready >= horizon or outage > node.rto)
    spoilt = node.rpo is not None and loss > node.rpo
    found = ((Objective.RTO, late), (Objective.RPO, spoilt))
    return frozenset(Goal(node.id, objective) for objective, missed in found if missed)
