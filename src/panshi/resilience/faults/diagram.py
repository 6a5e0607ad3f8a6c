"""From a fault tree to its binary decision diagram, its probability and slopes (Bryant 1986)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from panshi.model.resilience.fault_tree import FaultTree
from panshi.resilience.faults import kernels, sweeps
from panshi.resilience.faults.folding import folded
from panshi.resilience.faults.store import Numbers, Store


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """The diagram of a tree's top; its store holds nothing else."""

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
        return float(sweeps.probabilities(self.store.parts, chances)[self.root])

    def slopes(self, chances: Numbers) -> Numbers:
        """Give dP(top)/dp of each level."""
        values = sweeps.probabilities(self.store.parts, chances)
        found: Numbers = sweeps.slopes(self.store.parts, self.root, chances, values)
        return found


class _Functions:
    """Boolean functions."""

    def both(self, store: Store, into: int, f: int, g: int) -> None:
        store.apply(into, kernels.AND, f, g)

    def either(self, store: Store, into: int, f: int, g: int) -> None:
        store.apply(into, kernels.OR, f, g)

    def differ(self, store: Store, into: int, f: int, g: int) -> None:
        store.apply(into, kernels.XOR, f, g)


def diagram(tree: FaultTree, order: Sequence[int], most: int) -> Diagram:
    """Build the diagram with events at the levels of `order`, of at most `most` nodes."""
    store = folded(tree, order, most, _Functions())
    return Diagram(tree=tree, store=store, root=int(store.places[tree.top]), order=tuple(order))


def by_level(tree: FaultTree, order: Sequence[int]) -> Numbers:
    """Give the probabilities of the events by level; what nobody said is not a number."""
    told = (tree.events[each].probability for each in order)
    return np.array([np.nan if each is None else each for each in told], np.float64)
