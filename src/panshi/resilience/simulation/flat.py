"""Parts of the model as rows of whole numbers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import numpy as np

from panshi.model.resilience.graph import Delay
from panshi.resilience.simulation.program import LOST, THOUSAND, Table
from panshi.resilience.simulation.streams import key_of

_WRAP = 1 << 63


def table(rows: Iterable[tuple[int, ...]], width: int) -> Table:
    """Give a table; one without rows has its width too."""
    found = list(rows)
    return np.array(found, np.int64).reshape(len(found), width)


def firsts(lengths: Iterable[int]) -> list[int]:
    """Give where each inner list begins, and where the last one ends."""
    return list(accumulate(lengths, initial=0))


def key(*names: str) -> int:
    """Give the key of a draw as a signed number of the same bits."""
    return (key_of(*names) + _WRAP) % (2 * _WRAP) - _WRAP


def delay(each: Delay, *, worst: bool) -> tuple[int, int, int]:
    """Give a triangle in thousandths of a minute; at worst it always takes longest."""
    low, likely, high = (round(part * THOUSAND) for part in (each.low, each.likely, each.high))
    return (high, high, high) if worst else (low, likely, high)


def age(minutes: float, *, worst: bool) -> int:
    """Give the interval of copies, negative where the copy is always that old."""
    return -round(minutes) if worst else round(minutes)


def limit(minutes: float | None) -> int:
    """Give a limit, or one that is never reached."""
    return LOST if minutes is None else min(LOST, round(minutes))
