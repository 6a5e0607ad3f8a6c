"""The newest look counts, conclusive apart from not."""

from __future__ import annotations

from itertools import permutations

from panshi.governance.assessment.looks import Looks
from panshi.model.asset import AssetId
from panshi.model.observation import Outcome
from tests.governance.assessment.worlds import LOOK, River, host

A = AssetId(host(0))


def made():
    river = River()
    return (
        river.look(0, days_ago=3),
        river.look(0, days_ago=1),
        river.look(0, days_ago=2, facet="x"),
        river.look(0, days_ago=2, outcome=Outcome.FAILED),
    )


def test_the_order_of_arrival_does_not_matter():
    _, newest, other, _ = made()
    for order in permutations(made()):
        looks = Looks({LOOK})
        for sealed in order:
            looks.add(sealed, A)
        assert looks.of(LOOK)[A] == (newest, other)
        assert looks.failed(LOOK, A) is None


def test_it_says_what_changed():
    old, newest, other, failed = made()
    looks = Looks({LOOK})
    assert looks.add(newest, A)
    assert not looks.add(old, A)
    assert not looks.add(failed, A)
    assert looks.add(other, A)


def test_a_failed_look_is_told_until_a_sight_follows():
    old, newest, _, failed = made()
    looks = Looks({LOOK})
    looks.add(old, A)
    looks.add(failed, A)
    assert looks.failed(LOOK, A) == failed
    looks.add(newest, A)
    assert looks.failed(LOOK, A) is None


def test_kinds_nobody_asks_for_are_not_kept():
    looks = Looks({"other/1"})
    assert not looks.add(made()[0], A)
    assert not looks.of(LOOK)
    assert looks.failed(LOOK, A) is None
