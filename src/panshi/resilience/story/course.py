"""Tell the likely course of one disaster: `told(graph, scenario)`.

Every duration takes its likely value and what is likelier than not happens, so that one can say
*why* a service is late: which layer was lost with it, came too late, or waited for the same people
as another. How probable that is, the simulation says; both read the same graph in the same way.

Shared recovery resources are given out in the order of urgency: critical services first, and among
them who must be back first. Restores through one path follow one another.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cached_property

from panshi.model.resilience.graph import Graph, Group, Node, NodeId, NodeKind
from panshi.model.resilience.plan import Effect, Scenario
from panshi.resilience.story.blows import blows
from panshi.resilience.story.pools import Booking
from panshi.resilience.story.spans import Spans, merged, short_of, up_from
from panshi.resilience.story.switching import Switching
from panshi.resilience.story.tale import Blow, Course, ServiceTale


def told(graph: Graph, scenario: Scenario, only: Collection[NodeId] | None = None) -> Course:
    """Tell what becomes of every service, or of those named only."""
    return Telling(graph, scenario).course(only)


class Telling:
    """One telling; what is known of a node is worked out once."""

    def __init__(
        self,
        graph: Graph,
        scenario: Scenario,
        *,
        gone: Collection[NodeId] = (),
        like: Telling | None = None,
    ) -> None:
        """Let the blows fall; nodes are looked at when they are asked for.

        `gone` are layers there are not; what they change nothing of is taken over from `like`.
        """
        self.graph = graph
        self.scenario = scenario
        self.gone = gone
        self.blows: tuple[Blow, ...] = blows(graph, scenario) if like is None else like.blows
        self.booking = Booking(graph.pools, self.blows)
        self.tales: dict[NodeId, ServiceTale] = {}
        self.known: dict[NodeId, Spans] = {}
        self._settled = {} if like is None else like.settled
        self.poisons: dict[NodeId, tuple[Blow, ...]] = {} if like is None else like.poisons
        if like is not None:
            self.struck = like.struck

    def course(self, only: Collection[NodeId] | None = None) -> Course:
        """Tell services in the order of urgency, in which they are served as well."""
        services = [each for each in self.graph.services if only is None or each.id in only]
        services.sort(key=urgency)
        for node in services:
            self.down(node.id)
        return Course(
            scenario=self.scenario,
            blows=self.blows,
            services=tuple(self.tale(node) for node in services),
        )

    @cached_property
    def struck(self) -> dict[NodeId, tuple[Blow, ...]]:
        """Blows by the node they strike."""
        found: dict[NodeId, list[Blow]] = {}
        for blow in self.blows:
            found.setdefault(blow.node, []).append(blow)
        return {node: tuple(each) for node, each in found.items()}

    @cached_property
    def settled(self) -> dict[NodeId, Spans]:
        """When everything is down that stands on no layer: no choice of layers changes it."""
        moving, found = set(self.graph.layers_of), {}
        for node in self.graph.order:
            if node.id in moving or not moving.isdisjoint(node.needs):
                moving.add(node.id)
            else:
                found[node.id] = self.down(node.id)
        return found

    def down(self, name: NodeId) -> Spans:
        """Give when a node is down."""
        if name in self._settled:
            return self._settled[name]
        if name not in self.known:
            node = self.graph.by_id[name]
            own = [each.span for each in self.struck.get(name, ()) if each.downs]
            own += self._repaired(node)
            groups = [span for group in node.groups for span in self._group(node, group)]
            self.known[name] = merged((*own, *groups))
        return self.known[name]

    def _repaired(self, node: Node) -> list[tuple[float, float]]:
        """Poisoned data is down until it is restored, however short the blow was."""
        if node.kind is not NodeKind.DATASET:
            return []
        return [
            (each.at, each.at + node.repair.likely)
            for each in self.struck.get(node.id, ())
            if each.effect is Effect.CORRUPTION
        ]

    def _group(self, node: Node, group: Group) -> Spans:
        left = tuple(each for each in group.members if each.node not in self.gone)
        if not left:
            return ()
        if len(left) < len(group.members):
            group = replace(group, members=left, needed=min(group.needed, len(left)))
        layers = {each.id: each for each in self.graph.layers_of.get(node.id, ())}
        if group.needed == 1 and any(each.node in layers for each in group.members):
            tale = Switching(self, node, group, layers).tale()
            self.tales[node.id] = tale
            return tale.down
        members = [self.down(each.node) for each in group.members]
        if len(members) == group.needed:
            return merged(span for each in members for span in each)
        extended = [
            tuple(
                (begin, end + member.switch.likely * (place >= group.needed))
                for begin, end in spans
            )
            for place, (member, spans) in enumerate(zip(group.members, members, strict=True))
        ]
        return short_of(extended, group.needed, len(members))

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

    def _weight(self, name: NodeId) -> tuple[float, str]:
        return max(end for _begin, end in self.down(name)), name

    def tale(self, node: Node) -> ServiceTale:
        """Tell what becomes of one service."""
        down = self.down(node.id)
        found = self.tales.get(node.id)
        if found is not None and found.down == down:
            return found
        begin, end = max(down, key=lambda each: (each[1] - each[0], -each[0]), default=(0.0, 0.0))
        lost_at = begin if down else None
        outage = end - begin if up_from(down, begin) < self.scenario.horizon else None
        if found is not None:
            why = found.why or self.why(node.id)
            return replace(found, lost_at=lost_at, outage=outage, why=why, down=down)
        return ServiceTale(
            node=node,
            lost_at=lost_at,
            outage=outage,
            loss=max((each.dwell for each in self.poison(node.id)), default=0.0),
            why=self.why(node.id) if down else (),
            down=down,
        )


def urgency(node: Node) -> tuple[bool, float, str]:
    """Who is served first: critical services, then the shortest objective."""
    return not node.critical, float("inf") if node.rto is None else node.rto, node.id


def _at(span: tuple[float, float], moment: float | None) -> bool:
    return moment is None or span[0] <= moment < span[1]
