"""From a fault tree to its binary decision diagram, probability and slopes (Bryant 1986).

Gates are combined in the order of the tree, inputs first; the inputs of a gate from the deepest
level up, which keeps what lies between small. At-least-k runs a row of partial answers past its
inputs: `row[j]` says "at least j of those seen so far".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from panshi.model.resilience.fault_tree import Connective, FaultTree, Gate
from panshi.resilience.faults import kernels
from panshi.resilience.faults.store import Numbers, Store

FALSE, TRUE = 0, 1


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """The diagram of a tree's top, and nothing else in its store."""

    tree: FaultTree
    store: Store
    root: int
    order: tuple[int, ...]
    "Level → number of the event."

    @property
    def nodes(self) -> int:
        """Size, without the two ends."""
        return self.store.used - 2

    def probability(self, chances: Numbers) -> float:
        """Probability of the top; `chances` by level."""
        return float(kernels.probabilities(self.store.parts, chances)[self.root])

    def slopes(self, chances: Numbers) -> Numbers:
        """Give dP(top)/dp of each level."""
        values = kernels.probabilities(self.store.parts, chances)
        found: Numbers = kernels.slopes(self.store.parts, self.root, chances, values)
        return found

    def chances(self) -> Numbers:
        """Probabilities of the events by level; what nobody said is not a number."""
        events = self.tree.events
        told = (events[each].probability for each in self.order)
        return np.array([np.nan if each is None else each for each in told], np.float64)


def diagram(tree: FaultTree, order: Sequence[int], most: int) -> Diagram:
    """Build the diagram with events at the levels of `order`, of at most `most` nodes."""
    build = _Build(tree, order, most)
    for place, gate in enumerate(tree.gates, len(tree.events)):
        build.gate(place, gate)
    if tree.top < len(tree.events):
        build.fetch(tree.top)
    return Diagram(
        tree=tree, store=build.store, root=build.store.keep_only(tree.top), order=tuple(order)
    )


class _Build:
    """Places: one for each event and gate, then a row for at-least, then one in between."""

    def __init__(self, tree: FaultTree, order: Sequence[int], most: int) -> None:
        self._level = {event: level for level, event in enumerate(order)}
        self._events = len(tree.events)
        self._uses = Counter(each for gate in tree.gates for each in gate.inputs)
        self._uses[tree.top] += 1
        self._row = self._events + len(tree.gates)
        widest = max((gate.least for gate in tree.gates), default=0)
        self._spare = self._row + widest + 1
        self.store = Store(levels=len(order), places=self._spare + 1, most=most)

    def fetch(self, place: int) -> None:
        """See that an input has its diagram."""
        if place < self._events:
            self.store.single(place, self._level[place])

    def gate(self, place: int, gate: Gate) -> None:
        """Combine the inputs of a gate; release those no later gate needs."""
        for each in gate.inputs:
            self.fetch(each)
        inputs = sorted(gate.inputs, key=self._depth, reverse=True)
        match gate.connective:
            case Connective.AND:
                self._folded(place, kernels.AND, inputs, TRUE)
            case Connective.OR:
                self._folded(place, kernels.OR, inputs, FALSE)
            case Connective.XOR:
                self._folded(place, kernels.XOR, inputs, FALSE)
            case Connective.NOT:
                self._folded(place, kernels.XOR, inputs, TRUE)
            case Connective.AT_LEAST:
                self._at_least(place, inputs, gate.least)
            case _:
                assert_never(gate.connective)
        for each in gate.inputs:
            self._uses[each] -= 1
            if not self._uses[each]:
                self.store.places[each] = FALSE

    def _depth(self, place: int) -> tuple[int, int]:
        return int(self.store.parts[0][self.store.places[place]]), place

    def _folded(self, place: int, what: int, inputs: Sequence[int], start: int) -> None:
        self.store.places[place] = start
        for each in inputs:
            self.store.apply(place, what, place, each)

    def _at_least(self, place: int, inputs: Sequence[int], least: int) -> None:
        row = range(self._row, self._row + least + 1)
        self.store.places[row[0]] = TRUE
        for empty in row[1:]:
            self.store.places[empty] = FALSE
        for each in inputs:
            for j in reversed(range(1, least + 1)):
                self.store.apply(self._spare, kernels.AND, each, row[j - 1])
                self.store.apply(row[j], kernels.OR, row[j], self._spare)
        self.store.places[place] = self.store.places[row[least]]
        for each in (*row, self._spare):
            self.store.places[each] = FALSE
