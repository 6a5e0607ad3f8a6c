"""Families of minimal cut sets: from a diagram, counted exactly, listed by weight.

Of a tree with negations the sets are its minimal p-cuts: events that bring about the top when
nothing else happens (Rauzy 2001); what must *not* happen is not said.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from panshi.resilience.faults import kernels, sweeps
from panshi.resilience.faults.diagram import Diagram
from panshi.resilience.faults.store import Numbers, Store

_EXACT_IN_INTEGERS = 2.0**62
_MOST_CELLS = 40_000_000
"Nodes times orders that are counted order by order."
_LEAST_WEIGHT = 1e-300
type _Waiting = tuple[float, int, float, int, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True)
class Family:
    """Minimal sets of one root; nothing else is in the store."""

    store: Store
    place: int
    "Where the store keeps the root."
    order: tuple[int, ...]
    "Level → number of the event."

    @property
    def root(self) -> int:
        """Node that stands for all the sets."""
        return int(self.store.places[self.place])

    def of_at_most(self, longest: int) -> Family:
        """Give the sets of at most so many events; they take the place of all."""
        self.store.shorten(self.place, min(longest, kernels.ENDLESS))
        self.store.keep_only(self.place)
        return self

    @property
    def count(self) -> int:
        """How many sets, exactly."""
        sizes = sweeps.counts(self.store.parts)
        highs, lows = (part[: self.store.used] for part in self.store.parts[1:3])
        if sizes[self.root] < _EXACT_IN_INTEGERS:
            return int(sweeps.whole_counts(self.store.parts)[self.root])
        exact = [0, 1]
        for high, low in zip(highs[2:].tolist(), lows[2:].tolist(), strict=True):
            exact.append(exact[high] + exact[low])
        return exact[self.root]

    def by_order(self) -> tuple[int, ...] | None:
        """How many sets have 0, 1, 2 … events; None where they are too many to tell apart."""
        longest = int(sweeps.longest(self.store.parts)[self.root])
        sizes = sweeps.counts(self.store.parts)
        too_many = sizes[self.root] >= _EXACT_IN_INTEGERS
        if too_many or self.store.used * (longest + 1) > _MOST_CELLS:
            return None
        found = sweeps.counts_by_order(self.store.parts, longest)[self.root]
        return tuple(int(each) for each in found)

    def uses(self) -> dict[int, float]:
        """In how many sets each event is."""
        sizes = sweeps.counts(self.store.parts)
        per_level = sweeps.uses(self.store.parts, self.root, sizes, len(self.order))
        return {
            self.order[level]: float(many) for level, many in enumerate(per_level.tolist()) if many
        }

    def weight(self, chances: Numbers) -> float:
        """Give the sum over all sets of the product of their events' probabilities."""
        return float(sweeps.weights(self.store.parts, chances)[self.root])

    def singles(self) -> tuple[int, ...]:
        """Give the events that are a set alone."""
        levels, highs, lows = self.store.parts[:3]
        found, at = [], self.root
        while at > 1:
            if highs[at] == 1:  # minimal: a family with the empty set holds no other
                found.append(self.order[int(levels[at])])
            at = int(lows[at])
        return tuple(found)

    def heaviest(self, weights: Numbers) -> Iterator[tuple[int, ...]]:
        """Give the sets by falling product of their events' weights (by level), lazily."""
        logs = np.log(np.maximum(weights, _LEAST_WEIGHT))
        return self.best_first(logs, sweeps.best(self.store.parts, logs))

    def best_first(self, logs: Numbers, best: Numbers) -> Iterator[tuple[int, ...]]:
        """Give the sets by falling sum of logarithms, `best` being the best below each node.

        Each way down the diagram not yet taken waits with the most it can become.
        """
        if not self.root:
            return
        levels, highs, lows = self.store.parts[:3]
        number = 0
        waiting: list[_Waiting] = [(-best[self.root], number, 0.0, self.root, ())]
        while waiting:
            _, _, so_far, at, taken = heapq.heappop(waiting)
            while at > 1:
                level, high, low = int(levels[at]), int(highs[at]), int(lows[at])
                with_it = (so_far + logs[level], high, (*taken, level))
                ways = [with_it, (so_far, low, taken)] if low else [with_it]
                ways.sort(key=lambda way: way[0] + best[way[1]])
                so_far, at, taken = ways.pop()
                for value, node, held in ways:
                    number += 1
                    heapq.heappush(waiting, (-(value + best[node]), number, value, node, held))
            yield tuple(self.order[each] for each in taken)


def minimal_sets(of: Diagram, most: int) -> Family:
    """Give the minimal cut sets of a diagram (Rauzy), in a store of at most `most` nodes."""
    store = Store(levels=len(of.order), places=of.store.used, most=most)
    store.places[1] = 1
    at, stopped, tries = 2, -1, 0
    while at < of.store.used:
        at = store.minimal(of.store.parts, at)
        if at < of.store.used:
            tries = tries + 1 if at == stopped else 0
            store.make_room(tries)
            stopped = at
    store.keep_only(of.root)
    return Family(store=store, place=of.root, order=of.order)
