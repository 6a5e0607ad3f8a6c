"""The board of due dates: each finding with who repairs it, by when, and whether it is done.

A finding is done when a newer bill of its system no longer lists an affected version, and by
nothing else. A ticket said to be done is awaited until the next bill; where a bill that arrived
after the claim still lists it, that is a contradiction. An exception of the register moves
the day while it counts, never beyond its end, and never changes the decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from panshi.model.bodies.vulnerability_following import (
    FOLLOW_UP,
    FindingFollowUp,
    VulnerabilityFollowUp,
)
from panshi.model.observation import Sealed
from panshi.model.zone import day_of
from panshi.protection.supply_chain.findings.finding import Finding, Ssvc, Status
from panshi.protection.supply_chain.priority.deciding import Priority
from panshi.protection.supply_chain.priority.policy import Clocks, Escalation

YEAR = timedelta(days=365)
PRESSING = frozenset({Ssvc.ACT, Ssvc.ATTEND})


class Standing(StrEnum):
    """How far the repair of a finding is."""

    UNOWNED = "unowned"
    OWNED = "owned"
    PLANNED = "planned"
    EXCEPTED = "excepted"
    "An exception of the register counts for it today."
    CLAIMED = "claimed"
    "Said to be done; no bill has arrived since."
    CONTRADICTED = "contradicted"
    "Said to be done, and a bill that arrived since still has it."
    FIXED = "fixed"
    "A newer bill no longer has it."


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What was last said of a finding's repair."""

    body: FindingFollowUp
    at: datetime
    evidence_id: str
    claimed_at: datetime | None = None
    "Since when it is said to be done."


@dataclass(frozen=True, slots=True, kw_only=True)
class Excepting:
    """An exception of the register, as far as the board needs it."""

    number: str
    counts: bool
    scope: tuple[str, ...]
    "Systems; empty for all."
    expires: date
    "First day on which it counts no longer."

    def covers(self, system: str) -> bool:
        """Whether it speaks of a system and counts today."""
        return self.counts and (not self.scope or system in self.scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One finding on the board."""

    finding: Finding
    priority: Priority
    due: date
    "Last day in time; the exception's last day while one counts."
    late: int
    "Days past due; 0 or less where it is in time."
    standing: Standing
    follow_up: FollowUp | None = None
    exception: str = ""
    escalation: Escalation | None = None

    @property
    def overdue(self) -> bool:
        """Whether it is open past its day."""
        return self.late > 0 and self.standing is not Standing.FIXED

    @property
    def owner(self) -> str:
        """Who repairs it; empty where nobody does."""
        return self.follow_up.body.owner if self.follow_up else ""

    @property
    def plans_late(self) -> bool:
        """Whether the plan itself comes too late."""
        planned = self.follow_up.body.planned if self.follow_up else None
        return planned is not None and planned > self.due


def fold(steps: Iterable[Sealed]) -> Mapping[str, FollowUp]:
    """Give what was last said of each finding."""
    found: dict[str, FollowUp] = {}
    for sealed in sorted(steps, key=lambda each: each.position):
        body = sealed.observation.body
        if sealed.observation.kind != FOLLOW_UP or not isinstance(body, FindingFollowUp):
            continue
        before = found.get(body.finding)
        at = sealed.observation.observed_at
        claimed = None
        if body.claimed_done:
            claimed = before.claimed_at if before and before.claimed_at else at
        found[body.finding] = FollowUp(body=body, at=at, evidence_id=sealed.id, claimed_at=claimed)
    return found


def row(
    finding: Finding,
    priority: Priority,
    follow_up: FollowUp | None,
    exceptions: Mapping[str, Excepting],
    clocks: Clocks,
    on: date,
) -> BoardRow:
    """Put one finding on the board."""
    named = exceptions.get(follow_up.body.exception) if follow_up else None
    excepted = named is not None and named.covers(finding.system)
    due = priority.due
    if named is not None and excepted:
        due = max(due, named.expires - timedelta(days=1))
    done = day_of(finding.fixed_at) if finding.fixed_at else None
    late = ((done or on) - due).days
    standing = _standing(finding, follow_up, excepted=excepted)
    return BoardRow(
        finding=finding,
        priority=priority,
        due=due,
        late=late,
        standing=standing,
        follow_up=follow_up,
        exception=named.number if named is not None and excepted else "",
        escalation=None if standing is Standing.FIXED else clocks.escalation(late),
    )


def _standing(finding: Finding, follow_up: FollowUp | None, *, excepted: bool) -> Standing:
    if finding.fixed_at is not None:
        return Standing.FIXED
    if follow_up is not None and follow_up.claimed_at is not None:
        still_there = finding.last_seen > follow_up.claimed_at
        return Standing.CONTRADICTED if still_there else Standing.CLAIMED
    if excepted:
        return Standing.EXCEPTED
    if follow_up is None or not follow_up.body.owner:
        return Standing.UNOWNED
    return Standing.PLANNED if follow_up.body.planned else Standing.OWNED


def by_due(rows: Iterable[BoardRow]) -> tuple[BoardRow, ...]:
    """Order rows: what is overdue first, then by day, then by urgency."""
    order = tuple(Ssvc)
    return tuple(
        sorted(
            rows,
            key=lambda each: (
                each.due,
                order.index(each.priority.ssvc),
                each.finding.system,
                each.finding.vulnerability,
                each.finding.id,
            ),
        )
    )


def summaries(rows: Iterable[BoardRow], on: date) -> Mapping[str, VulnerabilityFollowUp]:
    """Count how the findings of each system stand."""
    by_system: dict[str, list[BoardRow]] = {}
    for each in rows:
        by_system.setdefault(each.finding.system, []).append(each)
    return {system: summary(found, on) for system, found in by_system.items()}


def summary(rows: Iterable[BoardRow], on: date) -> VulnerabilityFollowUp:
    """Count how the findings of one system stand."""
    known = tuple(rows)
    alive = [each for each in known if each.standing is not Standing.FIXED]
    closed = [
        each
        for each in known
        if each.finding.fixed_at is not None and on - day_of(each.finding.fixed_at) <= YEAR
    ]
    ages = [(on - day_of(each.finding.first_seen)).days for each in alive]
    overdue = sum(each.overdue for each in alive)
    contradicted = sum(each.standing is Standing.CONTRADICTED for each in alive)
    return VulnerabilityFollowUp(
        day=on,
        passed=not overdue and not contradicted,
        open=len(alive),
        overdue=overdue,
        oldest_days=max(ages, default=0),
        kev_open=sum(each.finding.kev for each in alive),
        unknown=sum(each.finding.status is Status.UNKNOWN for each in alive),
        unowned=sum(not each.owner and each.priority.ssvc in PRESSING for each in alive),
        contradicted=contradicted,
        closed=len(closed),
        closed_in_time=sum(each.late <= 0 for each in closed),
    )
