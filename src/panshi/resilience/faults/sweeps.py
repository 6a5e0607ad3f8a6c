"""One sweep over a diagram, up or down: what is computed of every node once.

A node stands after those it points to, so upwards is forwards. These loops call no others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from panshi.resilience.compiled import compiled

type Parts = tuple[NDArray[Any], ...]
type Values = NDArray[Any]


@compiled
def probabilities(store: Parts, chances: Values) -> Values:
    """Give the probability of each BDD node; `chances` by level."""
    levels, highs, lows, _, _, used = store
    answer = np.zeros(used[0])
    answer[1] = 1.0
    for at in range(2, used[0]):
        p = chances[levels[at]]
        answer[at] = p * answer[highs[at]] + (1.0 - p) * answer[lows[at]]
    return answer


@compiled
def weights(store: Parts, chances: Values) -> Values:
    """Give the sum over the sets of each ZBDD node of the product of their chances."""
    levels, highs, lows, _, _, used = store
    answer = np.zeros(used[0])
    answer[1] = 1.0
    for at in range(2, used[0]):
        answer[at] = chances[levels[at]] * answer[highs[at]] + answer[lows[at]]
    return answer


@compiled
def slopes(store: Parts, root: int, chances: Values, values: Values) -> Values:
    """Give dP(root)/dp of each level (Birnbaum): one sweep down."""
    levels, highs, lows, _, _, used = store
    reached = np.zeros(used[0])
    reached[root] = 1.0
    answer = np.zeros(chances.size)
    for at in range(used[0] - 1, 1, -1):
        if reached[at] != 0.0:
            p = chances[levels[at]]
            answer[levels[at]] += reached[at] * (values[highs[at]] - values[lows[at]])
            reached[highs[at]] += reached[at] * p
            reached[lows[at]] += reached[at] * (1.0 - p)
    return answer


@compiled
def counts(store: Parts) -> Values:
    """Give how many sets each ZBDD node holds, as floats: their size tells what is exact."""
    _, highs, lows, _, _, used = store
    answer = np.zeros(used[0])
    answer[1] = 1.0
    for at in range(2, used[0]):
        answer[at] = answer[highs[at]] + answer[lows[at]]
    return answer


@compiled
def count_on(store: Parts, counted: Values, start: int) -> None:
    """Go on counting the sets of each ZBDD node from `start`, where those before are counted."""
    _, highs, lows, _, _, used = store
    for at in range(start, used[0]):
        counted[at] = counted[highs[at]] + counted[lows[at]]


@compiled
def whole_counts(store: Parts) -> Values:
    """Give how many sets each ZBDD node holds; right below 2**63."""
    _, highs, lows, _, _, used = store
    answer = np.zeros(used[0], np.int64)
    answer[1] = 1
    for at in range(2, used[0]):
        answer[at] = answer[highs[at]] + answer[lows[at]]
    return answer


@compiled
def longest(store: Parts) -> Values:
    """Give the most events a set of each ZBDD node has."""
    _, highs, lows, _, _, used = store
    answer = np.zeros(used[0], np.int32)
    for at in range(2, used[0]):
        answer[at] = max(answer[highs[at]] + 1, answer[lows[at]])
    return answer


@compiled
def counts_by_order(store: Parts, order: int) -> Values:
    """Give how many sets of 0 to `order` events each ZBDD node holds; right below 2**63."""
    _, highs, lows, _, _, used = store
    answer = np.zeros((used[0], order + 1), np.int64)
    answer[1, 0] = 1
    for at in range(2, used[0]):
        answer[at] = answer[lows[at]]
        answer[at, 1:] += answer[highs[at], :-1]
    return answer


@compiled
def uses(store: Parts, root: int, sizes: Values, levels: int) -> Values:
    """Give in how many sets of the root each level is: ways down to it times ways on."""
    level_of, highs, lows, _, _, used = store
    reached = np.zeros(used[0])
    reached[root] = 1.0
    answer = np.zeros(levels)
    for at in range(used[0] - 1, 1, -1):
        answer[level_of[at]] += reached[at] * sizes[highs[at]]
        reached[highs[at]] += reached[at]
        reached[lows[at]] += reached[at]
    return answer


@compiled
def best(store: Parts, logs: Values) -> Values:
    """Give the greatest sum of logarithms among the sets of each ZBDD node."""
    levels, highs, lows, _, _, used = store
    answer = np.full(used[0], -np.inf)
    answer[1] = 0.0
    for at in range(2, used[0]):
        answer[at] = max(answer[highs[at]] + logs[levels[at]], answer[lows[at]])
    return answer
