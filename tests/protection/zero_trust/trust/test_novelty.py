"""Usual places and hours speak for a person, unusual ones against, within bounds."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.trust.novelty import (
    HOURS,
    MOST_PLACES,
    History,
    learned,
    novelty,
)
from tests.protection.zero_trust.trust.models import MODEL

NOVELTY = MODEL.novelty


def habit(*places, hour=9, times=1, now=0.0):
    history = History()
    for _ in range(times):
        for place in places:
            history = learned(history, place=place, hour=hour, now=now, model=NOVELTY)
    return history


def weigh(person, place="TW", hour=9, everybody=None):
    return novelty(person, everybody or History(), place=place, hour=hour, model=NOVELTY)


def test_of_whom_nothing_is_known_nothing_is_held():
    found = weigh(History())

    assert found.place == pytest.approx(0.0)
    assert found.hour == pytest.approx(0.0)


def test_the_usual_place_speaks_for_and_a_new_one_against():
    amy = habit("TW", times=50)

    assert weigh(amy, "TW").place > 0.8
    assert weigh(amy, "KP").place < -1.0


def test_a_place_new_to_one_but_usual_for_all_says_less():
    amy, all_of_them = habit("TW", times=50), habit("TW", "JP", times=50)

    assert (
        weigh(amy, "JP", everybody=all_of_them).place
        > weigh(amy, "KP", everybody=all_of_them).place
    )


def test_the_usual_hour_speaks_for_and_the_hour_beside_it_a_little():
    amy = habit("TW", hour=9, times=100)

    nine, ten, three = (weigh(amy, hour=hour).hour for hour in (9, 10, 3))
    assert nine > ten > three
    assert three < 0


def test_a_place_that_is_not_known_says_nothing():
    assert weigh(habit("TW"), "").place is None


def test_habits_fade():
    amy = habit("TW", times=1)
    later = learned(amy, place="JP", hour=9, now=NOVELTY.forgets_s, model=NOVELTY)

    assert later.places["TW"] == pytest.approx(0.5)


@given(
    places=st.lists(st.sampled_from(["TW", "JP", "US", "KP"]), max_size=60),
    place=st.sampled_from(["TW", "JP", "US", "KP", "ZZ"]),
    hour=st.integers(0, HOURS - 1),
)
def test_habit_earns_no_more_than_mimicry_allows(places, place, hour):
    found = weigh(habit(*places), place, hour)

    assert found.place <= log(1 / NOVELTY.mimicry) + 1e-9
    assert found.hour <= log(1 / NOVELTY.mimicry) + 1e-9


@given(count=st.integers(0, 40), more=st.integers(1, 40))
def test_the_more_often_the_more_it_speaks_for(count, more):
    assert (
        weigh(habit("TW", times=count + more)).place >= weigh(habit("TW", times=count)).place - 1e-9
    )


def test_places_kept_are_bounded():
    assert len(habit(*(f"P{number}" for number in range(100))).places) == MOST_PLACES
