"""All gates at once tell what each tells alone, in little room and up to a bound that is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.model.resilience.fault_tree import Connective, Definition, assembled
from panshi.resilience.faults import store
from panshi.resilience.faults.exact import solve
from panshi.resilience.faults.glances import glances
from panshi.resilience.faults.solution import Wishes
from tests.resilience.faults.small_trees import COHERENT, trees, tried


def of_each_gate(tree, order, **bounds):
    tops = tuple(range(len(tree.events), len(tree.events) + len(tree.gates)))
    return zip(tops, glances(tree, tops, Wishes(order=order, limit=1000), **bounds), strict=True)


def short(tree, top, order):
    sets, _ = tried(type(tree)(events=tree.events, gates=tree.gates, top=top))
    named = (frozenset(tree.events[each].name for each in some) for some in sets)
    return {each for each in named if len(each) <= order}


@settings(max_examples=25)
@given(tree=trees(COHERENT), order=st.integers(1, 4))
def test_each_gate_has_the_short_sets_that_trying_everything_gives(tree, order):
    for top, each in of_each_gate(tree, order):
        assert {frozenset(one.events) for one in each.sets} == short(tree, top, order)
        assert len(each.sets) == each.minimal_cut_sets == sum(each.by_order)
        assert (each.order, each.cut_off) == (order, False)


@settings(max_examples=25)
@given(tree=trees(COHERENT, most_events=8, most_gates=16), most=st.integers(0, 3))
def test_cut_off_it_says_how_far_and_is_exact_so_far(tree, most):
    # Given gates that may pass on but a few sets, in a store that forgets and grows all the time
    usual, store.SMALL = store.SMALL, 4
    try:
        found = list(of_each_gate(tree, 3, most_sets=most))
    finally:
        store.SMALL = usual
    # Then each tells exactly the sets of as many events as it says
    for top, each in found:
        assert {frozenset(one.events) for one in each.sets} == short(tree, top, each.order)
        assert each.cut_off == (each.order < 3)
        assert each.order == 1 or each.minimal_cut_sets <= most


def test_gates_are_told_with_or_without_the_top_that_unites_them():
    # Given many gates of two events each below one top
    pairs = {
        f"g{number}": Definition(
            connective=Connective.AND, inputs=(f"e{number}", f"e{(number * 7 + 1) % 200}")
        )
        for number in range(200)
    }
    top = Definition(connective=Connective.OR, inputs=tuple(pairs))
    chances = {f"e{number}": 0.1 for number in range(200)}
    tree = assembled("any", {**pairs, "any": top}, chances)
    tops = tuple(
        place
        for place, gate in enumerate(tree.gates, len(tree.events))
        if gate.name in {"g3", "g4"}
    )
    # When two of them are asked for
    found = glances(tree, tops, Wishes(order=2))
    # Then they are told, as is the top where it is asked for
    assert sorted(each.sets[0].events for each in found) == [("e3", "e22"), ("e4", "e29")]
    (whole,) = glances(tree, (tree.top,), Wishes(order=2))
    assert whole.minimal_cut_sets == solve(tree, Wishes(order=2)).minimal_cut_sets
    assert found[0].sets[0].probability == pytest.approx(0.01)
