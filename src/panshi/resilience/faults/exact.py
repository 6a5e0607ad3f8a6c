"""Solve a fault tree exactly: cut sets, probability, importance, within bounds.

The diagram is tried in several orders of events, first with an eighth of the nodes each, then the
first order with all of them. Where no diagram fits and nothing negates, the sets are still found
from the bottom up, without a probability. Bounded by an order, the diagram gets one small try.
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from panshi.model.resilience.fault_tree import FaultTree
from panshi.resilience.faults import kernels
from panshi.resilience.faults.bottom_up import sets_bottom_up
from panshi.resilience.faults.common_causes import common_causes
from panshi.resilience.faults.diagram import Diagram, by_level, diagram
from panshi.resilience.faults.families import Family, minimal_sets
from panshi.resilience.faults.orders import orders
from panshi.resilience.faults.solution import (
    MIB,
    CutSet,
    Importance,
    Solution,
    TooLargeError,
    Wishes,
)
from panshi.resilience.faults.store import BYTES_A_NODE, Numbers

UNSAID = 0.5
"Weight of every event where a probability is missing: shorter sets first."
_SMALL_TRY = 1 << 20


def solve(tree: FaultTree, wishes: Wishes) -> Solution:
    """Give the solution, or `TooLargeError` where the memory asked for does not hold it."""
    most = wishes.memory_mib * MIB // BYTES_A_NODE
    found = _diagram(tree, most if wishes.order is None else min(most, _SMALL_TRY))
    family = _family(tree, found, wishes, most)
    return _told(tree, found, family, wishes)


def _diagram(tree: FaultTree, most: int) -> Diagram | None:
    for order in orders(tree):
        try:
            return diagram(tree, order, most // 8)
        except TooLargeError:
            continue
    try:
        return diagram(tree, range(len(tree.events)), most // 2)
    except TooLargeError:
        return None


def _family(tree: FaultTree, found: Diagram | None, wishes: Wishes, most: int) -> Family:
    longest = kernels.ENDLESS if wishes.order is None else wishes.order
    if found is not None and (wishes.order is None or not tree.coherent):
        return minimal_sets(found, most // 2).of_at_most(longest)
    if not tree.coherent:
        raise TooLargeError(
            f"the diagram needs more than {most // 2:,} nodes, and with negations there is no other"
            " way",
            remedy="give it more memory, or ask for a part of the tree",
        )
    try:
        return sets_bottom_up(tree, range(len(tree.events)), most // 2, longest)
    except TooLargeError as error:
        raise TooLargeError(
            f"neither the diagram nor the cut sets fit into {wishes.memory_mib:,} MiB",
            remedy="ask for the sets of at most 4 events (order 4), or give it more memory",
        ) from error


def _told(tree: FaultTree, found: Diagram | None, family: Family, wishes: Wishes) -> Solution:
    count = family.count
    chances = by_level(tree, family.order)
    weights = chances if tree.known else np.full(len(chances), UNSAID)
    probability, unknown = _probability(tree, found)
    return Solution(
        top=tree.top_name,
        minimal_cut_sets=count,
        probability=probability,
        unknown=unknown,
        sum_of_sets=family.weight(chances) if tree.known else None,
        order=wishes.order,
        by_order=family.by_order(),
        coherent=tree.coherent,
        algorithm="zbdd" if found is None else "bdd",
        nodes=family.store.used - 2 if found is None else found.nodes,
        events=len(tree.events),
        gates=len(tree.gates),
        single_points=tuple(sorted(tree.events[each].name for each in family.singles())),
        sets=tuple(cut_set(tree, each) for each in islice(family.heaviest(weights), wishes.limit)),
        importance=_importance(tree, found, family, probability),
        common_causes=common_causes(tree, wishes.limit),
    )


def _probability(tree: FaultTree, found: Diagram | None) -> tuple[float | None, str]:
    if found is None:
        return None, "its decision diagram does not fit into the memory given"
    if not tree.known:
        silent = sum(each.probability is None for each in tree.events)
        return None, f"{silent} events have no probability"
    return found.probability(by_level(tree, found.order)), ""


def cut_set(tree: FaultTree, events: tuple[int, ...]) -> CutSet:
    """Name the events of a set."""
    told = [tree.events[each].probability for each in sorted(events)]
    known = [each for each in told if each is not None]
    return CutSet(
        events=tuple(tree.events[each].name for each in sorted(events)),
        probability=float(np.prod(known)) if len(known) == len(told) else None,
    )


def _importance(
    tree: FaultTree, found: Diagram | None, family: Family, top: float | None
) -> tuple[Importance, ...]:
    if found is None or not top:
        return ()
    chances = by_level(tree, found.order)
    slopes = found.slopes(chances)
    uses = family.uses()
    rows = (
        _row(tree.events[event].name, level, top, chances, slopes, uses.get(event, 0.0))
        for level, event in enumerate(found.order)
    )
    return tuple(sorted(rows, key=lambda row: (-row.cif, -row.sets, row.event)))


def _row(
    name: str, level: int, top: float, chances: Numbers, slopes: Numbers, sets: float
) -> Importance:
    p, mif = float(chances[level]), float(slopes[level])
    given_not = top - p * mif
    given = given_not + mif
    return Importance(
        event=name,
        probability=p,
        sets=sets,
        mif=mif,
        cif=p * mif / top,
        dif=p * given / top,
        raw=given / top,
        rrw=top / given_not if given_not > top * 1e-12 else None,
    )
