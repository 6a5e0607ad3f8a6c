"""Refusals are gathered: few leaves, and the counts add up."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from panshi.node.refusals import WINDOW, Refusals

START = datetime(2026, 9, 30, tzinfo=UTC)
KNOCKS = st.lists(
    st.tuples(
        st.sampled_from(["ana", "token:ci", ""]),
        st.sampled_from(["evidence.view", "session.begin"]),
        st.integers(0, 40),
    ),
    max_size=60,
)


def sealed(knocks):
    """Walk through refusals as a node does; gives what would be sealed: (actor, action, count)."""
    refusals, now, found = Refusals(), START, []
    for actor, action, seconds in knocks:
        now += timedelta(seconds=seconds)
        found += [(each.actor, each.action, each.count) for each in refusals.over(now)]
        if refusals.is_first(actor, action, "/somewhere", now):
            found.append((actor, action, 1))
    return found + [(each.actor, each.action, each.count) for each in refusals.over(None)], now


@given(KNOCKS)
def test_none_is_lost_and_none_is_counted_twice(knocks):
    counted = Counter()
    for actor, action, count in sealed(knocks)[0]:
        counted[actor, action] += count
    assert counted == Counter((actor, action) for actor, action, _ in knocks)


@given(KNOCKS)
def test_an_actor_costs_two_leaves_a_minute_and_action(knocks):
    found, end = sealed(knocks)
    minutes = (end - START) // WINDOW + 1
    leaves = Counter((actor, action) for actor, action, _ in found)
    assert all(count <= 2 * minutes for count in leaves.values())


def test_a_clock_set_back_seals_what_waits():
    refusals = Refusals()
    assert refusals.is_first("ana", "x", "/", START)
    assert not refusals.is_first("ana", "x", "/", START)
    assert [each.count for each in refusals.over(START - timedelta(hours=1))] == [1]
