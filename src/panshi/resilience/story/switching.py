"""How one service goes on: which layer serves when its primary is lost, and what became of each.

A layer counts from when what it stands on is up; it waits for the people and seats it draws on and
for its data to come through the restore path, which goes on beside the activation. A layer that is
written together with the primary is poisoned with it; an immutable one gives its newest version
older than the intruder's entry, if it reaches back so far. What keeps both objectives is chosen,
else whatever serves first; when it is struck in turn, the search begins anew. Who waits for the
primary searches anew at every blow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol

from panshi.model.resilience.graph import Group, Layer, Member, Node, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.resilience.story.pools import NEVER, Booking, Held
from panshi.resilience.story.spans import Spans
from panshi.resilience.story.standbys import Known
from panshi.resilience.story.tale import Blow, Fate, LayerTale, ServiceTale
from panshi.resilience.turns import drawn

MIB_PER_GIB, SECONDS = 1024, 60


class Ground(Known, Protocol):
    """What a service stands on, as the telling knows it."""

    booking: Booking
    scenario: Scenario

    def poison(self, name: NodeId) -> tuple[Blow, ...]:
        """Give the corruptions that reach what a node stands on."""

    def why(self, name: NodeId, moment: float | None = None) -> tuple[NodeId, ...]:
        """Follow what keeps a node down to what was struck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to serve again, as planned at one moment."""

    place: int
    ready: float
    loss: float
    begun: float
    "From when it would be harmed if what it stands on is struck."
    held: tuple[Held, ...] = ()
    lasts: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What one moment decided."""

    start: float
    lost: float
    up: float
    loss: float
    tales: tuple[LayerTale, ...]
    why: tuple[NodeId, ...]


