"""Values an institution decided to bind nothing: proposed by one person, approved by another.

A value counts from its approval until its last day or its withdrawal. State is derived from the
steps and a day; a step that may not be taken counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from panshi.model.bodies.intelligence import AllowStep, IntelligenceAllow

LONGEST_DAYS = 366
"Days after which at the latest two people decide again."


class AllowedState(StrEnum):
    """Where a value stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sealed step."""

    id: str
    number: str
    on: date
    body: IntelligenceAllow


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """One value and who decided on it."""

    number: str
    proposal: str
    "Evidence id."
    said: IntelligenceAllow
    proposed_on: date
    approved_by: str = ""
    refused_by: str = ""
    withdrawn_by: str = ""

    def state(self, today: date) -> AllowedState:
        """Tell where it stands on a day."""
        if self.withdrawn_by:
            return AllowedState.WITHDRAWN
        if self.refused_by:
            return AllowedState.REFUSED
        if self.said.expires is None or today > self.said.expires:
            return AllowedState.EXPIRED
        return AllowedState.IN_FORCE if self.approved_by else AllowedState.PROPOSED


type TwoPeople = Callable[[str, str], str]
"""Says why two names cannot be two persons; `panshi.governance.persons.pair_defect`, handed in."""


def folded_steps(steps: Iterable[Step], two_people: TwoPeople) -> tuple[Allowed, ...]:
    """Fold the steps in the order of the log; what may not be taken changes nothing."""
    found: dict[str, Allowed] = {}
    for step in steps:
        known = found.get(step.number)
        body = step.body
        if body.step is AllowStep.PROPOSED:
            if known is None and not proposal_defect(body, step.on):
                found[step.number] = Allowed(
                    number=step.number, proposal=step.id, said=body, proposed_on=step.on
                )
        elif known is not None and not step_defect(known, body, step.on, two_people):
            found[step.number] = taken(known, body)
    return tuple(found.values())


def taken(one: Allowed, body: IntelligenceAllow) -> Allowed:
    """Give what becomes of a value by a step that may be taken."""
    match body.step:
        case AllowStep.APPROVED:
            return replace(one, approved_by=body.by)
        case AllowStep.REFUSED:
            return replace(one, refused_by=body.by)
        case AllowStep.WITHDRAWN:
            return replace(one, withdrawn_by=body.by)
        case AllowStep.PROPOSED:
            return one


def proposal_defect(body: IntelligenceAllow, today: date) -> str:
    """Say why a proposal may not be made; empty where it may."""
    if not body.value_kind or not body.value:
        return "it names no value"
    if not body.why.strip():
        return "it says no reason"
    if body.expires is None:
        return "it has no last day"
    if body.expires < today:
        return "its last day is over"
    if (body.expires - today).days > LONGEST_DAYS:
        return f"its last day is more than {LONGEST_DAYS} days away"
    return ""


def step_defect(one: Allowed, body: IntelligenceAllow, today: date, two_people: TwoPeople) -> str:
    """Say why a step may not be taken; empty where it may."""
    state = one.state(today)
    if body.step is AllowStep.PROPOSED:
        return "it was proposed already"
    if body.step is not AllowStep.APPROVED and not body.why.strip():
        return "it says no reason"
    if body.step is AllowStep.WITHDRAWN:
        standing = state in {AllowedState.PROPOSED, AllowedState.IN_FORCE}
        return "" if standing else f"it is {state} already"
    if state is not AllowedState.PROPOSED:
        return f"it is {state}, not proposed"
    if body.about != one.proposal:
        return "it was decided on another proposal"
    return two_people(one.said.by, body.by)
