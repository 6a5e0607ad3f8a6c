"""Chance by counting: a draw is a function of seed, purpose and trial, never of who drew before.

Every purpose (a node's own failure, an exposure, a switch-over) has a key of its own, made of its
name; draw number `t` of a key is SplitMix64's finaliser over key and `t` (Steele, Lea and Flood,
OOPSLA 2014). So one seed gives one answer however the work is cut, and a model from which a layer
or a shock was taken away sees all other draws unchanged (common random numbers).
"""

from __future__ import annotations

from hashlib import blake2b
from math import log, log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.compiled import compiled, inner

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = (np.uint64(each) for each in (30, 27, 31, 11))
_ONE, _SIX, _LOW = np.uint64(1), np.uint64(6), np.uint64(63)
_UNIT = 2.0**-53
DENSE = 0.2
"From this probability on every trial is drawn; below, the gaps between strikes are."


def key_of(*names: str) -> int:
    """Give the key of a purpose by its names."""
    return int.from_bytes(blake2b("\0".join(names).encode(), digest_size=8).digest(), "little")


@inner
def mixed(z: np.uint64) -> np.uint64:
    """Scatter the bits of a word."""
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@inner
def unit(key: np.uint64, counter: np.uint64) -> float:
    """Give draw number `counter` of a key: strictly between 0 and 1."""
    word = mixed(key + (counter + _ONE) * GOLDEN)
    return (np.float64(word >> _S11) + 0.5) * _UNIT


@inner
def triangle(u: float, low: float, likely: float, high: float) -> float:
    """Turn a draw into a duration between low and high, most often about likely."""
    if high <= low:
        return low
    share = (likely - low) / (high - low)
    if u < share:
        return low + sqrt(u * (high - low) * (likely - low))
    return high - sqrt((1.0 - u) * (high - low) * (high - likely))


@compiled
def sample(
    rows: NDArray[np.uint64],
    keys: NDArray[np.uint64],
    chances: NDArray[np.float64],
    seed: np.uint64,
    block: int,
) -> None:
    """Fill one row of bits per random event: bit `t` tells whether it strikes in trial `t`.

    `rows` is `uint64[R, W]` for the trials `block * 64 * W` and on. A rare event is drawn by the
    gap to its next strike, so that it costs as many draws as it has strikes.
    """
    words = rows.shape[1]
    trials = words * 64
    start = np.uint64(block) * np.uint64(trials)
    for r in range(rows.shape[0]):
        row = rows[r]
        chance = chances[r]
        key = mixed(seed ^ keys[r])
        if chance >= 1.0:
            row[:] = ~np.uint64(0)
            continue
        row[:] = np.uint64(0)
        if chance <= 0.0:
            continue
        if chance >= DENSE:
            for w in range(words):
                word = np.uint64(0)
                for b in range(64):
                    if unit(key, start + np.uint64(w * 64 + b)) < chance:
                        word |= _ONE << np.uint64(b)
                row[w] = word
            continue
        scale = 1.0 / log1p(-chance)
        own = mixed(key + np.uint64(block) * GOLDEN)
        drawn = np.uint64(0)
        at = log(unit(own, drawn)) * scale
        while at < trials:
            place = np.uint64(at)
            row[place >> _SIX] |= _ONE << (place & _LOW)
            drawn += _ONE
            at = np.float64(place) + 1.0 + log(unit(own, drawn)) * scale
