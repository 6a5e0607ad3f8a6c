"""Rows of the board: exceptions of the register, claims, counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from panshi.model.bodies.vulnerability_following import FindingFollowUp
from panshi.node.supply_chain.priority_content import shipped_clocks
from panshi.protection.supply_chain.findings.finding import Finding, Ssvc, Status
from panshi.protection.supply_chain.priority.board import (
    BoardRow,
    Excepting,
    FollowUp,
    Standing,
    by_due,
    row,
    summary,
)
from panshi.protection.supply_chain.priority.deciding import Priority

SEEN = datetime(2026, 11, 2, 3, tzinfo=UTC)
TODAY = date(2026, 11, 10)
DUE = date(2026, 11, 5)
FINDING = Finding(
    id="f" * 24,
    system="system:core",
    document="",
    purl="pkg:pypi/jinja2@3.1.4",
    package="PyPI/jinja2",
    version="3.1.4",
    vulnerability="CVE-2026-1",
    aliases=(),
    status=Status.AFFECTED,
    why="",
    first_seen=SEEN,
    last_seen=SEEN,
    fixed_at=None,
)
PRIORITY = Priority(ssvc=Ssvc.ACT, least=Ssvc.ACT, due=DUE, rule="act")
SAID = FindingFollowUp(
    finding=FINDING.id,
    system=FINDING.system,
    vulnerability="CVE-2026-1",
    purl=FINDING.purl,
    owner="lin",
    exception="EX-2026-001",
    recorded_by="lin",
)
GRANTED = Excepting(
    number="EX-2026-001", counts=True, scope=("system:core",), expires=date(2026, 12, 1)
)


def made(
    finding: Finding = FINDING,
    said: FindingFollowUp | None = SAID,
    exception: Excepting = GRANTED,
    on: date = TODAY,
) -> BoardRow:
    follow_up = FollowUp(body=said, at=SEEN, evidence_id="") if said else None
    known = {exception.number: exception}
    return row(finding, PRIORITY, follow_up, known, shipped_clocks(), on)


def test_an_exception_that_counts_moves_the_day_and_not_the_decision() -> None:
    # Given an exception that counts, covers the system and is named by the follow-up,
    found = made()
    # then the day is its last one, and the decision stays.
    assert (found.due, found.standing) == (date(2026, 11, 30), Standing.EXCEPTED)
    assert (found.priority.ssvc, found.overdue) == (Ssvc.ACT, False)


def test_an_exception_that_does_not_count_moves_nothing() -> None:
    # Given one that lapsed or is not compensated, one of another system, and one nobody named,
    others = (
        made(exception=replace(GRANTED, counts=False)),
        made(exception=replace(GRANTED, scope=("system:other",))),
        made(said=replace(SAID, exception="")),
        made(said=None),
    )
    # then the finding is late by its own day.
    assert [(each.due, each.late, each.overdue) for each in others] == [(DUE, 5, True)] * 4
    assert others[-1].standing is Standing.UNOWNED


def test_an_exception_never_shortens() -> None:
    early = replace(GRANTED, expires=date(2026, 11, 4))
    assert made(exception=early).due == DUE


def test_a_repair_is_late_by_the_day_of_the_bill() -> None:
    # Given repairs a day before and a day after the due date, when they are counted,
    before = replace(FINDING, fixed_at=datetime(2026, 11, 4, 3, tzinfo=UTC))
    after = replace(FINDING, fixed_at=datetime(2026, 11, 6, 3, tzinfo=UTC))
    rows = [made(finding=each, said=None) for each in (before, after)]
    counted = summary(rows, TODAY)
    # then one was in time, neither is overdue, and both are verified.
    assert (counted.closed, counted.closed_in_time, counted.overdue) == (2, 1, 0)
    assert {each.standing for each in rows} == {Standing.FIXED}
    # A repair of long ago counts no longer.
    assert summary(rows, TODAY + timedelta(days=400)).closed == 0


def test_the_most_late_stands_first() -> None:
    late, fine = made(said=None), made()
    assert by_due((fine, late)) == (late, fine)
