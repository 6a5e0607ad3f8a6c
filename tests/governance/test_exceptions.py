"""Exceptions: the state is a function of the record and the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.exceptions import ExceptionState, covers, is_live, standing
from panshi.model.asset import AssetId
from panshi.model.bodies.records import ExceptionGrant

BEGIN, END = date(2026, 1, 1), date(2026, 7, 1)
GRANT = ExceptionGrant(
    framework="f",
    control="c",
    scope=("host:a",),
    reason="old machines",
    residual_risk="medium",
    requested_by="Chen",
    approved_by="Lin",
    effective=BEGIN,
    expires=END,
)
A, B = AssetId("host:a"), AssetId("host:b")


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (BEGIN - timedelta(days=1), ExceptionState.PENDING),
        (BEGIN, ExceptionState.LIVE),
        (END - timedelta(days=1), ExceptionState.LIVE),
        (END, ExceptionState.LAPSED),
        (END + timedelta(days=400), ExceptionState.LAPSED),
    ],
)
def test_it_lapses_on_its_day_whatever_ran(day, state):
    assert standing(GRANT, day).state is state
    assert is_live(GRANT, day, A) is (state is ExceptionState.LIVE)


def test_it_covers_its_scope_only():
    assert covers(GRANT, A)
    assert not is_live(GRANT, BEGIN, B)
    assert is_live(replace(GRANT, scope=()), BEGIN, B)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"approved_by": "Chen"}, "same person"),
        ({"approved_by": " ｃｈｅｎ "}, "same person"),
        ({"approved_by": "C h\N{ZERO WIDTH SPACE}en"}, "same person"),
        ({"approved_by": "Ch\N{CYRILLIC SMALL LETTER IE}n"}, "mixes the alphabets"),
        ({"approved_by": ""}, "named"),
        ({"requested_by": " "}, "named"),
        ({"reason": ""}, "stated"),
        ({"residual_risk": " "}, "stated"),
        ({"expires": BEGIN}, "expires before"),
        ({"expires": BEGIN + timedelta(days=367)}, "longer than a year"),
    ],
)
def test_a_record_that_breaks_a_rule_is_no_exception(changes, why):
    found = standing(replace(GRANT, **changes), BEGIN)
    assert found.state is ExceptionState.VOID
    assert why in found.why


def test_a_revoked_one_is_none():
    assert standing(replace(GRANT, revoked=True), BEGIN).state is ExceptionState.REVOKED


@given(st.integers(-400, 400))
def test_the_state_holds_until_it_says_it_changes(offset):
    day = BEGIN + timedelta(days=offset)
    found = standing(GRANT, day)
    if found.changes_on is None:
        assert standing(GRANT, day + timedelta(days=1)).state is found.state
    else:
        assert standing(GRANT, found.changes_on - timedelta(days=1)).state is found.state
        assert standing(GRANT, found.changes_on).state is not found.state
