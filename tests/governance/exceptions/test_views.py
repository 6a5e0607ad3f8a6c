"""Reminders and quarters: only days, and nothing that decides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import (
    ApprovalView,
    ExceptionRegister,
    ExceptionView,
    quarter_ends,
    reminders,
)
from panshi.model.observation import ObservationId

DAY = date(2026, 11, 21)


def view(expires, state=ExceptionState.ACTIVE, number="EX-2026-001"):
    return ExceptionView(
        number=number,
        framework="f",
        control="f/c",
        state=state,
        flaw=None,
        detail="",
        counts=state is ExceptionState.ACTIVE,
        scope=(),
        reason="r",
        residual_risk="low",
        requested_by="Chen",
        requested_on=DAY,
        reviewed_by="Lin",
        effective=DAY,
        expires=expires,
        age_days=0,
        days_left=(expires - DAY).days,
        renews="",
        renewed_by="",
        renewals=0,
        compensating=(),
        level=None,
        because=(),
        approvals=(
            ApprovalView(person="Lin", office="ciso", on=DAY, evidence_id=ObservationId("a")),
            ApprovalView(person="Chen", office="x", on=DAY, evidence_id=ObservationId("b")),
        ),
        missing=(),
        failing_in_scope=1,
        scope_permille=1,
        met=True,
        met_without_exceptions=False,
    )


def register(*views):
    return ExceptionRegister(estate="e", day=DAY, exceptions=views, effects=())


@pytest.mark.parametrize(
    ("left", "threshold"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, None)]
)
def test_one_is_reminded_of_the_nearest_threshold(left, threshold):
    found = reminders(register(view(DAY + timedelta(days=left))), DAY)
    assert [each.threshold for each in found] == ([threshold] if threshold else [])
    assert all(each.persons == ("Chen", "Lin") for each in found)


def test_only_what_lives_reminds():
    ended = view(DAY + timedelta(days=1), ExceptionState.CLOSED)
    assert reminders(register(ended), DAY) == ()


def test_what_lapses_this_quarter_comes_soonest_first():
    late, soon, next_quarter = date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)
    found = register(view(late, number="a"), view(soon, number="b"), view(next_quarter, number="c"))
    assert [each.number for each in found.lapsing] == ["b", "a"]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_quarter_ends_on_the_first_of_the_next(day):
    ends = quarter_ends(day)
    assert (ends.day, ends.month % 3) == (1, 1)
    assert 0 < (ends - day).days <= 92
