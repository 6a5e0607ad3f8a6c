"""The desk of the joint SOC: steps, the rules they keep, what they amount to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.alliance.desk import Case, cases, defect
from panshi.model.alliance.ticket import Status
from panshi.model.bodies.soc_desk import DeskDoing, DeskStep

AT = datetime(2026, 11, 21, 3, tzinfo=UTC)
ABOUT = "ticket/ticket--1"


def step(doing, by="lin", **more):
    return DeskStep(about=ABOUT, doing=doing, by=by, **more)


def after(*steps):
    dated = [(f"e{n}", AT + timedelta(minutes=n), each) for n, each in enumerate(steps)]
    return cases(dated).get(ABOUT, Case(about=ABOUT))


def test_whoever_takes_it_has_it_and_whoever_is_handed_it_has_it_next():
    case = after(step("take"), step("hand_over", to="wu", note="等待供應商回覆"))
    assert (case.owner, case.since) == ("wu", AT + timedelta(minutes=1))
    assert case.entries[-1].evidence == "e1"


def test_anybody_awake_may_take_what_another_has():
    assert after(step("take"), step("take", by="wu")).owner == "wu"


def test_released_it_awaits_somebody():
    case = after(step("take"), step("release"))
    assert (case.owner, case.since, case.open) == ("", None, True)


def test_closed_is_nobodys_and_takes_notes_only_until_it_is_reopened():
    closed = after(step("take"), step("close", note="誤報"))
    assert (closed.owner, closed.open) == ("", False)
    assert defect(closed, step("take"))
    assert not defect(closed, step("note", note="補充"))
    assert after(step("close", note="x"), step("reopen", note="又發生")).open


def test_triage_gives_a_severity_and_leaves_whoever_has_it():
    assert after(step("triage", severity="low")).status is Status.TRIAGED
    case = after(step("take"), step("triage", severity="critical"))
    assert (case.status, case.owner, case.severity) == (Status.IN_HAND, "lin", "critical")


def test_a_member_that_says_more_opens_a_closed_case_again():
    closed = after(step("close", note="誤報"))
    assert not closed.heard_of(AT).open
    assert closed.heard_of(AT + timedelta(minutes=1)).status is Status.TRIAGED


@pytest.mark.parametrize(
    "wrong",
    [
        step("hand_over", to="wu"),
        step("hand_over", to="lin", note="給自己"),
        step("hand_over", note="給誰"),
        step("close"),
        step("note", note="   "),
        step("reopen", note="還開著"),
        step("release"),
        step("burn"),
        step("triage", severity="terrible"),
        step("note", note="長" * 4_001),
    ],
)
def test_what_breaks_a_rule_counts_for_nothing(wrong):
    assert defect(Case(about=ABOUT), wrong)
    assert after(wrong) == Case(about=ABOUT)


STEPS = st.builds(
    DeskStep,
    about=st.just(ABOUT),
    doing=st.sampled_from([*DeskDoing, "burn"]),
    by=st.sampled_from(["lin", "wu"]),
    to=st.sampled_from(["", "lin", "wu"]),
    note=st.sampled_from(["", "why"]),
)


@given(st.lists(STEPS, max_size=12))
def test_whatever_happens_what_somebody_has_is_open_and_since_a_moment(steps):
    case = after(*steps)
    assert (case.status is Status.IN_HAND) == bool(case.owner)
    assert bool(case.owner) == (case.since is not None)
