"""A store of diagram nodes that grows, forgets what nobody needs, and knows its bound.

Results live in numbered places, so that the store can tell what is still needed when it runs
full: what no place reaches is forgotten before it grows, and it grows to its bound and no further.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from panshi.resilience.faults import kernels
from panshi.resilience.faults.solution import TooLargeError

SMALL = 1 << 14
BYTES_A_NODE = 32
"Three parts, the chain, the heads and the memo."
_MEMO_MOST, _MEMO_FAIR = 1 << 24, 1 << 20
"Entries at most, and what may be taken of a store however small."
_BORNE = 2
"Entries that may be displaced for each the memo holds, before it grows."
type Numbers = np.ndarray[Any, np.dtype[Any]]


class Store:
    """Nodes of one kind, and places that hold roots."""

    def __init__(self, *, levels: int, places: int, most: int) -> None:
        """Make an empty store whose nodes have fewer levels than `levels`."""
        self.most = max(SMALL, min(most, kernels.MOST_NODES))
        self.places: Numbers = np.zeros(places, np.int64)
        self.moves = 0
        "How often nodes got new numbers."
        self.stacks = tuple(np.zeros((levels + 4, 6), np.int64) for _ in range(3))
        self._allocate(SMALL, held=0)
        self._parts[0][:2] = kernels.BOTTOM

    @property
    def parts(self) -> kernels.Parts:
        """The arrays a kernel takes."""
        return self._parts

    @property
    def used(self) -> int:
        """How many nodes it holds, forgotten ones too."""
        return int(self._parts[5][0])

    def put(self, place: int, kernel: Callable[..., int], *given: Any) -> None:  # noqa: ANN401 -- a kernel's own
        """Set a place to what a kernel makes of the store, the memo and `given`.

        A callable among `given` is asked anew each time, since nodes move when room is made.
        """
        tries = 0
        while True:
            asked = (each() if callable(each) else each for each in given)
            found = kernel(self._parts, self._memo, *asked)
            if found != kernels.FULL:
                self.places[place] = found
                return
            self.make_room(tries)
            tries += 1

    def apply(self, into: int, what: int, f: int, g: int) -> None:
        """Combine two places as BDDs."""
        first, second = self._at(f), self._at(g)
        self.put(into, kernels.apply, self.stacks[0], what, first, second)

    def union(self, into: int, f: int, g: int) -> None:
        """Unite two places as minimal sets."""
        self.put(into, kernels.union, *self.stacks[:2], self._at(f), self._at(g))

    def product(self, into: int, f: int, g: int, order: int) -> None:
        """Combine each set of one place with each of the other."""
        self.put(into, kernels.product, *self.stacks, self._at(f), self._at(g), order)

    def minimal(self, bdd: kernels.Parts, start: int) -> int:
        """Set the place of each node of a BDD to its minimal sets; give where it stopped."""
        given = self._parts, self._memo, bdd, self.stacks[0], self.places
        return int(kernels.minimal(*given, start))

    def shorten(self, place: int, order: int) -> None:
        """Keep the sets of at most `order` events."""
        self.put(place, kernels.shorter, self.stacks[0], self._at(place), order)

    def single(self, place: int, level: int) -> None:
        """Set a place to the node of one event alone: the same in both readings."""
        found = kernels.node(self._parts, level, 1, 0)
        while found == kernels.FULL:
            self.make_room(1)
            found = kernels.node(self._parts, level, 1, 0)
        self.places[place] = found

    def keep_only(self, *places: int) -> None:
        """Forget all that these places do not reach."""
        kept = list(places)
        roots = self.places[kept]
        self.places[:] = 0
        self.places[kept] = roots
        kernels.compact(self._parts, self.places, kernels.mark(self._parts, self.places))
        self.moves += 1
        self._memo[0][:] = -1

    def make_room(self, tries: int) -> None:
        """Forget or grow; a second call for one step grows, and refuses at the bound."""
        if self._parts[5][1] > self._parts[5][2]:
            self._widen()
            return
        live = kernels.mark(self._parts, self.places)
        needed, size = int(live.sum()), self._parts[0].size
        at_bound = size >= self.most
        if at_bound and (tries or needed > size * 0.9):
            raise TooLargeError(f"the diagram needs more than {self.most:,} nodes")
        kernels.compact(self._parts, self.places, live)
        self.moves += 1
        if not at_bound and (tries or needed > size // 2):
            self._grow(min(size * 2, self.most))
        else:
            self._memo[0][:] = -1

    def _at(self, place: int) -> Callable[[], int]:
        return lambda: int(self.places[place])

    def _grow(self, size: int) -> None:
        old = self._parts
        used = self.used
        self._allocate(size, held=self._memo[0].size)
        for part, before in zip(self._parts[:3], old[:3], strict=True):
            part[:used] = before[:used]
        self._parts[5][0] = used
        kernels.rehash(self._parts)

    def _allocate(self, size: int, *, held: int) -> None:
        heads = 1 << (size - 1).bit_length()
        counts: Numbers = np.array([2, 0, 0], np.int64)
        self._parts: kernels.Parts = (
            np.empty(size, np.int32),
            np.empty(size, np.int32),
            np.empty(size, np.int32),
            np.zeros(heads, np.int32),
            np.empty(size, np.int32),
            counts,
        )
        self._memo: kernels.Memo = _memo(max(held, min(heads, _MEMO_MOST)), counts)

    def _widen(self) -> None:
        """Give a memo that displaces too much more room, or let it be."""
        old, size = self._memo, self._memo[0].size
        counts = self._parts[5]
        counts[1] = 0
        if size >= min(_MEMO_MOST, max(_MEMO_FAIR, 1 << self.most.bit_length())):
            counts[2] = np.iinfo(np.int64).max
            return
        self._memo = _memo(size * 4, counts)
        kernels.carry(old, self._memo)


def _memo(size: int, counts: Numbers) -> kernels.Memo:
    """Give an empty memo of a store with these counts."""
    counts[2] = size * _BORNE
    return np.full(size, -1, np.int64), np.empty(size, np.int32), counts
