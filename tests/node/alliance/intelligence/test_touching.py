"""What touches the estate is weighed once per state, and what is told is never stale."""

from contextlib import closing
from datetime import timedelta

import pytest

from panshi.model.bodies.intelligence import AllowStep
from panshi.model.zone import day_of
from panshi.node.alliance.intelligence import touching
from panshi.node.alliance.intelligence.allowing import propose, rule
from panshi.node.alliance.intelligence.sources import forget_source
from panshi.node.alliance.intelligence.touching import sought, touches
from panshi.node.home import Home
from tests.node.alliance.intelligence.pulling_by_hand import OURS, bank_with_names, came, named
from tests.web.small_bank import BANK


@pytest.fixture
def bank(tmp_path):
    with closing(bank_with_names(Home(path=tmp_path))) as node:
        yield node


def words(node):
    return {each.met.word for each in touches(node, BANK)}


def test_everything_is_weighed_once_per_state(bank, monkeypatch):
    # Given a touch that was asked for
    came(bank, OURS[0], "elsewhere.example")
    first = touches(bank, BANK)
    assert [each.met.word for each in first] == [OURS[0]]
    # When it is asked for again, and nothing came
    weighed = []
    monkeypatch.setattr(touching, "watched", lambda node: weighed.append(node) or ())
    again = touches(bank, BANK)
    # Then the answer is the same and nothing else was weighed
    assert again == first
    assert not weighed


def test_what_came_since_is_in_the_next_answer(bank):
    came(bank, OURS[0])
    assert words(bank) == {OURS[0]}
    came(bank, OURS[1])
    assert words(bank) == set(OURS[:2])


def test_what_was_revoked_or_forgotten_is_gone_at_once(bank):
    came(bank, *OURS[:2])
    assert words(bank) == set(OURS[:2])
    later = (bank.clock() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    came(bank, OURS[0], revoked=True, modified=later)
    assert words(bank) == {OURS[1]}
    forget_source(bank, "isac", actor="lin")
    assert words(bank) == set()


def test_what_lapses_is_gone_the_moment_it_does(bank):
    until = (bank.clock() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    came(bank, OURS[0], valid_until=until)
    assert words(bank) == {OURS[0]}
    bank.clock.now += timedelta(minutes=6)
    assert words(bank) == set()


def test_what_was_allowed_touches_no_more(bank):
    came(bank, OURS[0])
    assert words(bank) == {OURS[0]}
    until = day_of(bank.clock()) + timedelta(days=30)
    number = propose(bank, "domain", OURS[0], why="ours", expires=until, actor="lin.kaiwen")
    rule(bank, number, AllowStep.APPROVED, actor="chen.yiru")
    assert words(bank) == set()


def test_what_decays_below_the_threshold_is_sought_no_more(bank):
    came(bank, OURS[0])
    assert sought(bank).single
    bank.clock.now += timedelta(days=3_000)
    assert not sought(bank).single
    assert words(bank) == set()


def test_the_score_is_as_of_now_whenever_it_is_asked_for(bank):
    came(bank, OURS[0])
    before = touches(bank, BANK)[0].known
    bank.clock.now += timedelta(days=20)
    after = touches(bank, BANK)[0].known
    assert named(OURS[0]) in after.about
    assert after.worth.score < before.worth.score
