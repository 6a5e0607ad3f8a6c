"""The board: due dates, owners, claims the next bill verifies or contradicts, clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from panshi.errors import ForbiddenError, UsageError
from panshi.model.bodies.vulnerability_following import SUMMARY
from panshi.node.inbox import inbox
from panshi.node.supply_chain.clocks import clock_changes, clocks_in_force, decide_clocks, propose
from panshi.node.supply_chain.following import (
    BoardFilters,
    Saying,
    board,
    finding_named,
    follow_up,
    row_of,
)
from panshi.node.supply_chain.portfolio import ingest
from panshi.node.supply_chain.standing import board_sentence, seal_summaries, standing_of
from panshi.protection.supply_chain.priority.board import Standing
from tests.node.alerting.test_raising import SYSTEM, advisory, bill, publish
from tests.simulators.institution import Clock, open_institution

NOW = datetime(2026, 11, 2, 3, tzinfo=UTC)
AFFECTED, REPAIRED = bill("pkg:pypi/jinja2@3.1.4"), bill("pkg:pypi/jinja2@3.1.6")


@pytest.fixture
def clock():
    return Clock(NOW)


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path / "home", clock) as opened:
        publish(opened, advisory())
        clock.now += timedelta(minutes=1)
        ingest(opened, AFFECTED, system=SYSTEM, actor="lin")
        yield opened


def only(node, **narrowed):
    (row,) = board(node, BoardFilters(**narrowed)).rows
    return row


def test_a_claim_is_verified_or_contradicted_by_the_next_bill_alone(node, clock):
    # Given a finding on the board that somebody owns, and whose ticket they close,
    row = only(node)
    assert row.standing is Standing.UNOWNED
    follow_up(node, row.finding.id[:10], Saying(owner="lin", ticket="CHG-1"), actor="lin")
    assert only(node, owner="lin").standing is Standing.OWNED
    clock.now += timedelta(hours=1)
    follow_up(node, row.finding.id, Saying(claimed_done=True), actor="lin")
    # then it stays open, awaiting the next bill;
    assert only(node).standing is Standing.CLAIMED
    # a bill that still lists it contradicts the claim,
    clock.now += timedelta(hours=1)
    again = bill("pkg:pypi/jinja2@3.1.4", "pkg:pypi/other@1.0")
    ingest(node, again, system=SYSTEM, actor="lin")
    assert only(node).standing is Standing.CONTRADICTED
    assert standing_of(node).contradicted == 1
    # and one that does not list it verifies the repair, in time.
    clock.now += timedelta(hours=1)
    ingest(node, REPAIRED, system=SYSTEM, actor="lin")
    assert board(node).rows == ()
    found = finding_named(node, row.finding.id)
    assert row_of(node, found).standing is Standing.FIXED
    counted = standing_of(node)
    assert (counted.open, counted.closed, counted.closed_in_time) == (0, 1, 1)
    with pytest.raises(UsageError, match="nothing left to repair"):
        follow_up(node, row.finding.id, Saying(owner="chen"), actor="lin")


def test_what_is_late_stands_first_and_rises_to_offices(node, clock):
    # Given a finding past its day,
    due = only(node).due
    clock.now += timedelta(days=(due - date(2026, 11, 2)).days + 8)
    # when the board is asked for what is overdue, then it is there, and the CISO is told.
    row = only(node, overdue=True)
    assert row.overdue
    assert row.escalation
    assert row.escalation.office == "ciso"
    assert standing_of(node).overdue == 1


def test_saying_keeps_what_was_said_before(node):
    # Given an owner and a plan that comes too late, when a note is added,
    row = only(node)
    late = row.due + timedelta(days=1)
    follow_up(node, row.finding.id, Saying(owner="lin", planned=late), actor="lin")
    follow_up(node, row.finding.id, Saying(note="waits for the supplier"), actor="lin")
    # then everything stands, and the plan is told to be too late.
    after = only(node)
    assert after.follow_up
    assert after.follow_up.body.planned == late
    assert (after.owner, after.plans_late, after.standing) == ("lin", True, Standing.PLANNED)
    with pytest.raises(UsageError, match="there is no exception"):
        follow_up(node, row.finding.id, Saying(exception="EX-2026-999"), actor="lin")


def test_clocks_change_by_two_people_within_their_limits(node):
    # Given a proposal of other clocks,
    row = only(node)
    proposal = propose(node, actor="lin", days={row.priority.rule: 1}, why="committee")
    before = row.due
    assert only(node).due == before
    # when whoever proposed it confirms it, then it is refused;
    with pytest.raises(ForbiddenError, match="second person"):
        decide_clocks(node, proposal, actor="cli:lin", confirmed=True)
    # when another person does, then every due date follows.
    decide_clocks(node, proposal, actor="chen", confirmed=True)
    assert only(node).due == date(2026, 11, 3)
    assert clocks_in_force(node).since == date(2026, 11, 2)
    assert clock_changes(node)[0].in_force
    with pytest.raises(UsageError, match="outside the limits"):
        propose(node, actor="lin", days={"kev-open": 90}, why="later")
    with pytest.raises(UsageError, match="no clock"):
        propose(node, actor="lin", days={"never": 1}, why="later")


def test_how_systems_stand_is_sealed_once_a_day(node, clock):
    # Given a portfolio, when summaries are sealed twice on a day and once on the next,
    assert seal_summaries(node) == 1
    assert seal_summaries(node) == 0
    clock.now += timedelta(days=1)
    assert seal_summaries(node) == 1
    # then two records stand, with what controls are judged by.
    records = list(node.log.records(SUMMARY))
    assert [each.observation.subject for each in records] == [SYSTEM, SYSTEM]
    assert records[0].observation.body.open == 1
    assert records[1].observation.body.oldest_days == 1


def test_whoever_repairs_it_finds_it_in_their_inbox(node):
    # Given an owner, when their inbox is asked, then the repair awaits them with its day.
    row = only(node)
    follow_up(node, row.finding.id, Saying(owner="lin"), actor="lin")
    mine = [each for each in inbox(node, "lin", ("analyst",)) if each.key.startswith("repair:")]
    assert [each.due for each in mine] == [row.due]
    others = [each for each in inbox(node, "chen", ("analyst",)) if each.key.startswith("repair:")]
    assert others == []


def test_the_sentence_tells_systems_nobody_knows_of(node):
    # Given systems of which no bill ever came, when the board's sentence is asked for,
    said = board_sentence(node)
    # then it counts them beside what is known, in both languages.
    assert said.unknown > 0
    assert str(said.unknown) in said.zh
    assert said.zh.endswith("。")
    assert "nobody knows" in said.en
