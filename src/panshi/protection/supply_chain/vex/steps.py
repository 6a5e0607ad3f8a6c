"""A decision, or trust in an author, from proposal to end: derived from sealed steps and the day.

    decisions = fold(sealed, two_people=pair_defect, longest=days_at)

One person proposes, another approves what the proposal says, word for word; either may be
withdrawn. Nothing is without a last day, and none may be further off than the governed longest
term. A step that breaks a rule counts for nothing and is shown with the reason; where the body of a
step was erased, nobody can tell what it was, and the whole counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from panshi.model.bodies.vex import VexDecision, VexStep, VexTrust
from panshi.model.observation import Sealed
from panshi.model.zone import day_of
from panshi.protection.supply_chain.vex.proposals import defect_of

SKEW = timedelta(minutes=5)
"How far apart a step's own time and that of its receipt may be."

type Step = VexDecision | VexTrust
type TwoPeople = Callable[[str, str], str]
"""Why two names do not surely stand for two people; empty where they do."""
type Longest = Callable[[datetime], int]
"""Days a decision may last at most, as governed at a moment."""


class AffairState(StrEnum):
    """How far it has come."""

    PROPOSED = "proposed"
    LAPSED = "lapsed"
    "Nobody approved it in time."
    REFUSED = "refused"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Affair[Said: (VexDecision, VexTrust)]:
    """One decision or one trust as its steps tell it."""

    number: str
    sealed: Sealed
    "The proposal."
    said: Said
    approved_by: str = ""
    approved_at: datetime | None = None
    approval: str = ""
    "Evidence id of the approval."
    refused_by: str = ""
    withdrawn_by: str = ""
    ended_at: datetime | None = None
    ended_why: str = ""
    void: str = ""
    flaws: tuple[str, ...] = ()
    "Steps that counted for nothing, each with its reason."

    @property
    def expires(self) -> date:
        """Last day; a proposal without one never becomes an affair."""
        return self.said.expires or date.min

    def state(self, on: date) -> AffairState:
        """How far it has come at the end of a day."""
        if self.void:
            return AffairState.VOID
        if self.refused_by:
            return AffairState.REFUSED
        if self.ended_at is not None:
            return AffairState.WITHDRAWN
        if self.approved_at is None:
            return AffairState.PROPOSED if on <= self.expires else AffairState.LAPSED
        return AffairState.IN_FORCE if on <= self.expires else AffairState.EXPIRED


def fold[Said: (VexDecision, VexTrust)](
    steps: Iterable[Sealed], kind: type[Said], *, two_people: TwoPeople, longest: Longest
) -> tuple[Affair[Said], ...]:
    """Derive every affair of a kind from sealed steps, in the order in which they were sealed."""
    found: dict[str, Affair[Said]] = {}
    for step in steps:
        number, body = step.observation.facet, step.observation.body
        held = found.get(number)
        if held is not None and not isinstance(body, kind):
            found[number] = replace(held, void="a step of it was erased")
        elif held is not None and isinstance(body, kind):
            found[number] = _after(held, step, body, two_people)
        elif isinstance(body, kind) and _stands(step, body, longest):
            found[number] = Affair(number=number, sealed=step, said=body)
    return tuple(found.values())


def _stands(step: Sealed, body: Step, longest: Longest) -> bool:
    if body.step is not VexStep.PROPOSED or _dated_apart(step):
        return False
    return not proposal_defect(body, _moment(step), longest)


def proposal_defect(body: Step, at: datetime, longest: Longest) -> str:
    """Say why a proposal cannot stand; empty where it can."""
    if not body.by.strip():
        return "nobody is named who proposes it"
    if body.expires is None:
        return "it has no last day"
    today = day_of(at)
    if body.expires < today:
        return f"its last day, {body.expires}, is over"
    if body.expires > today + timedelta(days=longest(at)):
        return f"its last day, {body.expires}, is further off than {longest(at)} days"
    return defect_of(body)


def step_defect[Said: (VexDecision, VexTrust)](
    affair: Affair[Said], body: Said, at: datetime, two_people: TwoPeople
) -> str:
    """Say why a step cannot be taken; empty where it can."""
    if body.about != affair.sealed.id:
        return "it is about another proposal"
    if not body.by.strip():
        return "nobody is named who takes it"
    state = affair.state(day_of(at))
    match body.step:
        case VexStep.PROPOSED:
            return "the number is taken"
        case VexStep.WITHDRAWN:
            open_ = {AffairState.PROPOSED, AffairState.IN_FORCE}
            if state not in open_:
                return f"it is {state}"
            return "" if body.why.strip() else "a withdrawal says why"
        case VexStep.APPROVED | VexStep.REFUSED:
            if state is not AffairState.PROPOSED:
                return f"it is {state}"
            if body.step is VexStep.REFUSED:
                return "" if body.why.strip() else "a refusal says why"
            defect = two_people(body.by, affair.said.by)
            return f"whoever proposes does not approve: {defect}" if defect else ""


def _after[Said: (VexDecision, VexTrust)](
    affair: Affair[Said], step: Sealed, body: Said, two_people: TwoPeople
) -> Affair[Said]:
    at = _moment(step)
    defect = _dated_apart(step) or step_defect(affair, body, at, two_people)
    if defect:
        return replace(affair, flaws=(*affair.flaws, f"{body.step}: {defect}"))
    match body.step:
        case VexStep.APPROVED:
            return replace(affair, approved_by=body.by, approved_at=at, approval=step.id)
        case VexStep.REFUSED:
            return replace(affair, refused_by=body.by, ended_at=at, ended_why=body.why)
        case _:
            return replace(affair, withdrawn_by=body.by, ended_at=at, ended_why=body.why)


def _moment(step: Sealed) -> datetime:
    return step.observation.observed_at


def _dated_apart(step: Sealed) -> str:
    apart = abs(step.observation.observed_at - step.received_at)
    return "it is dated otherwise than it was received" if apart > SKEW else ""


def newest_first[Said: (VexDecision, VexTrust)](
    affairs: Iterable[Affair[Said]],
) -> list[Affair[Said]]:
    """Give affairs as lists show them."""
    return sorted(affairs, key=lambda each: each.sealed.position, reverse=True)
