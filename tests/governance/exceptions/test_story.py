"""The state of an exception is a function of its story and the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState, Story, standing
from panshi.model.asset import AssetId
from panshi.model.bodies.exceptions import ExceptionRequest
from panshi.model.observation import ObservationId

BEGIN, END = date(2026, 1, 1), date(2026, 7, 1)
A, B = AssetId("host:a"), AssetId("host:b")
REQUEST = ExceptionRequest(
    framework="f",
    control="c",
    scope=(A,),
    reason="old machines",
    residual_risk="medium",
    compensating=("f/d",),
    effective=BEGIN,
    expires=END,
    requested_by="Chen",
)
ASKED = Story(
    number="EX-2026-001",
    institution=AssetId("institution:bank"),
    request=REQUEST,
    asked=ObservationId("a"),
    steps=(),
    requested_on=BEGIN - timedelta(days=20),
)
APPROVED = replace(ASKED, reviewed_by="Lin", approved_on=BEGIN - timedelta(days=10))


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (BEGIN - timedelta(days=1), ExceptionState.APPROVED),
        (BEGIN, ExceptionState.ACTIVE),
        (END - timedelta(days=1), ExceptionState.ACTIVE),
        (END, ExceptionState.LAPSED),
        (END + timedelta(days=400), ExceptionState.LAPSED),
    ],
)
def test_it_lapses_on_its_day_whatever_ran(day, state):
    assert standing(APPROVED, day).state is state


def test_it_counts_from_its_approval_on_and_not_from_the_day_asked_for():
    late = replace(APPROVED, approved_on=BEGIN + timedelta(days=30))
    assert standing(late, BEGIN + timedelta(days=29)).state is ExceptionState.APPROVED
    assert standing(late, BEGIN + timedelta(days=30)).state is ExceptionState.ACTIVE


def test_what_nobody_decided_is_over_on_the_day_it_would_have_lapsed():
    assert standing(ASKED, BEGIN).state is ExceptionState.REQUESTED
    taken_up = replace(ASKED, reviewed_by="Lin")
    assert standing(taken_up, BEGIN).state is ExceptionState.UNDER_REVIEW
    assert standing(taken_up, END).state is ExceptionState.LAPSED


@pytest.mark.parametrize(
    "how", [ExceptionState.CLOSED, ExceptionState.REJECTED, ExceptionState.WITHDRAWN]
)
def test_what_somebody_ended_stays_ended(how):
    ended = replace(APPROVED, over=how)
    assert {standing(ended, day).state for day in (BEGIN, END)} == {how}


def test_what_breaks_a_rule_never_was_one():
    void = replace(APPROVED, flaw=Flaw.TOO_LONG)
    assert {standing(void, day).state for day in (BEGIN, END)} == {ExceptionState.VOID}


def test_an_approval_of_an_earlier_version_lapses_too():
    legacy = replace(APPROVED, flaw=Flaw.LEGACY)
    assert standing(legacy, BEGIN).state is ExceptionState.VOID
    assert standing(legacy, END).state is ExceptionState.LAPSED


def test_it_covers_its_scope_only():
    assert APPROVED.covers(A)
    assert not APPROVED.covers(B)
    assert replace(APPROVED, request=replace(REQUEST, scope=())).covers(B)


@given(st.integers(-400, 400), st.sampled_from([ASKED, APPROVED]))
def test_the_state_holds_until_it_says_it_changes(offset, story):
    day = BEGIN + timedelta(days=offset)
    found = standing(story, day)
    if found.changes_on is None:
        assert standing(story, day + timedelta(days=1)).state is found.state
    else:
        assert standing(story, found.changes_on - timedelta(days=1)).state is found.state
        assert standing(story, found.changes_on).state is not found.state
