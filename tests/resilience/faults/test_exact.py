"""Solutions are those of trying everything, by both algorithms, in every order, in little room."""

import math
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.resilience.fault_tree import Connective, Definition, assembled
from panshi.resilience.faults import store
from panshi.resilience.faults.bottom_up import sets_bottom_up
from panshi.resilience.faults.diagram import by_level, diagram
from panshi.resilience.faults.exact import solve
from panshi.resilience.faults.families import minimal_sets
from panshi.resilience.faults.orders import orders
from panshi.resilience.faults.solution import TooLargeError, Wishes
from tests.resilience.faults.small_trees import COHERENT, trees, tried

ROOM = 1 << 20
ALL = Wishes(limit=1000)


def sets_of(tree, family):
    weights = by_level(tree, family.order)
    return [frozenset(each) for each in islice(family.heaviest(weights), 1000)]


@given(tree=trees())
def test_a_solution_is_what_trying_everything_gives(tree):
    # Given every combination of events tried
    sets, probability = tried(tree)
    # When the tree is solved
    found = solve(tree, ALL)
    # Then the same sets are found, each once, and the same probability
    named = {frozenset(tree.events[each].name for each in events) for events in sets}
    assert found.minimal_cut_sets == len(sets) == len(found.sets)
    assert {frozenset(each.events) for each in found.sets} == named
    assert found.probability == pytest.approx(probability)
    assert set(found.single_points) == {name for each in named if len(each) == 1 for name in each}
    assert sum(found.by_order) == len(sets)
    assert found.sum_of_sets == pytest.approx(sum(each.probability for each in found.sets))
    weights = [each.probability for each in found.sets]
    assert weights == pytest.approx(sorted(weights, reverse=True))


@given(tree=trees(COHERENT))
def test_both_algorithms_agree_in_every_order(tree):
    sets, _ = tried(tree)
    for order in orders(tree):
        assert set(sets_of(tree, sets_bottom_up(tree, order, ROOM))) == sets
        assert set(sets_of(tree, minimal_sets(diagram(tree, order, ROOM), ROOM))) == sets


@given(tree=trees(), order=st.integers(1, 4))
def test_bounded_by_an_order_it_gives_exactly_the_shorter_sets(tree, order):
    sets, probability = tried(tree)
    found = solve(tree, Wishes(order=order, limit=1000))
    named = {frozenset(tree.events[each].name for each in some) for some in sets}
    assert {frozenset(each.events) for each in found.sets} == {
        each for each in named if len(each) <= order
    }
    assert found.probability == pytest.approx(probability)


@given(tree=trees())
def test_importance_is_what_happens_when_an_event_is_sure(tree):
    sets, probability = tried(tree)
    for each in solve(tree, ALL).importance:
        number = [event.name for event in tree.events].index(each.event)
        with_it, without_it = (tried(tree, {number: sure})[1] for sure in (1.0, 0.0))
        assert each.mif == pytest.approx(with_it - without_it, abs=1e-9)
        assert each.raw == pytest.approx(with_it / probability)
        assert each.dif == pytest.approx(each.probability * with_it / probability)
        assert each.sets == sum(number in some for some in sets)
        if each.rrw is not None:
            assert each.rrw == pytest.approx(probability / without_it, rel=1e-6)


def wide_tree(groups=9, members=4):
    """Any event of each group: members ** groups sets, and the loss of any three groups beside."""
    chances = {f"e{g}-{m}": 0.1 for g in range(groups) for m in range(members)}
    definitions = {
        f"g{g}": Definition(
            connective=Connective.OR, inputs=tuple(f"e{g}-{m}" for m in range(members))
        )
        for g in range(groups)
    }
    definitions["top"] = Definition(
        connective=Connective.AT_LEAST, inputs=tuple(definitions), least=groups // 2
    )
    return assembled("top", definitions, chances)


@settings(max_examples=20)
@given(tree=trees(most_events=8, most_gates=16))
def test_little_room_changes_nothing(tree):
    # Given a store that is full after a few nodes, and must forget and grow all the time
    usual, store.SMALL = store.SMALL, 4
    try:
        found = solve(tree, ALL)
    finally:
        store.SMALL = usual
    assert found == solve(tree, ALL)


def test_too_little_room_is_told():
    tree = wide_tree()
    usual, store.SMALL = store.SMALL, 16
    try:
        with pytest.raises(TooLargeError, match="more than 64 nodes"):
            diagram(tree, range(len(tree.events)), 64)
        with pytest.raises(TooLargeError, match="more than 64 nodes"):
            sets_bottom_up(tree, range(len(tree.events)), 64)
    finally:
        store.SMALL = usual


def test_sets_beyond_the_integers_of_the_machine_are_counted_exactly():
    # Given 40 groups of 4, all of which must lose one: 4 ** 40 sets, some 10 ** 24
    chances = {f"e{g}-{m}": 0.1 for g in range(40) for m in range(4)}
    definitions = {
        f"g{g}": Definition(connective=Connective.OR, inputs=tuple(f"e{g}-{m}" for m in range(4)))
        for g in range(40)
    }
    definitions["top"] = Definition(connective=Connective.AND, inputs=tuple(definitions))
    found = solve(assembled("top", definitions, chances), Wishes(limit=1))
    assert found.minimal_cut_sets == 4**40
    assert found.by_order is None
    assert len(found.sets) == 1


def test_half_of_many_is_counted_though_the_memo_is_small_at_first():
    # Given 75 of 150: a small diagram whose minimal sets need far more steps than it has nodes
    names = tuple(f"e{number}" for number in range(150))
    gate = Definition(connective=Connective.AT_LEAST, inputs=names, least=75)
    found = solve(assembled("half", {"half": gate}, dict.fromkeys(names, 0.4)), Wishes(limit=2))
    assert found.minimal_cut_sets == math.comb(150, 75)
    assert found.probability == pytest.approx(
        sum(math.comb(150, k) * 0.4**k * 0.6 ** (150 - k) for k in range(75, 151))
    )


def test_a_chain_of_gates_is_as_deep_as_it_likes():
    # Given 50,000 gates on top of each other
    definitions = {
        f"g{number}": Definition(
            connective=Connective.OR, inputs=(f"g{number + 1}" if number < 50_000 else "e",)
        )
        for number in range(50_001)
    }
    found = solve(assembled("g0", definitions, {"e": 0.25}), ALL)
    assert (found.minimal_cut_sets, found.probability) == (1, 0.25)


def test_without_probabilities_the_sets_are_still_known():
    tree = assembled(
        "g",
        {"g": Definition(connective=Connective.OR, inputs=("a", "g2")),
         "g2": Definition(connective=Connective.AND, inputs=("b", "c"))},
        {"a": None, "b": 0.1, "c": 0.2},
    )  # fmt: skip
    found = solve(tree, ALL)
    assert found.minimal_cut_sets == 2
    assert found.probability is None
    assert "1 events have no probability" in found.unknown
    assert [each.events for each in found.sets] == [("a",), ("b", "c")]
    assert [each.probability for each in found.sets] == [None, pytest.approx(0.02)]


@pytest.mark.parametrize(
    ("connective", "sets", "probability"), [(Connective.AND, 1, 1.0), (Connective.OR, 0, 0.0)]
)
def test_a_top_that_is_sure_or_never(connective, sets, probability):
    found = solve(assembled("top", {"top": Definition(connective=connective)}, {}), ALL)
    assert (found.minimal_cut_sets, found.probability) == (sets, probability)
    assert len(found.sets) == sets
