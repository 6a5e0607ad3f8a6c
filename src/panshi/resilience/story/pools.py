"""Who holds how much of a shared recovery resource until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from panshi.model.resilience.graph import SEATS, Draw, NodeId, Pool
from panshi.model.resilience.plan import Effect
from panshi.resilience.story.tale import Blow

type State = tuple[
    tuple[tuple[NodeId, tuple[tuple[float, float, float], ...]], ...],
    tuple[tuple[NodeId, tuple[tuple[float, float], ...]], ...],
]
"""Bookings by pool, in order."""
type Places = tuple[tuple[NodeId, int], ...]
"""Bookings by pool and number."""


class Booking:
    """Bookings of each pool; blows to a pool leave only a share of it."""

    def __init__(self, pools: Iterable[Pool], blows: Sequence[Blow]) -> None:
        """Know the pools and what is left of them when."""
        self._pools = {each.id: each for each in pools}
        self._left = [each for each in blows if each.effect is Effect.CAPACITY]
        self._held: dict[NodeId, list[tuple[float, float, float]]] = {}
        self._path: dict[NodeId, list[tuple[float, float]]] = {}

    def capacity(self, pool: NodeId, moment: float) -> float:
        """Give how much of a pool there is at a moment."""
        share = min(
            (each.left for each in self._left if each.node == pool and _in(each, moment)),
            default=1.0,
        )
        return self._pools[pool].capacity * share

    rate = capacity

    def free(self, draws: Iterable[Draw], moment: float, lasting: float) -> float:
        """Give the first moment at which all draws can be held for so long."""
        wanted = tuple(draws)
        moments = [moment]
        for draw in wanted:
            moments += [end for _begin, end, _amount in self._held.get(draw.pool, ())]
            moments += [each.until for each in self._left if each.node == draw.pool]
        for each in sorted(found for found in moments if found >= moment):
            if all(self._fits(draw, each, lasting) for draw in wanted):
                return each
        return float("inf")

    def _fits(self, draw: Draw, moment: float, lasting: float) -> bool:
        held = self._held.get(draw.pool, ())
        points = [moment, *(begin for begin, _e, _a in held if moment < begin < moment + lasting)]
        return all(
            sum(amount for begin, end, amount in held if begin <= at < end) + draw.amount
            <= self.capacity(draw.pool, at)
            for at in points
        )

    def take(self, draws: Iterable[Draw], begin: float, end: float, back: float) -> Places:
        """Hold people while they switch over, seats until the primary is back; tell where."""
        places: list[tuple[NodeId, int]] = []
        for draw in draws:
            held = self._held.setdefault(draw.pool, [])
            places.append((draw.pool, len(held)))
            until = max(end, back) if self._pools[draw.pool].unit == SEATS else end
            held.append((begin, until, draw.amount))
        return tuple(places)

    def leave(self, places: Places, moment: float) -> None:
        """Give back what a layer holds that serves no longer, or never will."""
        for pool, place in places:
            begin, until, amount = self._held[pool][place]
            self._held[pool][place] = (begin, max(begin, min(until, moment)), amount)

    def leave_path(self, pool: NodeId, begin: float, end: float, moment: float) -> None:
        """Give a restore path back before the transfer is through."""
        if moment < end:
            self._path[pool].remove((begin, end))
            self.take_path(pool, begin, max(begin, moment))

    @property
    def state(self) -> State:
        """Everything that is booked; equal bookings are equal states."""
        return (
            tuple(sorted((pool, tuple(sorted(each))) for pool, each in self._held.items() if each)),
            tuple(sorted((pool, tuple(sorted(each))) for pool, each in self._path.items() if each)),
        )

    @state.setter
    def state(self, state: State) -> None:
        self._held = {pool: list(each) for pool, each in state[0]}
        self._path = {pool: list(each) for pool, each in state[1]}

    def path_free(self, pool: NodeId, moment: float, lasting: float) -> float:
        """Give from when a restore path is free for so long; one transfer has it to itself."""
        for begin, end in sorted(self._path.get(pool, ())):
            if begin >= moment + lasting:
                break
            moment = max(moment, end)
        return moment

    def take_path(self, pool: NodeId, begin: float, end: float) -> None:
        """Hold a restore path."""
        self._path.setdefault(pool, []).append((begin, end))


def _in(blow: Blow, moment: float) -> bool:
    return blow.at <= moment < blow.until
