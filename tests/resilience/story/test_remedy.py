"""The cheapest choice equals a plain search over all of them."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.resilience.story.remedy import MOST, cheapest, choices

COSTS = st.lists(st.integers(0, 9), min_size=1, max_size=6)


def subsets(count: int):
    every = range(count)
    return chain.from_iterable(combinations(every, size) for size in range(count + 1))


@settings(deadline=None)
@given(COSTS)
def test_every_choice_comes_once_the_cheaper_first(costs):
    found = list(choices(costs))
    assert sorted(found) == sorted(subsets(len(costs)))
    paid = [sum(costs[each] for each in choice) for choice in found]
    assert paid == sorted(paid)


@settings(deadline=None)
@given(COSTS, st.data())
def test_the_choice_costs_what_a_plain_search_finds(costs, data):
    # Given services, each saved by any of some groups of offers
    groups = st.sets(st.integers(0, len(costs) - 1), min_size=1, max_size=3)
    saved = data.draw(st.dictionaries(st.sampled_from("abc"), st.lists(groups, max_size=3)))

    def late(chosen):
        return frozenset(
            name for name, ways in saved.items() if not any(way <= set(chosen) for way in ways)
        )

    found = cheapest(costs, late)
    best = late(tuple(range(len(costs))))
    if not best < late(()):
        assert found is None
        return
    plain = min(sum(costs[e] for e in each) for each in subsets(len(costs)) if late(each) <= best)
    assert found.cost == plain
    assert late(found.chosen) <= best
    assert found.proven


def test_too_many_offers_are_not_tried():
    assert cheapest([1] * (MOST + 1), lambda _chosen: frozenset()) is None
