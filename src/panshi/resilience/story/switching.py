"""How one service goes on: which layer serves when its primary is lost, and what became of each.

A layer counts from when what it stands on is up; it waits for the people and seats it draws on and
for its data to come through the restore path, which goes on beside the activation. A layer that is
written together with the primary is poisoned with it; an immutable one gives its newest version
older than the intruder's entry, if it reaches back so far. What keeps both objectives is chosen,
else whatever serves first; when it is lost in turn, the search begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from panshi.model.resilience.graph import Group, Layer, Member, Node, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.resilience.story.pools import Booking, Places
from panshi.resilience.story.spans import Spans, down_from, merged, up_from
from panshi.resilience.story.tale import Blow, Fate, LayerTale, ServiceTale

MIB_PER_GIB, SECONDS = 1024, 60
NEVER = float("inf")


class Ground(Protocol):
    """What a service stands on, as the telling knows it."""

    booking: Booking
    scenario: Scenario

    def down(self, name: NodeId) -> Spans:
        """Give when a node is down."""

    def poison(self, name: NodeId) -> tuple[Blow, ...]:
        """Give the corruptions that reach what a node stands on."""

    def why(self, name: NodeId, moment: float | None = None) -> tuple[NodeId, ...]:
        """Follow what keeps a node down to what was struck."""


class Switching:
    """The layers of one service in one telling."""

    def __init__(
        self, telling: Ground, node: Node, group: Group, layers: Mapping[NodeId, Layer]
    ) -> None:
        """Look at the primary, and at what poisons it."""
        self._telling = telling
        self._node, self._group, self._layers = node, group, layers
        self._booking = telling.booking
        self._horizon = telling.scenario.horizon
        self._primary = telling.down(group.members[0].node)
        self._poison = telling.poison(group.members[0].node)
        self._places: Places = ()
        self._path: tuple[NodeId, float, float] | None = None
        self._dwell = 0.0

    def tale(self) -> ServiceTale:
        """Follow the service from loss to loss; its tale is that of its longest outage."""
        moment = down_from(self._primary, 0.0)
        phases: list[tuple[float, float, float, tuple[LayerTale, ...]]] = []
        while moment is not None and moment < self._horizon:
            lost, (back, loss, tales) = moment, self._phase(moment)
            moment = self._interrupted(lost, back, tales)
            if moment is not None:
                back = moment
            else:
                moment = self._next_loss(back, tales)
            phases.append((lost, back, loss, tales))
            if moment is not None:
                self._leave(moment)
        if not phases:
            standing = tuple(
                LayerTale(layer=each, fate=Fate.STANDBY) for each in self._layers.values()
            )
            return ServiceTale(
                node=self._node, lost_at=None, outage=0.0, loss=0.0, why=(), layers=standing
            )
        down = merged((begin, end) for begin, end, _loss, _tales in phases)
        lost, back = max(down, key=lambda each: (each[1] - each[0], -each[0]))
        tales = next(each[3] for each in reversed(phases) if each[1] <= back)
        return ServiceTale(
            node=self._node,
            lost_at=lost,
            outage=back - lost if back < self._horizon else None,
            loss=max(each[2] for each in phases),
            why=(self._node.id, *self._telling.why(self._group.members[0].node, lost)),
            layers=tales,
            down=down,
            served=tuple(
                dict.fromkeys(each.layer.id for phase in phases for each in phase[3] if each.chosen)
            ),
        )

    def _phase(self, lost: float) -> tuple[float, float, tuple[LayerTale, ...]]:
        """Give when it serves again after one loss, what is lost, and what became of each layer."""
        poison = max(
            (each for each in self._poison if each.at <= lost),
            key=lambda each: each.dwell,
            default=None,
        )
        back = up_from(self._primary, lost)
        tales = [
            self._layer(member, self._layers[member.node], lost, poison)
            for member in self._group.members[1:]
            if member.node in self._layers
        ]
        lasting = min(
            (back - lost, *(e.ready for e in tales if e.ready is not None and not e.layer.lasts))
        )
        tales = [
            replace(each, fate=Fate.TOO_SHORT, ready=None)
            if each.ready is not None
            and each.layer.lasts
            and lasting > each.ready + each.layer.lasts
            else each
            for each in tales
        ]
        dwell = self._dwell = poison.dwell if poison is not None else 0.0
        best = min(
            (each for each in tales if each.ready is not None),
            key=lambda each: (*self._rank(each.ready or 0.0, each.loss), each.layer.id),
            default=None,
        )
        if (
            best is None
            or best.ready is None
            or (self._rank(back - lost, dwell) <= self._rank(best.ready, best.loss))
        ):
            return back, self._spoilt_until(back), tuple(tales)
        self._book(best, lost, back)
        chosen = tuple(replace(each, chosen=each is best) for each in tales)
        return lost + best.ready, best.loss, chosen

    def _spoilt_until(self, back: float) -> float:
        """Give how far back the primary's data goes when it is there again."""
        return max((each.dwell for each in self._poison if each.at <= back), default=0.0)

    def _rank(self, ready: float, loss: float) -> tuple[bool, float, float]:
        """Put first what keeps both objectives, then what serves first, then what loses less."""
        rto, rpo = self._node.rto, self._node.rpo
        misses = (rto is not None and ready > rto) or (rpo is not None and loss > rpo)
        return misses, ready, loss

    def _interrupted(self, lost: float, back: float, tales: tuple[LayerTale, ...]) -> float | None:
        """Give when what is being switched to is lost before it serves."""
        serving = next((each for each in tales if each.chosen), None)
        if serving is None:
            return None
        down = down_from(self._telling.down(serving.layer.id), lost + serving.held_up)
        broken = [each.at for each in self._poisoning(serving.layer) if each.at > lost]
        if down is not None:
            broken.append(down)
        return min((each for each in broken if each < back), default=None)

    def _leave(self, moment: float) -> None:
        """Give back what the layer that served held."""
        self._booking.leave(self._places, moment)
        if self._path is not None:
            self._booking.leave_path(*self._path, moment)
        self._places, self._path = (), None

    def _next_loss(self, back: float, tales: tuple[LayerTale, ...]) -> float | None:
        """Give when whatever serves now is lost in turn; the primary takes over when it is back."""
        if back >= self._horizon:
            return None
        serving = next((each for each in tales if each.chosen), None)
        home = up_from(self._primary, back)
        if serving is not None:
            lost = down_from(self._down(serving.layer), back)
            if lost is not None and lost < home:
                return lost
        return down_from(self._primary, home)

    def _down(self, layer: Layer) -> Spans:
        """Give when a layer cannot serve: what it stands on is down, or it is being poisoned.

        A copy is poisoned too where the intruder had entered before it was made.
        """
        spans = ((each.at, max(each.until, each.at + 1)) for each in self._poisoning(layer))
        return merged((*self._telling.down(layer.id), *spans))

    def _poisoning(self, layer: Layer) -> list[Blow]:
        return [each for each in self._poison if layer.replicates or each.dwell > self._dwell]

    def _layer(self, member: Member, layer: Layer, lost: float, poison: Blow | None) -> LayerTale:
        age = layer.data_age + (poison.dwell if poison is not None else 0.0)
        usable = up_from(self._telling.down(layer.id), lost)
        why = self._telling.why(layer.id, lost)[1:] if usable > lost else ()
        spoilt = _spoilt(layer, age, poison)
        if usable >= self._horizon or (why and spoilt is not None):
            return LayerTale(layer=layer, fate=Fate.GONE, loss=age, why=why)
        if poison is not None and spoilt is not None:
            return LayerTale(layer=layer, fate=spoilt, loss=age, why=(poison.node,))
        begun = self._booking.free(layer.draws, usable, member.switch.likely)
        transfer = self._transfer(layer, usable)
        through = self._through(layer, usable, transfer)
        ready = max(begun + member.switch.likely, through + transfer)
        if ready >= self._horizon:
            return LayerTale(layer=layer, fate=Fate.CROWDED, loss=age, why=why)
        late = self._node.rto is not None and ready - lost > self._node.rto
        return LayerTale(
            layer=layer,
            fate=(Fate.GONE if why else Fate.LATE) if late else Fate.READY,
            ready=ready - lost,
            held_up=usable - lost,
            waited=begun - usable,
            activation=member.switch.likely,
            queued=through - usable,
            restored=transfer,
            loss=age,
            why=why,
        )

    def _through(self, layer: Layer, usable: float, transfer: float) -> float:
        """Give when the restore path is free; data comes in while people still activate."""
        if layer.restore_pool is None or not layer.restore_gib:
            return usable
        return self._booking.path_free(layer.restore_pool, usable, transfer)

    def _transfer(self, layer: Layer, moment: float) -> float:
        if layer.restore_pool is None or not layer.restore_gib:
            return 0.0
        rate = self._booking.rate(layer.restore_pool, moment)
        return layer.restore_gib * MIB_PER_GIB / rate / SECONDS if rate > 0 else NEVER

    def _book(self, tale: LayerTale, lost: float, back: float) -> None:
        layer, usable = tale.layer, lost + tale.held_up
        begun = usable + tale.waited
        self._places = self._booking.take(layer.draws, begun, begun + tale.activation, back)
        if layer.restore_pool is not None and tale.restored:
            begin = usable + tale.queued
            self._path = (layer.restore_pool, begin, begin + tale.restored)
            self._booking.take_path(*self._path)


def _spoilt(layer: Layer, age: float, poison: Blow | None) -> Fate | None:
    """Say why a layer has no data one could serve with; None where it has."""
    if poison is None:
        return None
    if layer.replicates:
        return Fate.POISONED
    return Fate.NO_CLEAN_COPY if age > layer.retention else None
