"""What services miss and what that costs at least, whoever recovers with whom.

At each moment a disaster strikes, a service whose primary is out goes on by some layer or waits for
its primary. Whichever that is, it is ready no earlier, and its data are no younger, than if people,
seats and restore paths were all there for it alone; what strikes later puts it off, but never
brings it forward. So of these alternatives one gives all that is missed at least.

And what is ready in time has used people and restore paths in time, and has seats from then on
until its primary is back: all of these uses have to fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from panshi.model.resilience.graph import SEATS, Graph, Layer, Member, Node, NodeId, NodeKind
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
class Stay:
    """Seats an alternative has if the objective is kept, in minutes after the moment."""

    pool: NodeId
    amount: float
    since: float
    "When it has them at the latest."
    until: float
    "When the primary is back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One way to go on."""

    layer: NodeId | None = None
    "None: the primary."
    missed: frozenset[Goal]
    uses: tuple[Use, ...] = ()
    stays: tuple[Stay, ...] = ()
    began: float | None = None
    "When the outage began that it ends; None where a turn stands by itself."
    waits: bool = False
    "It is down still when its next turn comes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One service at one moment of one scenario."""

    moment: tuple[int, float]
    "Number of the scenario, and minutes after its beginning."
    service: NodeId
    ways: tuple[Alternative, ...]

    def begun(self, before: Alternative) -> float:
        """Give when the outage began that is to be ended, after one way at the turn before."""
        here = self.moment[1]
        return before.began if before.waits and before.began is not None else here


def turns_of(courses: Sequence[tuple[Graph, Scenario]]) -> Iterator[Turn]:
    """Give what there is to decide, told once up to each moment at which anything strikes.

    Turns of one service in one scenario come in the order of time.
    """
    for number, (graph, scenario) in enumerate(courses):
        floors = [_Floor(telling) for telling in _moments(graph, scenario)]
        for name in sorted({layer.serves for layer in graph.layers}):
            members = _members(graph, graph.by_id[name])
            if members:
                for floor, ways in _Service(floors, graph.by_id[name], members).turns():
                    yield Turn(moment=(number, floor.moment), service=name, ways=ways)


def _moments(graph: Graph, scenario: Scenario) -> Iterator[Telling]:
    for moment in sorted({each.at for each in scenario.shocks if each.at < scenario.horizon}):
        shocks = tuple(each for each in scenario.shocks if each.at <= moment)
        telling = Telling(graph, replace(scenario, shocks=shocks))
        if telling.moment == moment:
            yield telling


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
        self.telling, self.moment = telling, telling.moment
        graph = telling.graph
        self._moving = set(graph.layers_of)
        for node in graph.order:
            if not self._moving.isdisjoint(node.needs):
                self._moving.add(node.id)
        self.capacity = {pool.id: pool.capacity for pool in graph.pools}
        self.seats = {pool.id for pool in graph.pools if pool.unit == SEATS}

    def holds(self, layer: Layer) -> bool:
        """Whether there is ever as much of each pool as a layer draws on."""
        return all(amount <= self.capacity[pool] for pool, amount in drawn(layer).items())

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


