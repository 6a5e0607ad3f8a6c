"""What awaits whom, derived from the log; a thing has the same key as long as it is the same."""

from datetime import UTC, datetime, timedelta

import pytest

from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.observation import Observation
from panshi.node.comments import comment
from panshi.node.falling import fallen
from panshi.node.home import Home
from panshi.node.inbox import CALLS, Call, inbox
from panshi.node.node import Node
from panshi.node.ownership import assign
from panshi.protection.access.roles import Role
from tests.web.small_bank import ACCOUNTS, BANK, estate

BEGAN = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
CONTROL = "zt36/1-1"


def look(account, factors, when):
    return Observation(
        kind="account.authenticators/1",
        subject=account,
        observed_at=when,
        collector="directory export",
        body=AccountAuthenticators(enabled=True, factors=factors, source="ad"),
    )


class Clock:
    """A clock tests set."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def bank(tmp_path):
    """Every account had two factors in early September; on the 20th half lost one."""
    clock = Clock(BEGAN)
    with Node.open(Home(path=tmp_path), clock=clock) as node:
        node.commit_estate(estate(BEGAN), by="tests")
        node.log.append([look(each, 2, BEGAN) for each in ACCOUNTS], BEGAN)
        fell = BEGAN + timedelta(days=19)
        node.log.append([look(each, 1, fell) for each in ACCOUNTS[:6]], fell)
        clock.now = fell + timedelta(days=3)
        node.set_clock = clock
        yield node


def calls(items):
    return {each.call for each in items}


def test_a_control_that_fell_is_told_with_the_last_sunday_it_was_met(bank):
    found = {each.control: each for each in fallen(bank, BANK)}
    # 2026-09-20 is a Sunday on whose evening it had fallen; a week before it was met
    assert str(found[CONTROL].last_met) == "2026-09-13"


def test_it_reaches_its_owner_and_not_others(bank):
    assign(bank, [(CONTROL, "ana")], actor="ciso", estate_id=BANK)
    mine = inbox(bank, "ana", (Role.CONTROL_OWNER,), BANK)
    assert any(each.about == f"control/{CONTROL}" for each in mine)
    assert not inbox(bank, "ben", (Role.CONTROL_OWNER,), BANK)


def test_what_nobody_owns_reaches_the_ciso_until_somebody_does(bank):
    assert f"control/{CONTROL}" in {
        each.about for each in inbox(bank, "cho", (Role.CISO,), BANK) if each.call is Call.RESTORE
    }
    assign(bank, [(CONTROL, "ana")], actor="cho", estate_id=BANK)
    assert f"control/{CONTROL}" not in {
        each.about for each in inbox(bank, "cho", (Role.CISO,), BANK)
    }


def test_the_key_stays_the_same_from_day_to_day(bank):
    before = {each.key for each in inbox(bank, "cho", (Role.CISO,), BANK)}
    bank.set_clock.now += timedelta(days=2)
    after = {each.key for each in inbox(bank, "cho", (Role.CISO,), BANK)}
    assert before & after == before


def test_it_is_gone_once_the_control_is_met_again(bank):
    now = bank.set_clock.now
    bank.log.append([look(each, 2, now) for each in ACCOUNTS], now)
    assert not any(each.control == CONTROL for each in fallen(bank, BANK))


def test_a_mention_reaches_who_is_named_if_the_account_exists(bank):
    comment(
        bank,
        f"control/{CONTROL}",
        "請 @ana 看一下，也請 @nobody。",
        actor="ben",
        exists={"ana", "ben"}.__contains__,
    )
    mine = inbox(bank, "ana", (Role.ANALYST,), BANK)
    assert [each.about for each in mine if each.call is Call.ANSWER] == [f"control/{CONTROL}"]
    assert Call.ANSWER not in calls(inbox(bank, "nobody", (Role.ANALYST,), BANK))
    assert Call.ANSWER not in calls(inbox(bank, "ben", (Role.ANALYST,), BANK))


def test_who_may_not_read_comments_is_not_told_of_them(bank):
    comment(bank, f"control/{CONTROL}", "@sup", actor="ben", exists=lambda _name: True)
    assert Call.ANSWER not in calls(inbox(bank, "sup", (Role.SUPERVISOR,), BANK))


def test_a_silent_source_reaches_those_who_run_observers(bank):
    bank.set_clock.now = BEGAN + timedelta(days=400)
    assert Call.OBSERVE in calls(inbox(bank, "dan", (Role.ANALYST,), BANK))
    assert Call.OBSERVE not in calls(inbox(bank, "eve", (Role.BOARD_READER,), BANK))


def test_every_call_has_its_word_in_both_languages():
    assert set(CALLS) == set(Call)
