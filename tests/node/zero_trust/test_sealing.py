"""What the decision point did becomes evidence, whatever happens on the way."""

from datetime import timedelta

import pytest

from panshi.errors import BadInputError
from panshi.model.bodies.zero_trust import DECISIONS, WITHDRAWAL
from panshi.node.home import Home
from panshi.node.zero_trust.sealing import seal, spool_of, summarise, written
from panshi.protection.zero_trust.decisions.records import DecisionBatch
from panshi.protection.zero_trust.sessions.facts import BreakGlassStep, Consequence
from panshi.protection.zero_trust.sessions.nouns import Cause
from tests.web.small_bank import NOW, open_small_bank

AT = NOW.timestamp() - 3600


def consequence(epoch=1, **said):
    return Consequence(
        **{
            "cause": Cause.SIGNAL, "what": "device_compliance false", "whom": "device:nb-1",
            "source": "mdm", "at": AT, "sessions_touched": 2, "sessions_ended": 0,
            "accesses_closed": 1, "accesses_narrowed": 0, "step_ups": 0, "notified": 0,
            "accesses_kept": 1, "first_epoch": epoch, "last_epoch": epoch, "latency_s": 0.002,
            "sessions": ("s1",), "resources": ('System::"core-deposit"',),
        }
        | said
    )  # fmt: skip


def batch():
    return DecisionBatch(
        first_number=1, last_number=7, since=AT - 60, until=AT, allowed=5, denied=2, errors=0,
        obliged=1, by_action=(("read", 5, 2),), by_resource_type=(("System", 5, 2),),
        first_head="00" * 32, last_head="11" * 32, sample_permits=1, permits_not_kept=0,
        policy_version="v1", segment="decisions/000001.jsonl",
    )  # fmt: skip


@pytest.fixture
def node(tmp_path):
    with open_small_bank(Home(path=tmp_path)) as node:
        yield node


def test_facts_rest_in_the_spool_and_are_sealed_once(node):
    # Given facts, one of them told twice
    spool = spool_of(node.home.path)
    before = node.log.size()
    spool.append(written(consequence()) + written(batch()))
    spool.append(written(consequence()))
    # When they are sealed, and sealed again
    assert seal(node) == 3
    assert seal(node) == 0
    # Then each is one observation, and says what it said
    assert node.log.size() == before + 2
    (taken,) = node.log.records(WITHDRAWAL)
    assert taken.observation.body.systems == ("core-deposit",)
    (sealed,) = node.log.records(DECISIONS)
    assert sealed.observation.body.actions == ("read 5 2",)
    assert sealed.observation.period_start < sealed.observation.observed_at


def test_what_a_crash_left_between_taking_and_sealing_is_sealed_later(node):
    # Given a spool that was taken and not finished, and something that came after
    spool = spool_of(node.home.path)
    spool.append(written(consequence()))
    spool.take()
    spool.append(written(BreakGlassStep(grant="bg-1", step="begun", person="amy", at=AT)))
    # Then the next round seals both, and leaves nothing
    assert seal(node) == 2
    assert not list(spool.folder.glob("*.taken"))


def test_a_line_that_is_no_fact_is_named_and_nothing_is_lost(node):
    # Given a damaged file
    spool = spool_of(node.home.path)
    spool.append(written(consequence()) + b'{"kind": "no.such/1"}\n')
    before = node.log.size()
    # Then
    with pytest.raises(BadInputError) as caught:
        seal(node)
    assert caught.value.place.endswith("000001.taken:2")
    assert node.log.size() == before
    assert len(list(spool.folder.glob("*.taken"))) == 1


def test_half_a_line_was_never_kept(node):
    spool = spool_of(node.home.path)
    spool.append(written(consequence()) + written(consequence(epoch=2))[:-9])
    assert seal(node) == 1


def test_without_a_log_of_decisions_there_are_no_figures(node):
    until = node.clock()
    assert summarise(node, until - timedelta(days=1), until) == ()
