"""When the trust in a session will cross a level that a policy compares with.

The log-odds are a constant plus exponentials that fade, so how fast they can fall or rise is known
and only shrinks. Walking in steps that cannot overshoot reaches the first crossing from before;
with one exponential this is Newton's method on a convex curve, and a handful of steps suffice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import inf

from panshi.protection.zero_trust.trust.standing import Standing

_SHORTEST_S = 0.001
"Crossings are told to the millisecond."
_STEPS = 100
_SLACK_S = 1e-6


def next_change(standing: Standing, bounds: Sequence[float], now: float) -> float:
    """Give when to look again: the first crossing of a bound, or the next end of a word.

    Never after the true crossing by more than a millisecond; infinite where nothing will change.
    """
    moment, until = now, standing.until
    side = bisect_right(bounds, standing.log_odds(now))
    for _ in range(_STEPS):
        total = standing.log_odds(moment)
        if bisect_right(bounds, total) != side:
            return moment
        falls, rises = standing.speeds(moment)
        down = (total - bounds[side - 1]) / falls if side and falls else inf
        up = (bounds[side] - total) / rises if side < len(bounds) and rises else inf
        step = min(down, up)
        if moment + step >= until or step == inf:
            return until
        moment += max(step + _SLACK_S, _SHORTEST_S)
    return moment
