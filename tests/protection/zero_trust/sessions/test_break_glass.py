"""Break-glass takes two people, a reason and an end."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError, ForbiddenError, UsageError
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.sessions.break_glass import (
    LONGEST_S,
    WAITS_S,
    Grant,
    GrantState,
    approved,
    ended,
    requested,
    reviewed,
)

ADMIN, CORE, WEB = Uid("User", "root"), Uid("System", "core"), Uid("System", "web")
OPERATE, READ = Uid("Action", "operate"), Uid("Action", "read")
GRANT = Grant(
    id="g1", user=ADMIN, requester="amy", reason="core banking is down", lasts_s=600.0,
    requested_at=0.0, actions=("operate",), resources=("core",),
)  # fmt: skip
BEGUN = approved(GRANT, approver="bob", now=10.0)


def test_a_grant_opens_what_it_names_while_it_lasts():
    assert BEGUN.covers(ADMIN, OPERATE, CORE, 10.0)
    assert BEGUN.covers(ADMIN, OPERATE, CORE, 609.9)
    assert not BEGUN.covers(ADMIN, OPERATE, CORE, 610.0)


@pytest.mark.parametrize(
    ("user", "action", "resource"),
    [
        (Uid("User", "amy"), OPERATE, CORE),
        (ADMIN, READ, CORE),
        (ADMIN, OPERATE, WEB),
        (ADMIN, None, CORE),
        (ADMIN, OPERATE, None),
    ],
)
def test_it_opens_nothing_else(user, action, resource):
    assert not BEGUN.covers(user, action, resource, 20.0)


def test_a_request_alone_opens_nothing():
    assert not GRANT.covers(ADMIN, OPERATE, CORE, 1.0)


@pytest.mark.parametrize("approver", ["amy", "root", ""])
def test_neither_who_asks_nor_for_whom_may_approve(approver):
    with pytest.raises(ForbiddenError, match="two people"):
        approved(GRANT, approver=approver, now=10.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"requester": ""},
        {"reason": "  x  "},
        {"lasts_s": 0.0},
        {"lasts_s": LONGEST_S + 1},
        {"lasts_s": float("nan")},
        {"approver": "bob"},
        {"begun_at": 5.0},
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(changes):
    with pytest.raises(BadInputError):
        requested(replace(GRANT, **changes))


def test_a_request_nobody_approves_is_void():
    assert GRANT.state(WAITS_S) is GrantState.VOID
    with pytest.raises(UsageError):
        approved(GRANT, approver="bob", now=WAITS_S)


def test_it_ends_early_and_is_reviewed_by_somebody_else():
    done = ended(BEGUN, now=50.0)
    assert done.state(50.0) is GrantState.ENDED
    for person in ("amy", "root", ""):
        with pytest.raises(ForbiddenError):
            reviewed(done, reviewer=person, finding="looked", now=60.0)

    closed = reviewed(done, reviewer="carol", finding="restarted the core", now=60.0)

    assert closed.state(60.0) is GrantState.REVIEWED
    assert not closed.covers(ADMIN, OPERATE, CORE, 49.0)


def test_a_review_waits_for_the_end_and_finds_something():
    with pytest.raises(UsageError):
        reviewed(BEGUN, reviewer="carol", finding="looked", now=20.0)
    with pytest.raises(BadInputError):
        reviewed(ended(BEGUN, now=50.0), reviewer="carol", finding=" ", now=60.0)


def test_what_has_ended_cannot_be_ended():
    with pytest.raises(UsageError):
        ended(BEGUN, now=700.0)


@given(times=st.lists(st.floats(0, 20_000), min_size=1, max_size=20), begins=st.floats(0, 3_000))
def test_no_time_opens_it_beyond_its_length(times, begins):
    grant = approved(GRANT, approver="bob", now=begins)

    for now in times:
        if grant.covers(ADMIN, OPERATE, CORE, now):
            assert now < begins + GRANT.lasts_s