class _Service:
    """The turns of one service in one scenario.

    Where what poisons its primary is new, all is decided anew; what was decided before holds until
    then, and whoever is not up by then goes on waiting. Else, one may go on as before.
    """

    def __init__(self, floors: Sequence[_Floor], node: Node, members: Sequence[Member]) -> None:
        self._node, self._members, self._primary = node, members, members[0].node
        self._floors = [each for each in floors if each.up(self._primary) > each.moment]
        self._later = floors
        self._layers: Mapping[NodeId, Layer] = (
            {each.id: each for each in floors[0].telling.graph.layers_of[node.id]} if floors else {}
        )

    def turns(self) -> Iterator[tuple[_Floor, tuple[Alternative, ...]]]:
        """Give the alternatives of each moment."""
        anew = self._anew()
        began: tuple[float, ...] = ()
        known: tuple[Alternative, ...] = ()
        for floor in self._floors:
            plain = tuple(self._ways(floor, floor.moment, NEVER))
            bare = tuple(replace(each, uses=(), stays=(), began=None) for each in plain)
            if floor in anew:
                place = anew.index(floor) + 1
                ends = anew[place].moment if place < len(anew) else NEVER
                began, known = (*began, floor.moment), bare
                ways = (way for start in began for way in self._until(floor, start, ends))
                yield floor, tuple(dict.fromkeys(ways))
            else:
                known = tuple(dict.fromkeys((*known, *bare)))
                yield floor, known

    def _anew(self) -> list[_Floor]:
        found: list[_Floor] = []
        dwell: float | None = None
        for floor in self._floors:
            now = floor.dwell(self._primary)
            if now != dwell and floor.settled(self._primary):
                found.append(floor)
            dwell = now
        return found

    def _until(self, floor: _Floor, began: float, ends: float) -> Iterator[Alternative]:
        """Give how it is up again before a moment, or waits."""
        yield from self._ways(floor, began, ends)
        if ends < NEVER:
            every = [each.missed for each in self._ways(floor, began, NEVER)]
            young = frozenset.intersection(*every)
            missed = frozenset(each for each in young if each.objective is Objective.RPO)
            yield Alternative(missed=missed, began=began, waits=True)

    def _ways(self, floor: _Floor, began: float, ends: float) -> Iterator[Alternative]:
        """Give the ways by which it is up before a moment, of an outage that began then."""
        loss, back = max(floor.dwell(self._primary), 0.0), floor.up(self._primary)
        if back <= ends:
            yield Alternative(missed=self._missed(floor, began, back, loss), began=began)
        for member in self._members[1:]:
            layer = self._layers[member.node]
            age = layer.data_age + loss
            spoilt = layer.replicates or age > layer.retention
            if (spoilt and floor.dwell(self._primary) >= 0) or not floor.holds(layer):
                continue
            usable, transfer = max(floor.up(layer.id), floor.moment), _transfer(floor, layer)
            ready = usable + max(member.switch.likely, transfer)
            if ready > ends or ready >= floor.telling.scenario.horizon:
                continue
            way = Alternative(
                layer=layer.id, missed=self._missed(floor, began, ready, age), began=began
            )
            late = any(each.objective is Objective.RTO for each in way.missed)
            if self._node.kind is NodeKind.SERVICE and self._node.rto is not None and not late:
                within = min(began + self._node.rto, ends) - floor.moment
                since, switch = usable - floor.moment, member.switch.likely
                way = replace(
                    way,
                    uses=_uses(layer, since, within, switch, transfer),
                    stays=self._stays(floor, layer, within - switch),
                )
            yield way

    def _stays(self, floor: _Floor, layer: Layer, since: float) -> tuple[Stay, ...]:
        """Give the seats it has from when it must have begun for as long as nothing undoes it."""
        until = min(floor.up(self._primary), self._undone(floor, layer)) - floor.moment
        return tuple(
            Stay(pool=pool, amount=amount, since=since, until=until)
            for pool, amount in drawn(layer).items()
            if pool in floor.seats and since < until
        )

    def _undone(self, floor: _Floor, layer: Layer) -> float:
        dwell = floor.dwell(self._primary)
        return next(
            (
                each.moment
                for each in self._later
                if each.moment > floor.moment
                and (
                    not each.settled(layer.id)
                    or each.up(layer.id) > each.moment
                    or each.dwell(self._primary) != dwell
                )
            ),
            NEVER,
        )

    def _missed(self, floor: _Floor, began: float, ready: float, loss: float) -> frozenset[Goal]:
        node = self._node
        if node.kind is not NodeKind.SERVICE:
            return frozenset()
        horizon = floor.telling.scenario.horizon
        late = node.rto is not None and (ready >= horizon or ready - began > node.rto)
        spoilt = node.rpo is not None and loss > node.rpo
        found = ((Objective.RTO, late), (Objective.RPO, spoilt))
        return frozenset(Goal(node.id, objective) for objective, missed in found if missed)


def _transfer(floor: _Floor, layer: Layer) -> float:
    if layer.restore_pool is None or layer.restore_gib <= 0:
        return 0.0
    speed = floor.capacity[layer.restore_pool]
    return ceil(layer.restore_gib * MIB_PER_GIB / speed / SECONDS) if speed > 0 else NEVER


def _uses(
    layer: Layer, since: float, within: float, switch: float, transfer: float
) -> tuple[Use, ...]:
    """Give what has to fit in time; figures are rounded so that less is asked than is needed."""
    begin, end = int(since), ceil(within)
    found = [
        Use(pool=pool, work=int(amount * switch), since=begin, within=end)
        for pool, amount in drawn(layer).items()
    ]
    if layer.restore_pool is not None and transfer > 0:
        path = layer.restore_pool
        found.append(Use(pool=path, work=int(transfer), path=True, since=begin, within=end))
    return tuple(found)
