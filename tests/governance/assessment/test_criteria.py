"""One check over one asset: facets, topics, timed conditions, absences."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.model.bodies.hosts import HostProtection
from panshi.model.bodies.resilience import TrainingRecord
from panshi.model.control import Across, Check
from panshi.model.observation import Outcome
from panshi.model.predicate import Comparison, Condition
from panshi.model.verdict import ItemState
from tests.governance.assessment.worlds import (
    NOW,
    TODAY,
    River,
    assessor,
    control,
    estate,
    framework,
    host,
)

PROTECTED = Condition(field="malware_protection", comparison=Comparison.IS, value=True)
LOOK = "host.protection/1"


def item(river, check, as_of=NOW):
    machine = assessor(estate(1), river, framework(control(check=check)), as_of=as_of)
    (found,) = machine.proof("f/c").children[0].items
    return found


def check(**changes):
    values = {"observation": LOOK, "passes": PROTECTED, "fresh_days": 30}
    return Check(**(values | changes))


@pytest.mark.parametrize(
    ("across", "looks", "state"),
    [
        # Each look: passes, days ago.
        (Across.EVERY, [(True, 1), (True, 2)], ItemState.PASSING),
        (Across.EVERY, [(True, 1), (False, 2)], ItemState.FAILING),
        (Across.EVERY, [(True, 1), (True, 40)], ItemState.STALE_PASS),
        (Across.EVERY, [(True, 1), (False, 40)], ItemState.STALE_FAIL),
        (Across.EVERY, [(True, 40), (False, 50)], ItemState.STALE_FAIL),
        (Across.ANY, [(True, 1), (False, 2)], ItemState.PASSING),
        (Across.ANY, [(False, 1), (False, 2)], ItemState.FAILING),
        (Across.ANY, [(True, 40), (False, 1)], ItemState.FAILING),
        (Across.ANY, [(True, 40), (False, 50)], ItemState.STALE_PASS),
        (Across.ANY, [(True, 50), (False, 40)], ItemState.STALE_FAIL),
    ],
)
def test_facets_combine(across, looks, state):
    river = River()
    for number, (passes, days_ago) in enumerate(looks):
        river.look(0, passes=passes, days_ago=days_ago, facet=str(number))
    assert item(river, check(across=across)).state is state


def test_the_newest_look_of_a_facet_counts_whatever_its_order():
    river = River()
    river.look(0, passes=False, days_ago=1)
    river.look(0, passes=True, days_ago=5)
    assert item(river, check()).state is ItemState.FAILING


def test_of_two_looks_at_one_instant_the_later_sealed_counts():
    river = River()
    river.look(0, passes=True)
    river.look(0, passes=False)
    assert item(river, check()).state is ItemState.FAILING


def test_other_topics_are_ignored():
    about = Condition(field="topic", comparison=Comparison.IS, value="cloud")
    passed = Condition(field="passed", comparison=Comparison.IS, value=True)
    courses = Check(observation="training.record/1", passes=passed, about=about)
    river = River()

    def course(topic, passes):
        body = TrainingRecord(course=topic, topic=topic, hours=1.0, completed=TODAY, passed=passes)
        return river.add("training.record/1", body, host(0), facet=topic)

    course("awareness", passes=False)
    assert item(river, courses).state is ItemState.UNSEEN
    taken = course("cloud", passes=True)
    found = item(river, courses)
    assert (found.state, found.evidence_ids) == (ItemState.PASSING, (taken.id,))


@pytest.mark.parametrize("passes", [True, False])
def test_a_sure_absence_passes_only_where_the_check_says_so(passes):
    river = River()
    river.add(LOOK, None, host(0), outcome=Outcome.ABSENT)
    wanted = ItemState.PASSING if passes else ItemState.FAILING
    assert item(river, check(absent_passes=passes)).state is wanted


def scanned(last_scan, days_ago=1):
    river = River()
    body = HostProtection(malware_protection=True, detection_response=True, last_scan=last_scan)
    river.add(LOOK, body, host(0), days_ago=days_ago)
    return river


def within(days):
    return check(passes=Condition(field="last_scan", comparison=Comparison.WITHIN_DAYS, value=days))


def test_a_timed_condition_turns_on_its_day():
    river = scanned(TODAY - timedelta(days=3))
    found = item(river, within(10))
    assert found.state is ItemState.PASSING
    assert found.expires_on == TODAY + timedelta(days=8)
    assert item(river, within(10), NOW + timedelta(days=7)).state is ItemState.PASSING
    assert item(river, within(10), NOW + timedelta(days=8)).state is ItemState.FAILING


def test_a_stale_look_is_judged_on_its_last_fresh_day():
    # Given a scan that was in date on the last day the look was fresh, and is not any more.
    river = scanned(TODAY, days_ago=0)
    assert item(river, within(60), NOW + timedelta(days=200)).state is ItemState.STALE_PASS
    assert item(river, within(10), NOW + timedelta(days=200)).state is ItemState.STALE_FAIL


@given(
    st.integers(-40, 40),
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from([Comparison.WITHIN_DAYS, Comparison.DAYS_LEFT]),
)
def test_the_state_holds_until_the_day_it_says(offset, days, later, comparison):
    condition = Condition(field="last_scan", comparison=comparison, value=days)
    river = scanned(TODAY + timedelta(days=offset))
    now = item(river, check(passes=condition))
    then = item(river, check(passes=condition), NOW + timedelta(days=later))
    day: date = TODAY + timedelta(days=later)
    if now.expires_on is None or day < now.expires_on:
        assert then.state is now.state
    elif day == now.expires_on:
        assert then.state is not now.state
