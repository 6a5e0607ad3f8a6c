"""Gate by gate from the inputs to the top: the walk both algorithms share.

What a gate's inputs become is the algebra's affair: decision diagrams or families of sets. The
inputs of a gate are taken from the deepest level up, which keeps what lies between small.
At-least-k runs a row of partial answers past its inputs: `row[j]` is "at least j of those so far".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Protocol, assert_never

from panshi.model.resilience.fault_tree import Connective, FaultTree, Gate
from panshi.resilience.faults.store import Store

NEVER, ALWAYS = 0, 1
"The ends: false and true of diagrams, no set and the empty set of families."


class Algebra(Protocol):
    """What and, or and xor do with two places of a store."""

    def both(self, store: Store, into: int, f: int, g: int) -> None:
        """And."""
        ...

    def either(self, store: Store, into: int, f: int, g: int) -> None:
        """Or."""
        ...

    def differ(self, store: Store, into: int, f: int, g: int) -> None:
        """Exclusive or."""
        ...


class Beside(Protocol):
    """Who looks at each gate of the walk."""

    def before(self, gate: Gate) -> None:
        """Look at a gate whose inputs are there."""
        ...

    def after(self, store: Store, place: int) -> None:
        """Look at what it became."""
        ...


def folded(tree: FaultTree, order: Sequence[int], most: int, algebra: Algebra) -> Store:
    """Give a store of at most `most` nodes that holds nothing but the top."""
    return folded_many(tree, order, most, algebra, (tree.top,))


def folded_many(
    tree: FaultTree,
    order: Sequence[int],
    most: int,
    algebra: Algebra,
    tops: Collection[int],
    beside: Beside | None = None,
) -> Store:
    """Give a store that holds some gates or events; a top not among them is not worked out."""
    walk = _Walk(tree, order, most, algebra, tuple(tops))
    for place, gate in enumerate(tree.gates, len(tree.events)):
        if place == tree.top and place not in tops:
            continue  # it may unite all others, which costs more than all of them
        if beside is not None:
            beside.before(gate)
        walk.gate(place, gate)
        if beside is not None:
            beside.after(walk.store, place)
    for place in tops:
        if place < len(tree.events):
            walk.fetch(place)
    walk.store.keep_only(*tops)
    return walk.store


class _Walk:
    """Places: one for each event and gate, then a row for at-least, then one in between."""

    def __init__(
        self,
        tree: FaultTree,
        order: Sequence[int],
        most: int,
        algebra: Algebra,
        kept: Sequence[int],
    ) -> None:
        self._algebra = algebra
        self._level = {event: level for level, event in enumerate(order)}
        self._events = len(tree.events)
        self._uses = Counter(each for gate in tree.gates for each in gate.inputs)
        self._uses.update(kept)
        self._row = self._events + len(tree.gates)
        widest = max((gate.least for gate in tree.gates), default=0)
        self._spare = self._row + widest + 1
        self.store = Store(levels=len(order), places=self._spare + 1, most=most)

    def fetch(self, place: int) -> None:
        """See that an input has its place filled."""
        if place < self._events:
            self.store.single(place, self._level[place])

    def gate(self, place: int, gate: Gate) -> None:
        """Combine the inputs of a gate; release those no later gate needs."""
        for each in gate.inputs:
            self.fetch(each)
        self._fill(place, gate, sorted(gate.inputs, key=self._depth, reverse=True))
        for each in gate.inputs:
            self._uses[each] -= 1
            if not self._uses[each]:
                self.store.places[each] = NEVER

    def _fill(self, place: int, gate: Gate, inputs: Sequence[int]) -> None:
        algebra = self._algebra
        match gate.connective:
            case Connective.AND:
                self._chained(place, algebra.both, ALWAYS, inputs)
            case Connective.OR:
                self._chained(place, algebra.either, NEVER, inputs)
            case Connective.XOR:
                self._chained(place, algebra.differ, NEVER, inputs)
            case Connective.NOT:
                self._chained(place, algebra.differ, ALWAYS, inputs)
            case Connective.AT_LEAST:
                self._at_least(place, inputs, gate.least)
            case _:
                assert_never(gate.connective)

    def _chained(
        self,
        place: int,
        operation: Callable[[Store, int, int, int], None],
        start: int,
        inputs: Sequence[int],
    ) -> None:
        self.store.places[place] = start
        for each in inputs:
            operation(self.store, place, place, each)

    def _depth(self, place: int) -> tuple[int, int]:
        return int(self.store.parts[0][self.store.places[place]]), place

    def _at_least(self, place: int, inputs: Sequence[int], least: int) -> None:
        store, row = self.store, range(self._row, self._row + least + 1)
        store.places[row[0]] = ALWAYS
        for empty in row[1:]:
            store.places[empty] = NEVER
        for each in inputs:
            for j in reversed(range(1, least + 1)):
                self._algebra.both(store, self._spare, each, row[j - 1])
                self._algebra.either(store, row[j], row[j], self._spare)
        store.places[place] = store.places[row[least]]
        for each in (*row, self._spare):
            store.places[each] = NEVER
