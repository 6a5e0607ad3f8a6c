"""Tell the likely course of one disaster: `told(graph, scenario)`.

Every duration takes its likely value and what is likelier than not happens, so that one can say
*why* a service is late: which layer was lost with it, came too late, or waited for the same people
as another. How probable that is, the simulation says; both read the same graph by the same rule.

Blows fall in the order of time. At each, everything they reach is settled in turn, the more urgent
service first, by what is known then: what has struck so far, how long it lasts and what was
planned before. What comes later nobody knows; it may undo a plan, and then one plans anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property

from panshi.model.resilience.graph import Graph, Group, Node, NodeId, NodeKind
from panshi.model.resilience.plan import Effect, Scenario
from panshi.resilience.story.blows import blows
from panshi.resilience.story.pools import Booking
from panshi.resilience.story.spans import Spans, merged
from panshi.resilience.story.standbys import Several
from panshi.resilience.story.switching import Switching
from panshi.resilience.story.tale import Blow, Course, ServiceTale
from panshi.resilience.turns import turns, urgency, waits_for

CLEAN = -1.0
"The dwell of what is not poisoned."


def told(graph: Graph, scenario: Scenario, only: Collection[NodeId] | None = None) -> Course:
    """Tell what becomes of every service, or of those named only."""
    return Telling(graph, scenario, only=only).course()


class Telling:
    """One telling, from the first blow to the last."""

    def __init__(
        self,
        graph: Graph,
        scenario: Scenario,
        *,
        only: Collection[NodeId] | None = None,
        gone: Collection[NodeId] = (),
        like: Telling | None = None,
    ) -> None:
        """Let the blows fall.

        `gone` are layers there are not; what no layer changes is taken over from `like`, which
        was told without any choice of them.
        """
        self.graph, self.scenario, self.gone = graph, scenario, gone
        self.blows: tuple[Blow, ...] = blows(graph, scenario) if like is None else like.blows
        self.struck: dict[NodeId, tuple[Blow, ...]] = (
            self._struck() if like is None else like.struck
        )
        self.services = sorted(
            (each for each in graph.services if only is None or each.id in only), key=urgency
        )
        self.booking = Booking(graph.pools)
        self.switchings: dict[tuple[NodeId, int], Switching | Several] = {}
        self._moved: dict[NodeId, Switching] = {}
        "By what each node goes on that has layers."
        self.moment = 0.0
        self._up: dict[NodeId, float] = {}
        self._own: dict[NodeId, float] = {}
        self._dwell: dict[NodeId, float] = {}
        self._poisoned: dict[NodeId, float] = {}
        self._spans: dict[NodeId, list[tuple[float, float]]] = {}
        self._waits: set[NodeId] = set()
        self.poisons: dict[NodeId, tuple[Blow, ...]] = {}
        self._like = like
        self.live = self._reached() if like is None else self._again(like)
        "What blows reach, in turn."
        self.moving: frozenset[NodeId] = self._with_layers() if like is None else like.moving
        "What a choice of layers can change."
        self.trace: dict[float, dict[NodeId, tuple[float, float]]] = {}
        "What became of all else, moment by moment."
        if like is not None:
            self.poisons = like.poisons
        self.falls: dict[float, list[Blow]] = {} if like is None else like.falls
        if like is None:
            for each in self.blows:
                if each.at < scenario.horizon:
                    self.falls.setdefault(each.at, []).append(each)
        for moment in sorted(self.falls):
            self._settle_all(moment)

    @cached_property
    def needs(self) -> dict[NodeId, tuple[NodeId, ...]]:
        """What each node waits for."""
        return waits_for(self.graph)

    def _struck(self) -> dict[NodeId, tuple[Blow, ...]]:
        found: dict[NodeId, list[Blow]] = {}
        for blow in self.blows:
            found.setdefault(blow.node, []).append(blow)
        return {node: tuple(each) for node, each in found.items()}

    def _reached(self) -> tuple[Node, ...]:
        """Give, in turn, what any blow reaches of what the services told stand on."""
        live: dict[NodeId, Node] = {}
        for node in turns(self.graph, self.services):
            if node.id in self.struck or any(each in live for each in node.needs):
                live[node.id] = node
        return tuple(live.values())

    def _again(self, like: Telling) -> tuple[Node, ...]:
        """Give what is to be told anew: what stands on layers of what the services stand on."""
        found = {each.id for each in self.services}
        waiting, needs = list(found), like.needs
        while waiting:
            fresh = set(needs[waiting.pop()]) - found
            found |= fresh
            waiting += fresh
        return tuple(e for e in like.live if e.id in found and e.id in like.moving)

    def _with_layers(self) -> frozenset[NodeId]:
        """Give what stands on layers: all that a choice of layers can change."""
        moving = set(self.graph.layers_of)
        for node in self.live:
            if not moving.isdisjoint(node.needs):
                moving.add(node.id)
        return frozenset(moving)

    def _settle_all(self, moment: float) -> None:
        """Let everything fall that falls at a moment, and settle what it reaches."""
        self.moment = moment
        changed, trace = set(self._fall(moment)), self.trace.setdefault(moment, {})
        if self._like is not None:
            for name, (up, dwell) in self._like.trace[moment].items():
                self._up[name], self._dwell[name] = up, dwell
                changed.add(name)
        for node in self.live:
            if (
                node.id in changed
                or node.id in self._waits
                or any(each in changed for each in node.needs)
            ):
                before = self._up.get(node.id, 0.0), self._dwell.get(node.id, CLEAN)
                self._settle(node)
                if before != (self._up[node.id], self._dwell[node.id]):
                    changed.add(node.id)
                    if node.id not in self.moving:
                        trace[node.id] = self._up[node.id], self._dwell[node.id]

    def _fall(self, moment: float) -> Iterator[NodeId]:
        for blow in self.falls[moment]:
            if blow.effect is Effect.CAPACITY:
                self.booking.weaken(blow.node, moment, blow.until, blow.left)
            if blow.downs and blow.node in self.graph.by_id:
                self._own[blow.node] = max(self._own.get(blow.node, 0.0), blow.until)
                if blow.effect is Effect.CORRUPTION:
                    self._poison(self.graph.by_id[blow.node], blow.dwell)
                yield blow.node

    def _poison(self, node: Node, dwell: float) -> None:
        """Poison a node; data is down until it is restored, however short the blow was."""
        self._poisoned[node.id] = max(self._poisoned.get(node.id, CLEAN), dwell)
        if node.kind is NodeKind.DATASET:
            back = self.moment + node.repair.likely
            self._own[node.id] = max(self._own.get(node.id, 0.0), back)

    def _settle(self, node: Node) -> None:
        """Work out when one node is up again, and what poisons what it stands on."""
        below = [
            self._group(node, number, group)
            for number, group in enumerate(node.groups)
            if any(each.node not in self.gone for each in group.members)
        ]
        dwell = max((each[1] for each in below), default=CLEAN)
        if node.kind is NodeKind.DATASET and dwell > CLEAN and node.id not in self._poisoned:
            self._poison(node, dwell)
        self._dwell[node.id] = max(dwell, self._poisoned.get(node.id, CLEAN))
        new = max((self._own.get(node.id, 0.0), *(each[0] for each in below)))
        before = self._up.get(node.id, 0.0)
        if max(before, new) <= self.moment:  # it was up and is: not struck
            new = before
        self._up[node.id] = new
        spans = self._spans.setdefault(node.id, [])
        if before > self.moment:  # it was thought to be down until then
            spans[-1] = (spans[-1][0], max(self.moment, new))
        elif new > self.moment:
            spans.append((self.moment, new))

    def _group(self, node: Node, number: int, group: Group) -> tuple[float, float]:
        """Give when a group is up again, and by what it is poisoned."""
        key = node.id, number
        if key not in self.switchings:
            left = tuple(each for each in group.members if each.node not in self.gone)
            if len(left) < len(group.members):
                group = replace(group, members=left, needed=min(group.needed, len(left)))
            layers = {each.id: each for each in self.graph.layers_of.get(node.id, ())}
            moves = any(each.switch.high > 0 or each.node in layers for each in group.members)
            if moves and group.needed == 1:
                self.switchings[key] = moved = Switching(self, node, group, layers)
                if layers:
                    self._moved.setdefault(node.id, moved)
            else:
                self.switchings[key] = Several(self, group, moves=moves)
        found = self.switchings[key]
        up = found.settle()
        if isinstance(found, Switching) and found.lost:
            self._waits.add(node.id)
        return up, found.dwell

    def up(self, name: NodeId) -> float:
        """Give when a node is up again, as is known at this moment."""
        return self._up.get(name, 0.0)

    def dwell(self, name: NodeId) -> float:
        """Give how long an intruder was in what poisons a node; `CLEAN` where none does."""
        return self._dwell.get(name, CLEAN)

    def down(self, name: NodeId) -> Spans:
        """Give when a node was down."""
        return merged(self._spans.get(name, ()))

    def course(self) -> Course:
        """Give what became of services, in the order of urgency."""
        return Course(
            scenario=self.scenario,
            blows=self.blows,
            services=tuple(self.tale(node) for node in self.services),
        )

    def poison(self, name: NodeId) -> tuple[Blow, ...]:
        """Give the corruptions that reach what a node stands on in ordinary times."""
        if name not in self.poisons:
            found: list[Blow] = []
            waiting, seen = [name], {name}
            while waiting:
                here = waiting.pop()
                found += (e for e in self.struck.get(here, ()) if e.effect is Effect.CORRUPTION)
                for group in self.graph.by_id[here].groups:
                    below = {member.node for member in group.members[: group.needed]} - seen
                    seen |= below
                    waiting += below
            ordered = sorted(found, key=lambda each: (each.at, -each.dwell, each.node))
            self.poisons[name] = tuple(ordered)
        return self.poisons[name]

    def why(self, name: NodeId, moment: float | None = None) -> tuple[NodeId, ...]:
        """Follow what keeps a node down at a moment, or longest, down to what was struck."""
        if self._like is not None:  # told for its figures only
            return ()
        way = [name]
        while True:
            node = self.graph.by_id[way[-1]]
            struck = [e for e in self.struck.get(node.id, ()) if e.downs and _at(e.span, moment)]
            if struck:
                blow = max(struck, key=lambda each: each.until)
                return (*way, *((blow.by,) if blow.by is not None else ()))
            below = [
                member.node
                for group in node.groups
                for member in group.members[: group.needed]
                if member.node not in way
                and any(_at(span, moment) for span in self.down(member.node))
            ]
            if not below:
                return tuple(way)
            way.append(max(below, key=self._weight))

    def _length(self, span: tuple[float, float]) -> tuple[bool, float, float]:
        """Put last what is not over within what is looked at, then the longest, then the first."""
        begin, end = span
        return end >= self.scenario.horizon, end - begin, -begin

    def _weight(self, name: NodeId) -> tuple[float, str]:
        return max(end for _begin, end in self.down(name)), name

    def tale(self, node: Node) -> ServiceTale:
        """Tell what became of one service."""
        down = self.down(node.id)
        begin, end = max(down, key=self._length, default=(0.0, 0.0))
        lost_at = begin if down else None
        outage = end - begin if end < self.scenario.horizon else None
        moved = self._moved.get(node.id)
        if moved is not None:
            return moved.tale(lost_at, outage, down)
        return ServiceTale(
            node=node,
            lost_at=lost_at,
            outage=outage,
            loss=max((each.dwell for each in self.poison(node.id)), default=0.0),
            why=self.why(node.id) if down else (),
            down=down,
        )


def _at(span: tuple[float, float], moment: float | None) -> bool:
    return moment is None or span[0] <= moment < span[1]
