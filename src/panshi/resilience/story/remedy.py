"""The cheapest layers to add in one likely course: every cheaper choice is tried and fails.

Choices are tried in the order of their cost, so the first that brings back in time every service
that any choice can is the cheapest there is; that is the proof, and it needs no solver. Beyond
`MOST` offers there are too many choices to try, and nothing is claimed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from panshi.model.resilience.graph import NodeId

MOST = 12
"Offers of which every choice is tried: 4,096 at most."

type Late = Callable[[tuple[int, ...]], frozenset[NodeId]]
"""Critical services that are late when the offers of these places are taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cheapest:
    """The choice that was found."""

    chosen: tuple[int, ...]
    "Places of the offers."
    cost: int
    late: frozenset[NodeId]
    "Services no choice brings back in time."
    tried: int
    proven: bool


def cheapest(costs: Sequence[int], late: Late) -> Cheapest | None:
    """Find the cheapest choice; None where no offer changes anything, or there are too many."""
    if not costs or len(costs) > MOST:
        return None
    every = tuple(range(len(costs)))
    now, best = late(()), late(every)
    if not best < now:
        return None
    for tried, choice in enumerate(choices(costs), start=1):
        if late(choice) <= best:
            cost = sum(costs[each] for each in choice)
            return Cheapest(chosen=choice, cost=cost, late=best, tried=tried, proven=True)
    return None


def choices(costs: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give every choice, the cheaper first; of equal cost the one with fewer offers."""
    order = sorted(range(len(costs)), key=lambda each: (costs[each], each))
    yield ()
    heap: list[tuple[int, int, tuple[int, ...]]] = [(costs[order[0]], 1, (0,))]
    while heap:
        cost, count, places = heapq.heappop(heap)
        yield tuple(sorted(order[each] for each in places))
        last = places[-1]
        if last + 1 < len(order):
            after = costs[order[last + 1]]
            heapq.heappush(heap, (cost + after, count + 1, (*places, last + 1)))
            moved = cost - costs[order[last]] + after
            heapq.heappush(heap, (moved, count, (*places[:-1], last + 1)))
