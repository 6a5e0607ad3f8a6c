"""Published minimal cut set counts and probabilities (Aralia), by both algorithms."""

import pytest

from panshi.resilience.faults.bottom_up import sets_bottom_up
from panshi.resilience.faults.exact import solve
from panshi.resilience.faults.solution import Wishes

QUICK = (
    *("baobab1", "baobab2", "baobab3", "chinese"),
    *(f"das92{number:02}" for number in range(1, 9)),
    *(f"isp960{number}" for number in range(1, 8)),
)
LONG = ("edfpa14b", "edfpa14p", "edfpa14r")
ROOM = 1 << 26


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(each, marks=pytest.mark.slow) for each in LONG)]
)
def test_published_figures_are_met(aralia, published, name):
    tree, told = aralia(name), published.get(name)
    found = solve(tree, Wishes(limit=0))
    assert found.minimal_cut_sets == told["minimal_cut_sets"]
    assert found.probability == pytest.approx(told["probability"], rel=1e-9)
    assert (found.events, found.coherent) == (told["basic_events"], True)
    assert sum(found.by_order) == found.minimal_cut_sets


@pytest.mark.parametrize(
    "name", [*QUICK, *(pytest.param(each, marks=pytest.mark.slow) for each in LONG[1:])]
)
def test_the_second_algorithm_agrees(aralia, published, name):
    tree = aralia(name)
    family = sets_bottom_up(tree, range(len(tree.events)), ROOM)
    assert family.count == published[name]["minimal_cut_sets"]


@pytest.mark.parametrize(
    ("name", "by_order"),
    [
        ("baobab1", (0, 0, 1, 1, 70, 400, 2212, 14748, 8460, 10624, 6600, 3072)),
        ("baobab2", (0, 0, 6, 121, 268, 630, 3780)),
        ("chinese", (0, 0, 12, 0, 24, 188, 168)),
    ],
)
def test_published_orders_are_met_whole_and_bounded(aralia, name, by_order):
    tree = aralia(name)
    assert solve(tree, Wishes(limit=0)).by_order == by_order
    for order in (3, 4, 6):
        family = sets_bottom_up(tree, range(len(tree.events)), ROOM, order)
        told = family.by_order()
        assert told == by_order[: len(told)]
        assert family.count == sum(by_order[: order + 1])
