"""From log-odds to a level of 0 to 100 and back, with one table for both directions.

Level k is reached exactly where the log-odds reach `bound(k)`; a crossing solved from the table is
therefore never one level off from a level read by it. 100 stands for 99.95 % and above.
"""

from __future__ import annotations

from bisect import bisect_right
from math import exp, log

HIGHEST = 100
_ALMOST_SURE = 0.9995
_BOUNDS = (*(log(k / (HIGHEST - k)) for k in range(1, HIGHEST)), log(_ALMOST_SURE / 5e-4))


def level_at(log_odds: float) -> int:
    """Give the level: hundredths of the probability, rounded down."""
    return bisect_right(_BOUNDS, log_odds)


def bound(level: int) -> float:
    """Give the least log-odds of a level from 1 to 100."""
    return _BOUNDS[level - 1]


def bounds_of(levels: frozenset[int]) -> tuple[float, ...]:
    """Give the log-odds at which comparisons with these levels change, ascending."""
    return tuple(bound(level) for level in sorted(levels) if 1 <= level <= HIGHEST)


def probability(log_odds: float) -> float:
    """Give the probability, without overflow at either end."""
    if log_odds >= 0:
        return 1.0 / (1.0 + exp(-min(log_odds, 700.0)))
    grown = exp(max(log_odds, -700.0))
    return grown / (1.0 + grown)
