"""The Boolean kernel: 64 trials in a word, one row of words per node.

State is `uint64[N, W]`; bit `t` of row `n` tells whether node `n` is down in trial `t`. Nodes come
in an order in which each stands after all it needs, so one pass decides all. A group of which `k`
of `m` members are needed is down where at least `m - k + 1` are down: an OR for plain dependencies,
an AND where one of several is enough, and in between the counting recurrence `r[j] |= r[j - 1] & x`
over rows of words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.compiled import borrows, compiled
from panshi.resilience.simulation.program import (
    EXPOSED_EVENT,
    FIRST_EXPOSURE,
    FIRST_GROUP,
    FIRST_MEMBER,
    FIRST_STRUCK,
    FROM,
    NEEDED,
    NODE,
    OWN_EVENT,
    STRIKE_EVENT,
    Tables,
)

type Words = NDArray[np.uint64]


@compiled
def evaluate(a: Tables, bits: Words, down: Words, rows: Words) -> None:  # noqa: C901 -- one pass
    """Decide which nodes are down, for the struck events in `bits`: everything at once.

    `rows` is room for counting: one row more than the largest group has members.
    """
    words = down.shape[1]
    for n in range(down.shape[0]):
        mine = down[n]
        mine[:] = np.uint64(0)
        if a.nodes[n, OWN_EVENT] >= 0:
            mine[:] = bits[a.nodes[n, OWN_EVENT]]
        for s in range(a.nodes[n, FIRST_STRUCK], a.nodes[n + 1, FIRST_STRUCK]):
            other = bits[a.strikes[a.struck[s, 0], STRIKE_EVENT]]
            for w in range(words):
                mine[w] |= other[w]
        for x in range(a.nodes[n, FIRST_EXPOSURE], a.nodes[n + 1, FIRST_EXPOSURE]):
            cause, other = down[a.exposures[x, FROM]], bits[a.exposures[x, EXPOSED_EVENT]]
            for w in range(words):
                mine[w] |= cause[w] & other[w]
        for g in range(a.nodes[n, FIRST_GROUP], a.nodes[n + 1, FIRST_GROUP]):
            first, last = a.groups[g, FIRST_MEMBER], a.groups[g + 1, FIRST_MEMBER]
            failures = last - first - a.groups[g, NEEDED] + 1
            if failures == 1:
                for m in range(first, last):
                    other = down[a.members[m, NODE]]
                    for w in range(words):
                        mine[w] |= other[w]
            elif a.groups[g, NEEDED] == 1:
                _all_down(down, a.members[first:last, NODE], mine)
            else:
                _at_least(down, a.members[first:last, NODE], failures, rows, mine)


@borrows
def _all_down(down: Words, members: NDArray[np.int64], mine: Words) -> None:
    """Add the trials in which every member is down; two and three members in one pass."""
    words, count = mine.shape[0], members.shape[0]
    one, two = down[members[0]], down[members[1]]
    if count == 2:  # noqa: PLR2004 -- a pair
        for w in range(words):
            mine[w] |= one[w] & two[w]
        return
    three = down[members[2]]
    if count == 3:  # noqa: PLR2004 -- a triple
        for w in range(words):
            mine[w] |= one[w] & two[w] & three[w]
        return
    for w in range(words):
        word = one[w] & two[w] & three[w]
        for m in range(3, count):
            word &= down[members[m], w]
        mine[w] |= word


@borrows
def _at_least(
    down: Words, members: NDArray[np.int64], failures: int, rows: Words, mine: Words
) -> None:
    """Add the trials in which at least so many members are down."""
    words = mine.shape[0]
    rows[0, :] = ~np.uint64(0)
    rows[1 : failures + 1, :] = np.uint64(0)
    for m in range(members.shape[0]):
        other = down[members[m]]
        for j in range(failures, 0, -1):
            upper, lower = rows[j], rows[j - 1]
            for w in range(words):
                upper[w] |= lower[w] & other[w]
    for w in range(words):
        mine[w] |= rows[failures, w]


def counted(row: Words, trials: int) -> int:
    """Count the bits of the first `trials` trials."""
    kept = row[: -(-trials // 64)].copy()
    if trials % 64:
        kept[-1] &= np.uint64((1 << trials % 64) - 1)
    return int(np.bitwise_count(kept).sum())
