"""Appointing takes two people, through whatever door each of them comes."""

from datetime import date, timedelta

import pytest

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.node.accountability import appointments, confirm, propose, propose_end, register
from tests.simulators.institution import BEGAN, Clock, appoint, open_institution, terms
from tests.web.small_bank import BANK


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path, clock) as opened:
        yield opened


def test_an_office_is_held_once_a_second_person_confirms(node, clock):
    proposal = propose(node, terms("ciso", "lin", BEGAN.date()), actor="he", estate_id=BANK)
    assert register(node, BANK).holders("ciso") == ()
    assert [each.id for each in register(node, BANK).waiting] == [proposal]
    clock.to(BEGAN + timedelta(days=2))
    made = confirm(node, proposal, actor="xu", estate_id=BANK)
    assert register(node, BANK).holders("ciso") == ("lin",)
    assert register(node, BANK, as_of=BEGAN).holders("ciso") == ()
    assert node.log.get(made).observation.body.seconded_by == "xu"


@pytest.mark.parametrize("second", ["he", "cli:he", "HE", "lin", "cli:lin", "token:ci", ""])
def test_nobody_confirms_their_own_by_another_door(node, second):
    proposal = propose(node, terms("ciso", "lin", BEGAN.date()), actor="he", estate_id=BANK)
    before = node.log.size()
    with pytest.raises(ForbiddenError):
        confirm(node, proposal, actor=second, estate_id=BANK)
    assert node.log.size() == before
    assert register(node, BANK).holders("ciso") == ()


@pytest.mark.parametrize("actor", ["token:ci", "", "lin", "cli:lin"])
def test_neither_a_token_nor_the_appointed_proposes(node, actor):
    with pytest.raises((ForbiddenError, UsageError)):
        propose(node, terms("ciso", "lin", BEGAN.date()), actor=actor, estate_id=BANK)


def test_unknown_offices_ranks_and_proposals_are_said(node):
    with pytest.raises(MissingError, match="janitor"):
        propose(node, terms("janitor", "lin", BEGAN.date()), actor="he", estate_id=BANK)
    with pytest.raises(UsageError, match="rank"):
        propose(node, terms("ciso", "lin", BEGAN.date(), rank="duke"), actor="he", estate_id=BANK)
    with pytest.raises(MissingError):
        confirm(node, "0" * 32, actor="xu", estate_id=BANK)
    with pytest.raises(MissingError):
        propose_end(node, "ciso", "lin", date(2026, 1, 1), actor="he", estate_id=BANK)


def test_an_end_takes_two_people_as_well(node, clock):
    appoint(node, "ciso", "lin")
    clock.to(BEGAN + timedelta(days=30))
    until = (BEGAN + timedelta(days=31)).date()
    proposal = propose_end(node, "ciso", "lin", until, actor="he", estate_id=BANK)
    assert register(node, BANK).holders("ciso") == ("lin",)
    confirm(node, proposal, actor="xu", estate_id=BANK)
    assert register(node, BANK).holders("ciso") == ("lin",)
    clock.to(BEGAN + timedelta(days=31))
    assert register(node, BANK).holders("ciso") == ()
    assert appointments(node, BANK).holds("lin", "ciso", BEGAN + timedelta(days=3))


def test_an_old_proposal_is_over(node, clock):
    proposal = propose(node, terms("ciso", "lin", BEGAN.date()), actor="he", estate_id=BANK)
    clock.to(BEGAN + timedelta(days=30))
    with pytest.raises(MissingError):
        confirm(node, proposal, actor="xu", estate_id=BANK)
