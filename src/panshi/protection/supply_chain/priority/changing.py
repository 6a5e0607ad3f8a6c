"""Clocks an institution set itself: proposed by one person, confirmed by another.

A proposal changes nothing by itself. Confirmed, it holds from the moment of the decision on; what
names no clock, leaves its limits, or was decided by whoever proposed it counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from panshi.model.bodies.vulnerability_following import ClockDecision, ClockProposal
from panshi.model.observation import ObservationId, Sealed
from panshi.model.zone import day_of
from panshi.protection.supply_chain.priority.policy import Clocks

type TwoPeople = Callable[[str, str], str]
"Says why two names are not surely two people; empty where they are."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """One proposal and what became of it."""

    evidence_id: ObservationId
    proposal: ClockProposal
    proposed_at: datetime
    decision: ClockDecision | None = None
    decided_at: datetime | None = None
    flaw: str = ""
    "Why it counts for nothing."

    @property
    def open(self) -> bool:
        """Whether a second person has yet to decide."""
        return self.decision is None and not self.flaw

    @property
    def in_force(self) -> bool:
        """Whether it changed the clocks."""
        return self.decision is not None and self.decision.confirmed and not self.flaw


def changes(
    steps: Iterable[Sealed], shipped: Clocks, two_people: TwoPeople
) -> tuple[ClockChange, ...]:
    """Give every proposal with its decision, oldest first."""
    found: dict[ObservationId, ClockChange] = {}
    for sealed in sorted(steps, key=lambda each: each.position):
        body, at = sealed.observation.body, sealed.observation.observed_at
        if isinstance(body, ClockProposal):
            found[sealed.id] = ClockChange(
                evidence_id=sealed.id,
                proposal=body,
                proposed_at=at,
                flaw=proposal_defect(body, shipped),
            )
        elif isinstance(body, ClockDecision):
            known = found.get(ObservationId(body.proposal))
            if known is None or not known.open:
                continue
            flaw = two_people(known.proposal.proposed_by, body.decided_by)
            if not flaw:
                found[known.evidence_id] = replace(known, decision=body, decided_at=at)
    return tuple(found.values())


def clocks_on(history: Iterable[ClockChange], shipped: Clocks, moment: datetime) -> Clocks:
    """Give the clocks in force at a moment."""
    clocks = shipped
    decided = [
        each for each in history if each.in_force and each.decided_at and each.decided_at <= moment
    ]
    for each in sorted(decided, key=lambda each: each.decided_at or moment):
        days, asked = dict(each.proposal.days), each.proposal
        clocks = replace(
            clocks,
            rules=tuple(replace(rule, days=days.get(rule.id, rule.days)) for rule in clocks.rules),
            working=clocks.working if asked.working_days is None else asked.working_days,
            holidays=clocks.holidays if asked.holidays is None else frozenset(asked.holidays),
            since=day_of(each.decided_at) if each.decided_at else None,
        )
    return clocks


def proposal_defect(proposal: ClockProposal, shipped: Clocks) -> str:
    """Say why a proposal counts for nothing; empty where it may be decided on."""
    known = {rule.id: rule for rule in shipped.rules}
    for name, days in proposal.days:
        rule = known.get(name)
        if rule is None:
            return f"there is no clock {name!r}; clocks: {', '.join(known)}"
        if not 1 <= days <= rule.most:
            return f"{days} days are outside the limits of {name}, 1 to {rule.most}"
    if not proposal.days and proposal.working_days is None and proposal.holidays is None:
        return "nothing would change"
    return "" if proposal.why.strip() else "no reason is given"
