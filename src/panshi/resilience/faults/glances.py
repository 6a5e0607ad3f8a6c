"""Every service at once: the short cut sets of many gates of one tree, out of one store.

What services share is worked out once, so that the view of the whole institution costs little more
than that of one service: the daily question "which one or two failures stop what". A gate of very
many sets passes on only those that are an event shorter; what stands on it is then told up to that
order, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from panshi.model.resilience.fault_tree import FaultTree, Gate
from panshi.resilience.faults import sweeps
from panshi.resilience.faults.bottom_up import Sets
from panshi.resilience.faults.diagram import by_level
from panshi.resilience.faults.exact import UNSAID, cut_set
from panshi.resilience.faults.families import Family
from panshi.resilience.faults.folding import folded_many
from panshi.resilience.faults.solution import MIB, Glance, Wishes
from panshi.resilience.faults.store import BYTES_A_NODE, Numbers, Store

USUAL_ORDER = 3
LEAST_WEIGHT = 1e-300
MOST_SETS = 2_000
"Sets of one gate, beyond which those with the most events are left out."


def glances(
    tree: FaultTree, tops: Sequence[int], wishes: Wishes, most_sets: int = MOST_SETS
) -> tuple[Glance, ...]:
    """Give the sets of at most `wishes.order` events of each of some gates."""
    order, asked = tuple(range(len(tree.events))), wishes.order or USUAL_ORDER
    bounds = _Bounds(asked, most_sets)
    most = wishes.memory_mib * MIB // BYTES_A_NODE
    store = folded_many(tree, order, most, bounds.sets, tops, bounds)
    weights = by_level(tree, order) if tree.known else np.full(len(order), UNSAID)
    logs = np.log(np.maximum(weights, LEAST_WEIGHT))
    best = sweeps.best(store.parts, logs)
    sizes = sweeps.counts_by_order(store.parts, asked)
    events = len(tree.events)
    found = []
    for top in tops:
        family = Family(store=store, place=top, order=order)
        longest = bounds.of(top)
        by_order = tuple(int(each) for each in sizes[family.root][: longest + 1])
        found.append(
            Glance(
                name=tree.gates[top - events].name,
                minimal_cut_sets=sum(by_order),
                order=longest,
                cut_off=longest < asked,
                by_order=by_order,
                single_points=tuple(sorted(tree.events[each].name for each in family.singles())),
                sets=tuple(
                    cut_set(tree, each)
                    for each in islice(family.best_first(logs, best), wishes.limit)
                ),
            )
        )
    return tuple(found)


class _Bounds:
    """Up to how many events the sets of each gate are all there.

    Sets of at most so many events need no longer ones of the inputs, so a gate is exact as far as
    the least exact of its inputs.
    """

    def __init__(self, asked: int, most_sets: int) -> None:
        self.sets = Sets(asked)
        self._asked, self._most = asked, most_sets
        self._lowered: dict[int, int] = {}
        self._counted: Numbers = np.zeros(0)
        self._known, self._moves = 0, -1

    def of(self, place: int) -> int:
        return self._lowered.get(place, self._asked)

    def before(self, gate: Gate) -> None:
        self.sets.longest = min(map(self.of, gate.inputs), default=self._asked)

    def after(self, store: Store, place: int) -> None:
        longest = self.sets.longest
        if longest < self._asked:
            store.shorten(place, longest)
        while longest > 1 and self._count(store, place) > self._most:
            longest -= 1
            store.shorten(place, longest)
        if longest < self._asked:
            self._lowered[place] = longest

    def _count(self, store: Store, place: int) -> float:
        """Count the sets of a place; each node is counted once as long as it keeps its number."""
        size = store.parts[0].size
        if self._counted.size != size:
            self._counted, self._moves = np.zeros(size), -1
        if self._moves != store.moves:
            self._counted[1] = 1.0
            self._known, self._moves = 2, store.moves
        sweeps.count_on(store.parts, self._counted, self._known)
        self._known = store.used
        return float(self._counted[store.places[place]])
