"""What margins say of one sentence, and several reasons for one technique put together."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

import numpy as np


def joined(chances: Iterable[float]) -> float:
    """Give the chance that at least one of several reasons is right, as if they were independent.

    They are not; the curve that is fitted over this score afterwards makes up for it.
    """
    return 1 - prod(1 - each for each in chances)


def ranked(margins: np.ndarray[Any, Any], none: int) -> tuple[np.ndarray[Any, Any], float]:
    """Give the columns of techniques, best first, and the margin of showing none to beat."""
    order = np.argsort(-margins, kind="stable")
    return order[order != none], float(margins[none]) if none >= 0 else -1.0
