"""Tell the likely course of one disaster: `told(graph, scenario)`.

Every duration takes its likely value and what is likelier than not happens, so that one can say
*why* a service is late: which layer was lost with it, came too late, or waited for the same people
as another. How probable that is, the simulation says; both read the same graph.

Shared recovery resources are given out in the order of objectives: who must be back first is
served first. While a layer is being activated it holds the people and seats it draws on; restores
through one path follow one another.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from panshi.model.resilience.graph import Graph, Group, Layer, Member, Node, NodeId, NodeKind
from panshi.model.resilience.plan import Effect, Scenario
from panshi.resilience.story.blows import blows
from panshi.resilience.story.pools import Booking
from panshi.resilience.story.spans import Spans, down_from, merged, short_of, up_from
from panshi.resilience.story.tale import Blow, Course, Fate, LayerTale, ServiceTale

LAYERS = "layers"
"Name of the group in which a layer stands in for what is before it."
MIB_PER_GIB = 1024
SECONDS = 60


def told(graph: Graph, scenario: Scenario) -> Course:
    """Tell what becomes of every service, and of whatever else has layers."""
    return _Telling(graph, scenario).course()


class _Telling:
    """One telling; what is known of a node is worked out once."""

    def __init__(self, graph: Graph, scenario: Scenario) -> None:
        self.graph = graph
        self.scenario = scenario
        self.blows = blows(graph, scenario)
        self.booking = Booking(graph.pools, self.blows)
        self.known: dict[NodeId, Spans] = {}
        self.tales: dict[NodeId, ServiceTale] = {}

    def course(self) -> Course:
        for node in sorted(self._layered, key=lambda each: (each.rto or float("inf"), each.id)):
            self.down(node.id)
        told_of = {*(node.id for node in self.graph.services), *self.graph.layers_of}
        services = [node for node in self.graph.order if node.id in told_of]
        services.sort(key=lambda node: node.kind is not NodeKind.SERVICE)
        return Course(
            scenario=self.scenario,
            blows=self.blows,
            tales=tuple(self._tale(node) for node in services),
        )

    @cached_property
    def _layered(self) -> tuple[Node, ...]:
        return tuple(self.graph.by_id[each] for each in self.graph.layers_of)

    @cached_property
    def own(self) -> dict[NodeId, list[Blow]]:
        found: dict[NodeId, list[Blow]] = {}
        for blow in self.blows:
            found.setdefault(blow.node, []).append(blow)
        return found

    def down(self, name: NodeId) -> Spans:
        """Give when a node is down."""
        if name not in self.known:
            node = self.graph.by_id[name]
            own = [
                (each.at, each.until)
                for each in self.own.get(name, ())
                if each.effect is not Effect.CAPACITY
            ]
            groups = [span for group in node.groups for span in self._group(node, group)]
            self.known[name] = merged((*own, *groups))
        return self.known[name]

    def _group(self, node: Node, group: Group) -> Spans:
        members = [self.down(each.node) for each in group.members]
        if len(members) == group.needed:
            return merged(span for each in members for span in each)
        layers = {each.id: each for each in self.graph.layers_of.get(node.id, ())}
        if group.needed == 1 and any(each.node in layers for each in group.members):
            return self._layers(node, group, layers)
        extended = [
            tuple((begin, end + member.switch.likely * (place > 0)) for begin, end in spans)
            for place, (member, spans) in enumerate(zip(group.members, members, strict=True))
        ]
        return short_of(extended, group.needed, len(members))

    def _layers(self, node: Node, group: Group, layers: dict[NodeId, Layer]) -> Spans:
        """Follow a node from its first loss until a layer or its primary serves."""
        primary = self.down(group.members[0].node)
        lost = down_from(primary, 0.0)
        if lost is None:
            self._standby(node, tuple(layers.values()))
            return ()
        poison = self._poison(group.members[0].node, {group.members[0].node})
        tales = [
            self._layer(node, member, layers[member.node], lost, poison)
            for member in group.members[1:]
            if member.node in layers
        ]
        back = up_from(primary, lost)
        if poison is not None and group.members[0].node not in layers:
            back = max(back, lost)
        best = min(
            (each for each in tales if each.ready is not None),
            key=lambda each: (each.ready or 0.0, each.layer.id),
            default=None,
        )
        if best is not None and best.ready is not None and lost + best.ready < back:
            tales = [replace(each, chosen=each is best) for each in tales]
            self._book(best.layer, lost, best)
            back, loss = lost + best.ready, best.loss
        else:
            loss = poison.dwell if poison is not None else 0.0
        self._tell(node, lost, back, loss, tuple(tales), group)
        return merged(((lost, back),))

    def _layer(
        self, node: Node, member: Member, layer: Layer, lost: float, poison: Blow | None
    ) -> LayerTale:
        if poison is not None and layer.replicates and not layer.retention:
            return LayerTale(
                layer=layer, fate=Fate.POISONED, loss=poison.dwell, why=(poison.node,)
            )
        if poison is not None and layer.retention and layer.retention < poison.dwell:
            return LayerTale(
                layer=layer, fate=Fate.NO_CLEAN_COPY, loss=poison.dwell, why=(poison.node,)
            )
        down = self.down(layer.id)
        from_then = up_from(down, lost)
        if from_then >= self.scenario.horizon:
            return LayerTale(layer=layer, fate=Fate.GONE, why=self._why(layer.id))
        activation = max(member.switch.likely, layer.activation.likely)
        began = self.booking.free(layer.draws, from_then, activation)
        restored_from, restore = self._restore(layer, began + activation)
        ready = restored_from + restore - lost
        loss = max(layer.data_age, poison.dwell if poison is not None else 0.0)
        if layer.lasts is not None and layer.lasts < self._primary_back(node, lost) - lost - ready:
            return LayerTale(layer=layer, fate=Fate.TOO_SHORT, loss=loss)
        return LayerTale(
            layer=layer,
            fate=Fate.LATE if node.rto is not None and ready > node.rto else Fate.READY,
            ready=ready,
            held_up=from_then - lost,
            waited=began - from_then + restored_from - began - activation,
            restored=restore,
            loss=loss,
            why=self._why(layer.id) if from_then > lost else (),
        )

    def _primary_back(self, node: Node, lost: float) -> float:
        primary = next(
            group.members[0].node
            for group in node.groups
            if any(each.node in {layer.id for layer in self.graph.layers_of[node.id]}
                   for each in group.members)
        )
        return up_from(self.down(primary), lost)

    def _restore(self, layer: Layer, moment: float) -> tuple[float, float]:
        if layer.restore_pool is None or not layer.restore_gib:
            return moment, 0.0
        rate = self.booking.rate(layer.restore_pool, moment)
        if rate <= 0:
            return float("inf"), 0.0
        minutes = layer.restore_gib * MIB_PER_GIB / rate / SECONDS
        return self.booking.path_free(layer.restore_pool, moment), minutes

    def _book(self, layer: Layer, lost: float, tale: LayerTale) -> None:
        assert tale.ready is not None  # noqa: S101 -- a chosen layer is ready
        end = lost + tale.ready
        activation = layer.activation.likely
        begin = end - tale.restored - activation
        self.booking.take(layer.draws, begin, begin + activation)
        if layer.restore_pool is not None and tale.restored:
            self.booking.take_path(layer.restore_pool, end)

    def _poison(self, name: NodeId, seen: set[NodeId]) -> Blow | None:
        """Give the corruption that reaches what the primary stands on, the deepest dwell first."""
        found = [each for each in self.own.get(name, ()) if each.effect is Effect.CORRUPTION]
        for group in self.graph.by_id[name].groups:
            below = group.members[0].node
            if below not in seen:
                seen.add(below)
                deeper = self._poison(below, seen)
                found += [deeper] if deeper is not None else []
        return max(found, key=lambda each: (each.dwell, each.node), default=None)

    def _standby(self, node: Node, layers: tuple[Layer, ...]) -> None:
        self.tales[node.id] = ServiceTale(
            node=node,
            lost_at=None,
            outage=0.0,
            loss=0.0,
            why=(),
            layers=tuple(LayerTale(layer=each, fate=Fate.STANDBY) for each in layers),
        )

    def _tell(
        self,
        node: Node,
        lost: float,
        back: float,
        loss: float,
        tales: tuple[LayerTale, ...],
        group: Group,
    ) -> None:
        self.tales[node.id] = ServiceTale(
            node=node,
            lost_at=lost,
            outage=back - lost if back < self.scenario.horizon else None,
            loss=loss,
            why=(node.id, *self._why(group.members[0].node)),
            layers=tales,
            down=((lost, back),),
        )

    def _tale(self, node: Node) -> ServiceTale:
        """Give a node's tale; a service without layers of its own is as its slowest part."""
        down = self.down(node.id)
        found = self.tales.get(node.id)
        lost = down_from(down, 0.0)
        own = found.down if found is not None else ()
        if found is not None and (down == own or lost is None):
            return found
        if lost is None:
            return ServiceTale(node=node, lost_at=None, outage=0.0, loss=0.0, why=())
        back = max(end for _begin, end in down)
        why = self._why(node.id)
        below = [self.tales[each] for each in why if each in self.tales and each != node.id]
        return ServiceTale(
            node=node,
            lost_at=lost,
            outage=max(end - begin for begin, end in down)
            if back < self.scenario.horizon
            else None,
            loss=max((each.loss for each in below), default=found.loss if found else 0.0),
            why=why,
            layers=found.layers if found is not None else (below[0].layers if below else ()),
            down=down,
        )

    def _why(self, name: NodeId) -> tuple[NodeId, ...]:
        """Follow what keeps a node down longest, down to what was struck."""
        way = [name]
        while True:
            node = self.graph.by_id[way[-1]]
            end = max((span[1] for span in self.down(node.id)), default=0.0)
            struck = [each for each in self.own.get(node.id, ()) if each.until >= end]
            if struck:
                cause = struck[0].by
                return (*way, *((cause,) if cause is not None else ()))
            below = [
                member.node
                for group in node.groups
                for member in group.members[:1]
                if member.node not in way and self.down(member.node)
            ]
            if not below:
                return tuple(way)
            way.append(max(below, key=lambda each: (max(e for _b, e in self.down(each)), each)))
