"""What policies compare with tells which moments matter."""

import pytest

from panshi.protection.cedar import compile_policies
from panshi.protection.zero_trust.sessions.watched import EVERYTHING, watched


def read(condition):
    text = f"permit(principal, action, resource) when {{ {condition} }};"
    return watched(compile_policies(text, source="test"))


@pytest.mark.parametrize(
    "condition",
    [
        "context has trust.level && context.trust.level >= 60",
        "60 <= context.trust.level",
        "context.trust.level == 60 || principal has x",
        "if context.trust.level > 60 then true else false",
    ],
)
def test_a_comparison_with_a_number_watches_where_it_turns(condition):
    found = read(condition)

    assert found.levels == {60, 61}
    assert not found.hours


def test_an_age_is_watched_by_the_second():
    assert read("context.session.age_s <= 3600").ages == {3600, 3601}


def test_the_hour_is_watched():
    assert read("context.time.hour < 19").hours
    assert read("[1, 2].contains(context.time.weekday)").hours


@pytest.mark.parametrize(
    "condition",
    [
        "context.trust.level >= resource.least",
        "context.trust.level + 5 > 60",
        "[1, 2].contains(context.trust.level)",
        'context.trust == {"level": 3}',
        "context == resource.alike",
    ],
)
def test_a_comparison_that_may_be_with_anything_watches_every_level(condition):
    assert read(condition).levels == EVERYTHING.levels


def test_an_age_compared_with_anything_is_looked_at_hourly():
    assert read("context.session.age_s < resource.longest").hours


def test_policies_that_read_nothing_of_it_watch_nothing():
    found = read('context.place.country == "TW" && context has trust')

    assert (found.levels, found.ages, found.hours) == (frozenset(), frozenset(), False)


def test_templates_are_read_too():
    text = "permit(principal == ?principal, action, resource) when { context.trust.level > 3 };"

    assert watched(compile_policies(text, source="test")).levels == {3, 4}
