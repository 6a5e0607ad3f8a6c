"""The cheapest pairing, against trying everything."""

from itertools import permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.governance.norms.assignment import cheapest_pairs

costs = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(-20, 20), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


def best(cost):
    rows, columns = cost.shape
    if rows > columns:
        return best(cost.T)
    return min(
        sum(cost[row, column] for row, column in enumerate(order))
        for order in permutations(range(columns), rows)
    )


@settings(max_examples=200)
@given(costs)
def test_no_other_pairing_is_cheaper(made):
    cost = np.array(made, dtype=float)
    pairs = cheapest_pairs(cost)
    assert sum(cost[pair] for pair in pairs) == best(cost)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs})
    assert len(pairs) == min(cost.shape)


def test_nothing_has_no_pairs():
    assert cheapest_pairs(np.zeros((0, 4))) == []
