"""Who holds how much of a shared recovery resource, and when there is room.

Who plans gets the earliest room for as long as it needs it, gaps between what others planned
before included; nobody who planned before is put off by it. A shock that leaves a share of a pool
takes the rest of it; whoever was promised it before keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil

from panshi.model.resilience.graph import SEATS, NodeId, Pool

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Held:
    """So much of a pool for a time."""

    pool: NodeId
    begin: float
    end: float
    amount: float = 0.0
    path: bool = False
    "A transfer, which has its path to itself."


class Booking:
    """Bookings of all pools."""

    def __init__(self, pools: Iterable[Pool]) -> None:
        """Know the pools; nothing is held yet."""
        self._pools = {each.id: each for each in pools}
        self._held: dict[NodeId, list[Held]] = {}

    def room(
        self, drawn: Mapping[NodeId, float], moment: float, lasting: float, stay: float
    ) -> float:
        """Give the first moment from which all is there: people so long, seats until `stay` too."""
        while moment < NEVER:
            latest = max(
                (self._room(each, drawn[each], moment, lasting, stay) for each in drawn),
                default=moment,
            )
            if latest <= moment:
                return moment
            moment = latest
        return NEVER

    def _room(
        self, pool: NodeId, amount: float, moment: float, lasting: float, stay: float
    ) -> float:
        held = self._held.get(pool, ())
        seats = self._pools[pool].unit == SEATS
        ends = sorted({moment, *(each.end for each in held if each.end > moment)})
        for begin in ends:
            end = max(begin + lasting, stay if seats else 0.0)
            points = (begin, *(each.begin for each in held if begin < each.begin < end))
            if all(self._left(pool, at) >= amount for at in points):
                return begin
        return NEVER

    def _left(self, pool: NodeId, moment: float) -> float:
        """Give how much is free at a moment; less than nothing while a transfer has it."""
        here = [e for e in self._held.get(pool, ()) if e.begin <= moment < e.end]
        if any(each.path for each in here):
            return -1.0
        return round(self._pools[pool].capacity - sum(each.amount for each in here), 6)

    def transfer(self, pool: NodeId, moment: float, minutes: float) -> tuple[float, float]:
        """Give from when until when a transfer of so many minutes has a path to itself.

        It goes at the share of the path that is left as it begins.
        """
        held = self._held.get(pool, ())
        for begin in sorted({moment, *(each.end for each in held if each.end > moment)}):
            left = self._left(pool, begin)
            if left <= 0 or begin >= NEVER:
                continue
            end = begin + ceil(round(minutes * self._pools[pool].capacity / left, 6))
            if not any(e.path and e.begin < end and e.end > begin for e in held):
                return begin, end
        return NEVER, NEVER

    def weaken(self, pool: NodeId, begin: float, end: float, left: float) -> None:
        """Take away what a shock does not leave of a pool."""
        if pool in self._pools:
            gone = self._pools[pool].capacity * (1 - left)
            self.take(Held(pool, begin, end, gone))

    def take(self, held: Held) -> None:
        """Hold something."""
        if held.end > held.begin:
            self._held.setdefault(held.pool, []).append(held)

    def leave(self, held: Held, moment: float) -> None:
        """Give back what is held from a moment on."""
        mine = self._held.get(held.pool, [])
        if held in mine:
            mine.remove(held)
            self.take(replace(held, end=max(held.begin, min(held.end, moment))))

    def seats(self, pool: NodeId) -> bool:
        """Whether a pool is held for as long as one serves."""
        return self._pools[pool].unit == SEATS

    def speed(self, pool: NodeId) -> float:
        """Give how much there is of a pool in ordinary times."""
        return self._pools[pool].capacity
