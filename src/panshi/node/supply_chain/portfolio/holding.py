"""What a system holds since when, from one delivery to the next.

A document takes the place of the one before it for the same part of the system. What it no longer
lists, and no other part lists, ends with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panshi.protection.supply_chain.findings.rows import EVER, HOLDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    type Parts = dict[str, NDArray[np.uint32]]

NOTHING = np.zeros(0, dtype=np.uint32)


def delivered(
    holdings: NDArray[np.void], parts: Parts, part: str, packages: NDArray[np.uint32], at: int
) -> NDArray[np.void]:
    """Give the stretches after a document arrived; `parts` takes it up."""
    before = together(parts)
    parts[part] = packages
    after = together(parts)
    gone = np.setdiff1d(before, after, assume_unique=True)
    new = np.setdiff1d(after, before, assume_unique=True)
    kept = holdings.copy()
    ending = (kept["until"] == EVER) & np.isin(kept["package"], gone)
    kept["until"][ending] = at
    kept = kept[kept["since"] < kept["until"]]
    begun = np.empty(len(new), dtype=HOLDING)
    begun["package"], begun["since"], begun["until"] = new, at, EVER
    return np.concatenate((kept, begun))


def together(parts: Parts) -> NDArray[np.uint32]:
    """Give the packages of all parts, each once, in order."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    return np.unique(np.concatenate(list(parts.values()))) if parts else NOTHING
