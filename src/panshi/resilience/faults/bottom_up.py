"""Cut sets from the bottom up, without a decision diagram: the second algorithm.

Every gate becomes its minimal sets at once: or unites them, and joins each with each. Bounded by
an order it drops longer sets on the way: only a shorter set, which is kept, could make a set
superfluous, so what is left is exact. Only for trees without negations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from panshi.errors import UsageError
from panshi.model.resilience.fault_tree import FaultTree
from panshi.resilience.faults.families import Family
from panshi.resilience.faults.folding import folded
from panshi.resilience.faults.kernels import ENDLESS
from panshi.resilience.faults.store import Store


@dataclass(slots=True)
class Sets:
    """Minimal sets of at most so many events."""

    longest: int
    "May change from gate to gate."

    def both(self, store: Store, into: int, f: int, g: int) -> None:
        """Join each with each."""
        store.product(into, f, g, self.longest)

    def either(self, store: Store, into: int, f: int, g: int) -> None:
        """Unite them."""
        store.union(into, f, g)

    def differ(self, store: Store, into: int, f: int, g: int) -> None:
        """Refuse: sets do not say what must not be."""
        raise UsageError(
            f"a gate negates: sets from the bottom up do not say that ({into}: {f}, {g})",
            remedy=f"ask for the diagram of at most {store.most:,} nodes",
        )


def sets_bottom_up(
    tree: FaultTree, order: Sequence[int], most: int, longest: int = ENDLESS
) -> Family:
    """Give the minimal cut sets of at most `longest` events; `order` names the levels."""
    store = folded(tree, order, most, Sets(min(longest, ENDLESS)))
    return Family(store=store, place=tree.top, order=tuple(order)).of_at_most(longest)
