"""The Boolean kernel: 64 trials in a word, one row of words per node.

State is `uint64[N, W]`; bit `t` of row `n` tells whether node `n` is down in trial `t`. Nodes come in
an order in which each stands after all it needs, so one pass decides all. A group of which `k` of
`m` members are needed is down where at least `m - k + 1` are down: an OR for plain dependencies, an
AND where one of several is enough, and in between the counting recurrence
`r[j] |= r[j - 1] & x` over rows of words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.simulation.program import Arrays
from panshi.resilience.simulation.streams import compiled

_M1 = np.uint64(0x5555555555555555)
_M2 = np.uint64(0x3333333333333333)
_M4 = np.uint64(0x0F0F0F0F0F0F0F0F)
_H1 = np.uint64(0x0101010101010101)
_ONE, _TWO, _FOUR, _56 = (np.uint64(each) for each in (1, 2, 4, 56))


@compiled
def evaluate(a: Arrays, bits: NDArray[np.uint64], down: NDArray[np.uint64]) -> None:
    """Decide which nodes are down, for the struck events in `bits`: everything at once."""
    words = down.shape[1]
    most = 0
    for g in range(a.needed.shape[0]):
        most = max(most, a.member_first[g + 1] - a.member_first[g])
    rows = np.empty((most + 1, words), np.uint64)
    for n in range(down.shape[0]):
        mine = down[n]
        _own(a, bits, down, n)
        for g in range(a.group_first[n], a.group_first[n + 1]):
            first, last = a.member_first[g], a.member_first[g + 1]
            failures = last - first - a.needed[g] + 1
            if failures == 1:
                for m in range(first, last):
                    other = down[a.member[m]]
                    for w in range(words):
                        mine[w] |= other[w]
            elif a.needed[g] == 1:
                _all_down(a, down, first, last, mine)
            else:
                _at_least(a, down, first, last, failures, rows)
                for w in range(words):
                    mine[w] |= rows[failures, w]


@compiled
def _own(a: Arrays, bits: NDArray[np.uint64], down: NDArray[np.uint64], n: int) -> None:
    """Strike a node by itself, by shocks and by the causes it is exposed to."""
    mine = down[n]
    if a.own_row[n] >= 0:
        mine[:] = bits[a.own_row[n]]
    else:
        mine[:] = np.uint64(0)
    for s in range(a.struck_first[n], a.struck_first[n + 1]):
        other = bits[a.strike_row[a.struck[s]]]
        for w in range(mine.shape[0]):
            mine[w] |= other[w]
    for x in range(a.exposure_first[n], a.exposure_first[n + 1]):
        cause, other = down[a.exposure_cause[x]], bits[a.exposure_row[x]]
        for w in range(mine.shape[0]):
            mine[w] |= cause[w] & other[w]


@compiled
def _all_down(
    a: Arrays, down: NDArray[np.uint64], first: int, last: int, mine: NDArray[np.uint64]
) -> None:
    """Add the trials in which every member is down; two and three members in one pass."""
    words = mine.shape[0]
    one, two = down[a.member[first]], down[a.member[first + 1]]
    if last - first == 2:  # noqa: PLR2004 -- a pair
        for w in range(words):
            mine[w] |= one[w] & two[w]
        return
    three = down[a.member[first + 2]]
    if last - first == 3:  # noqa: PLR2004 -- a triple
        for w in range(words):
            mine[w] |= one[w] & two[w] & three[w]
        return
    for w in range(words):
        word = one[w] & two[w] & three[w]
        for m in range(first + 3, last):
            word &= down[a.member[m], w]
        mine[w] |= word


@compiled
def _at_least(
    a: Arrays,
    down: NDArray[np.uint64],
    first: int,
    last: int,
    failures: int,
    rows: NDArray[np.uint64],
) -> None:
    """Fill `rows[failures]` with the trials in which at least so many members are down."""
    words = rows.shape[1]
    rows[0, :] = ~np.uint64(0)
    rows[1 : failures + 1, :] = np.uint64(0)
    for m in range(first, last):
        other = down[a.member[m]]
        for j in range(failures, 0, -1):
            upper, lower = rows[j], rows[j - 1]
            for w in range(words):
                upper[w] |= lower[w] & other[w]


@compiled
def counted(row: NDArray[np.uint64], trials: int) -> int:
    """Count the bits of the first `trials` trials."""
    total = 0
    for w in range(min(row.shape[0], (trials + 63) // 64)):
        word = row[w]
        beyond = trials - w * 64
        if beyond < 64:  # noqa: PLR2004 -- bits of a word
            word &= (_ONE << np.uint64(beyond)) - _ONE
        word -= (word >> _ONE) & _M1
        word = (word & _M2) + ((word >> _TWO) & _M2)
        word = (word + (word >> _FOUR)) & _M4
        total += np.int64((word * _H1) >> _56)
    return total
