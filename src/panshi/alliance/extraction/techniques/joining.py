"""Several reasons for one technique put together."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod


def joined(chances: Iterable[float]) -> float:
    """Give the chance that at least one of several reasons is right, as if they were independent.

    They are not; the curve that is fitted over this score afterwards makes up for it.
    """
    return 1 - prod(1 - each for each in chances)
