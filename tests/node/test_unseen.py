"""What nobody has looked at is named, once per state of the log."""

from datetime import timedelta

import pytest

from panshi.model.bodies.identity import AccountAuthenticators
from panshi.model.observation import Observation
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.unseen import observers_of, unseen
from tests.web.small_bank import ACCOUNTS, BANK, HOSTS, NOW, open_small_bank


@pytest.fixture
def bank(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as node:
        yield node


def look(account, when):
    return Observation(
        kind="account.authenticators/1",
        subject=account,
        observed_at=when,
        collector="directory export",
        body=AccountAuthenticators(enabled=True, factors=2, source="ad"),
    )


def test_an_account_nobody_reached_is_named(bank):
    # Given twelve accounts of which the last could not be reached
    found = unseen(bank, BANK)
    # Then it is unseen, and the eleven others are not
    blind = next(each for each in found.controls if each.control == "zt36/1-1")
    assert blind.unseen == (ACCOUNTS[11],)
    assert blind.population == 12
    assert blind.fed


def test_what_every_control_misses_stands_first(bank):
    found = unseen(bank, BANK)
    never = [each for each in found.assets if each.never]
    assert never == list(found.assets[: len(never)])
    assert {ACCOUNTS[11], HOSTS[5]} <= {each.asset for each in never}
    assert found.never == len(never)


def test_one_look_makes_it_seen(bank):
    # Given the answer before
    before = unseen(bank, BANK)
    assert ACCOUNTS[11] in {each.asset for each in before.assets if each.never}
    # When the account is looked at
    bank.log.append((look(ACCOUNTS[11], NOW),), NOW)
    # Then the remembered answer is not given again
    after = {each.control: each for each in unseen(bank, BANK).controls}
    assert "zt36/1-1" not in after


def test_a_control_no_look_reached_is_unfed_and_names_who_could_look(bank):
    found = unseen(bank, BANK)
    unfed = {each.control: each for each in found.unfed}
    assert unfed
    for each in unfed.values():
        assert each.newest is None
        assert len(each.unseen) == each.population > 0
    assert "lynis" in observers_of(bank, "lynis.report/1")


def test_a_kind_nobody_looked_at_for_too_long_is_silent(tmp_path):
    # Given the same bank a year later
    with open_small_bank(Home(path=tmp_path)):
        pass
    later = NOW + timedelta(days=365)
    with Node.open(Home(path=tmp_path), clock=lambda: later) as node:
        found = unseen(node, BANK)
    # Then what was looked at then is silent now, oldest first
    assert "account.authenticators/1" in {each.kind for each in found.silent}
    assert [each.newest for each in found.silent] == sorted(each.newest for each in found.silent)
    assert all((later - each.newest).days > each.fresh_days for each in found.silent)


def test_a_field_narrows_what_is_told(bank):
    inside = unseen(bank, BANK, "remote_work")
    assert {each.asset for each in inside.assets} <= set(ACCOUNTS)
    assert inside.as_of == NOW
