"""Every service at once: the short cut sets of many gates of one tree, out of one store.

What services share is worked out once, so that the view of the whole institution costs little more
than that of one service: the daily question "which one or two failures stop what".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from panshi.model.resilience.fault_tree import FaultTree
from panshi.resilience.faults import sweeps
from panshi.resilience.faults.bottom_up import sets_of
from panshi.resilience.faults.diagram import by_level
from panshi.resilience.faults.exact import UNSAID, cut_set
from panshi.resilience.faults.families import Family
from panshi.resilience.faults.folding import folded
from panshi.resilience.faults.solution import MIB, Glance, Wishes
from panshi.resilience.faults.store import BYTES_A_NODE

USUAL_ORDER = 3
LEAST_WEIGHT = 1e-300


def glances(tree: FaultTree, tops: Sequence[int], wishes: Wishes) -> tuple[Glance, ...]:
    """Give the sets of at most `wishes.order` events of each of some gates."""
    order, longest = tuple(range(len(tree.events))), wishes.order or USUAL_ORDER
    most = wishes.memory_mib * MIB // BYTES_A_NODE
    store = folded(tree, order, most, sets_of(longest), also=tops)
    weights = by_level(tree, order) if tree.known else np.full(len(order), UNSAID)
    logs = np.log(np.maximum(weights, LEAST_WEIGHT))
    best = sweeps.best(store.parts, logs)
    sizes = sweeps.counts_by_order(store.parts, longest)
    events = len(tree.events)
    found = []
    for top in tops:
        family = Family(store=store, place=top, order=order)
        by_order = tuple(int(each) for each in sizes[family.root])
        found.append(
            Glance(
                name=tree.gates[top - events].name,
                minimal_cut_sets=sum(by_order),
                by_order=by_order,
                single_points=tuple(sorted(tree.events[each].name for each in family.singles())),
                sets=tuple(
                    cut_set(tree, each)
                    for each in islice(family.best_first(logs, best), wishes.limit)
                ),
            )
        )
    return tuple(found)