class Switching:
    """The alternatives of one node in one telling."""

    def __init__(
        self, telling: Ground, node: Node, group: Group, layers: Mapping[NodeId, Layer]
    ) -> None:
        """Begin with the primary serving."""
        self._telling, self._node, self._group = telling, node, group
        self.layers = layers
        self.dwell = self._chosen_under = -1.0
        self._up = self._start = self._before = 0.0
        self._serving: Way | None = None
        self._phases: list[Phase] = []

    @property
    def lost(self) -> bool:
        """Whether layers ever came into play."""
        return bool(self._phases) and bool(self.layers)

    def settle(self) -> float:
        """Give when it serves again, as is known at this moment."""
        now = self._telling.moment
        primary = self._primary
        if primary <= now and (self._up <= now or self._serving is None):
            self._vacate()
            self._up, self.dwell = primary, self._telling.dwell(self._members[0].node)
        else:
            if self._before <= now and self._up <= now:
                self._vacate()
                self._start = now
            elif self._up <= now:
                self._start = now
            self._decide()
        self._before = primary
        return self._up

    @property
    def _members(self) -> tuple[Member, ...]:
        return self._group.members

    @property
    def _primary(self) -> float:
        return self._telling.up(self._members[0].node)

    def _vacate(self) -> None:
        """Give back what the layer that served holds."""
        if self._serving is not None:
            for each in self._serving.held:
                self._telling.booking.leave(each, self._telling.moment)
        self._serving = None

    def _decide(self) -> None:
        """Keep to the plan where nothing has undone it, else look for the best way."""
        dwell = self._telling.dwell(self._members[0].node)
        way = self._serving
        if (
            way is not None
            and (self._chosen_under == dwell or self._members[way.place].node not in self.layers)
            and self._primary >= self._before
            and self._telling.up(self._members[way.place].node)
            <= max(way.begun, self._telling.moment)
        ):
            self._stay(way)
        else:
            self._vacate()
            way = self._best(dwell)
            self._serving = way if way.place else None
            self._up, self._chosen_under = way.ready, dwell
            for each in way.held:
                self._telling.booking.take(each)
        member = self._members[way.place]
        if member.node not in self.layers:
            dwell = max(dwell, self._telling.dwell(member.node))
        self.dwell = dwell

    def _stay(self, way: Way) -> None:
        """Keep seats until the primary is back, which may take longer than one thought."""
        booking, held = self._telling.booking, []
        for each in way.held:
            if each.path or not booking.seats(each.pool) or each.end >= self._primary:
                held.append(each)
                continue
            booking.leave(each, each.begin)
            held.append(replace(each, end=self._primary))
            booking.take(held[-1])
        self._serving = replace(way, held=tuple(held))

    def _best(self, dwell: float) -> Way:
        """Weigh all ways; the primary is the first of them."""
        primary = Way(place=0, ready=self._primary, loss=max(dwell, 0.0), begun=0.0)
        ways, tales = [primary], []
        for place, member in enumerate(self._members[1:], start=1):
            if member.node not in self.layers:
                ways.append(self._standby(place, member))
                continue
            way, tale = self._layer(place, member, dwell)
            ways.append(way)
            tales.append(tale)
        other = min(each.ready for each in ways if each.lasts is None)
        best = primary
        for way in ways[1:]:
            if way.lasts is not None and other > way.ready + way.lasts:
                tales = [
                    replace(each, fate=Fate.TOO_SHORT, ready=None)
                    if each.layer.id == self._members[way.place].node and each.ready is not None
                    else each
                    for each in tales
                ]
            elif way.ready < self._telling.scenario.horizon and self._rank(way) < self._rank(best):
                best = way
        chosen = self._members[best.place].node
        tales = [replace(each, chosen=each.layer.id == chosen) for each in tales]
        moment = self._telling.moment
        self._phases.append(
            Phase(
                start=self._start,
                lost=moment,
                up=best.ready,
                loss=best.loss,
                tales=tuple(tales),
                why=(self._node.id, *self._telling.why(self._members[0].node, moment)),
            )
        )
        return best

    def _rank(self, way: Way) -> tuple[bool, float, float]:
        """Put first what keeps both objectives, then what serves first, then what loses less."""
        rto, rpo = self._node.rto, self._node.rpo
        late = rto is not None and way.ready - self._start > rto
        return late or (rpo is not None and way.loss > rpo), way.ready, way.loss

    def _standby(self, place: int, member: Member) -> Way:
        begun = max(self._telling.up(member.node), self._telling.moment)
        loss = max(self._telling.dwell(member.node), 0.0)
        return Way(place=place, ready=begun + member.switch.likely, loss=loss, begun=begun)

    def _layer(self, place: int, member: Member, dwell: float) -> tuple[Way, LayerTale]:
        """Plan to serve by a layer, and say what became of it."""
        layer, now = self.layers[member.node], self._telling.moment
        age = layer.data_age + max(dwell, 0.0)
        usable = max(self._telling.up(layer.id), now)
        why = self._telling.why(layer.id, now)[1:] if usable > now else ()
        way = Way(place=place, ready=NEVER, loss=age, begun=usable, lasts=layer.lasts)
        spoilt = _spoilt(layer, age, dwell)
        horizon = self._telling.scenario.horizon
        if usable >= horizon or (why and spoilt is not None):
            return way, LayerTale(layer=layer, fate=Fate.GONE, loss=age, why=why)
        if spoilt is not None:
            by = self._poisoned_by(dwell)
            return way, LayerTale(layer=layer, fate=spoilt, loss=age, why=by)
        switch = member.switch.likely
        begun = self._telling.booking.room(
            drawn(layer), self._open(layer, usable), switch, self._primary
        )
        path, through = self._transfer(layer, usable)
        ready = max(begun + switch, through)
        way = replace(
            way,
            ready=ready,
            begun=min(begun, path),
            held=self._held(layer, begun, switch, path, through),
        )
        if ready >= horizon:
            return way, LayerTale(layer=layer, fate=Fate.CROWDED, loss=age, why=why)
        late = self._node.rto is not None and ready - self._start > self._node.rto
        return way, LayerTale(
            layer=layer,
            fate=(Fate.GONE if why else Fate.LATE) if late else Fate.READY,
            ready=ready - self._start,
            held_up=usable - self._start,
            waited=begun - usable,
            activation=switch,
            queued=path - usable if through > usable else 0.0,
            restored=through - path if through > usable else 0.0,
            loss=age,
            why=why,
        )

    def _open(self, layer: Layer, moment: float) -> float:
        """Give from when all that a layer draws on is up itself."""
        return max((moment, *(self._telling.up(each) for each in drawn(layer))))

    def _transfer(self, layer: Layer, usable: float) -> tuple[float, float]:
        """Give from when until when data comes in; it does while people still activate."""
        pool = layer.restore_pool
        if pool is None or layer.restore_gib <= 0:
            return NEVER, usable
        speed = self._telling.booking.speed(pool)
        if speed <= 0:
            return NEVER, NEVER
        minutes = ceil(layer.restore_gib * MIB_PER_GIB / speed / SECONDS)
        begin = max(usable, self._telling.up(pool))
        return self._telling.booking.transfer(pool, begin, minutes)

    def _held(
        self, layer: Layer, begun: float, switch: float, path: float, through: float
    ) -> tuple[Held, ...]:
        """Give what a layer takes: people while they switch, seats until the primary is back."""
        done = begun + switch
        held = [
            Held(
                pool,
                begun,
                max(done, self._primary) if self._telling.booking.seats(pool) else done,
                much,
            )
            for pool, much in drawn(layer).items()
        ]
        if layer.restore_pool is not None and path < NEVER:
            held.append(Held(layer.restore_pool, path, through, path=True))
        return tuple(held)

    def _poisoned_by(self, dwell: float) -> tuple[NodeId, ...]:
        found = (
            each.node
            for each in self._telling.poison(self._members[0].node)
            if each.at <= self._telling.moment and each.dwell == dwell
        )
        return tuple(found)[:1]

    def tale(self, lost_at: float | None, outage: float | None, down: Spans) -> ServiceTale:
        """Tell it: layers are as they were decided on last in the outage that is told."""
        if not self._phases:
            standing = tuple(
                LayerTale(layer=each, fate=Fate.STANDBY) for each in self.layers.values()
            )
            why = self._telling.why(self._node.id) if down else ()
            return ServiceTale(
                node=self._node,
                lost_at=lost_at,
                outage=outage,
                loss=0.0,
                why=why,
                down=down,
                layers=standing,
            )
        mine = [
            e for e in self._phases if lost_at is not None and e.lost >= lost_at
        ] or self._phases
        back = NEVER if outage is None or lost_at is None else lost_at + outage
        mine = [each for each in mine if each.lost < back] or mine
        return ServiceTale(
            node=self._node,
            lost_at=lost_at,
            outage=outage,
            loss=max(each.loss for each in self._phases),
            why=mine[0].why,
            layers=mine[-1].tales,
            down=down,
            served=tuple(
                dict.fromkeys(
                    each.layer.id for phase in self._phases for each in phase.tales if each.chosen
                )
            ),
        )


def _spoilt(layer: Layer, age: float, dwell: float) -> Fate | None:
    """Say why a layer has no data one could serve with; None where it has."""
    if dwell < 0:
        return None
    if layer.replicates:
        return Fate.POISONED
    return Fate.NO_CLEAN_COPY if age > layer.retention else None
