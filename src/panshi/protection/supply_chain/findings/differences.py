"""What opened, closed or changed between two states of the same findings."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from panshi.protection.supply_chain.findings.finding import Change
from panshi.protection.supply_chain.findings.rows import EVER, Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHANGES = tuple(Change)
CHANGED = np.dtype(
    [
        ("system", "<u4"),
        ("key", "<u4"),
        ("package", "<u4"),
        ("vulnerability", "<u4"),
        ("since", "<u4"),
        ("until", "<u4"),
        ("status", "u1"),
        ("what", "u1"),
    ]
)
"One finding that changed, as it is after the change, or was where nothing is left of it."


def differences(before: Rows, after: Rows) -> NDArray[np.void]:
    """Give what opened, closed, or stands with another version or status."""
    if not len(before):
        made = unchanged(after)
        made["what"] = CHANGES.index(Change.OPENED)
        return made
    both = Rows.together((before, after))
    old = np.zeros(len(both), dtype=bool)
    old[: len(before)] = True
    order = np.lexsort((~old, both.vulnerability, both.key, both.system))
    both, old = both.where(order), old[order]
    paired = np.zeros(len(both), dtype=bool)
    paired[:-1] = (
        (both.system[1:] == both.system[:-1])
        & (both.key[1:] == both.key[:-1])
        & (both.vulnerability[1:] == both.vulnerability[:-1])
    )
    standing = both.until == EVER
    second = np.roll(paired, 1)
    opened = ~old & standing & ~second
    closed = old & standing & ~paired
    changed = np.zeros(len(both), dtype=bool)
    first = np.flatnonzero(paired)
    then = first + 1
    opened[then] = ~standing[first] & standing[then]
    closed[then] = standing[first] & ~standing[then]
    changed[then] = (
        standing[first]
        & standing[then]
        & ((both.status[first] != both.status[then]) | (both.package[first] != both.package[then]))
    )
    told = np.flatnonzero(opened | closed | changed)
    made = unchanged(both.where(told), whatever=True)
    made["what"] = np.select(
        (opened[told], closed[told]),
        (CHANGES.index(Change.OPENED), CHANGES.index(Change.CLOSED)),
        CHANGES.index(Change.CHANGED),
    )
    return made


def unchanged(rows: Rows, *, whatever: bool = False) -> NDArray[np.void]:
    """Give the open ones, or all, as they are, told as changed: something else about them is."""
    chosen = rows if whatever else rows.where(rows.until == EVER)
    made = np.empty(len(chosen), dtype=CHANGED)
    for each in fields(chosen):
        made[each.name] = getattr(chosen, each.name)
    made["what"] = CHANGES.index(Change.CHANGED)
    return made
