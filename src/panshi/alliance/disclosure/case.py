"""A disclosure case, from report to publication: derived from its sealed steps and the moment.

    cases = fold(steps, two_people=pair_defect)
    cases["VD-2026-001"].state

Received, validated, forwarded, fixed, published, closed (ISO/IEC 29147 and 30111 in outline). Who
wrote an advisory does not publish it; nothing is published before the embargo ends unless a fix is
out. A step that breaks a rule voids nothing but itself and is shown with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from panshi.model.bodies.disclosure import (
    CaseStep,
    DisclosureAdvisory,
    DisclosureMessage,
    DisclosureReport,
    DisclosureStep,
)
from panshi.model.observation import Sealed
from panshi.model.zone import day_of

LONGEST_EMBARGO_DAYS = 365

type TwoPeople = Callable[[str, str], str]
"""Why two names do not surely stand for two people; empty where they do."""


class CaseState(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    VALIDATED = "validated"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    ACKNOWLEDGED = "acknowledged"
    FIXED = "fixed"
    PUBLISHED = "published"
    CLOSED = "closed"

    @property
    def open(self) -> bool:
        """Whether somebody has to do something."""
        return self not in {CaseState.REJECTED, CaseState.PUBLISHED, CaseState.CLOSED}


STATE_WORDS: dict[CaseState, tuple[str, str]] = {
    CaseState.RECEIVED: ("已收件", "received"),
    CaseState.VALIDATED: ("已確認", "validated"),
    CaseState.REJECTED: ("不受理", "rejected"),
    CaseState.FORWARDED: ("已轉介", "forwarded"),
    CaseState.ACKNOWLEDGED: ("機構已受理", "taken up"),
    CaseState.FIXED: ("已修補", "fixed"),
    CaseState.PUBLISHED: ("已公布", "published"),
    CaseState.CLOSED: ("已結案", "closed"),
}

_FROM: dict[CaseStep, frozenset[CaseState]] = {
    CaseStep.VALIDATE: frozenset({CaseState.RECEIVED}),
    CaseStep.REJECT: frozenset({CaseState.RECEIVED, CaseState.VALIDATED}),
    CaseStep.FORWARD: frozenset({CaseState.VALIDATED, CaseState.FORWARDED, CaseState.ACKNOWLEDGED}),
    CaseStep.ACKNOWLEDGE: frozenset({CaseState.FORWARDED}),
    CaseStep.FIX: frozenset({CaseState.VALIDATED, CaseState.FORWARDED, CaseState.ACKNOWLEDGED}),
    CaseStep.EMBARGO: frozenset(each for each in CaseState if each.open),
    CaseStep.PUBLISH: frozenset(
        {
            CaseState.VALIDATED,
            CaseState.FORWARDED,
            CaseState.ACKNOWLEDGED,
            CaseState.FIXED,
            CaseState.PUBLISHED,
        }
    ),
    CaseStep.CLOSE: frozenset(set(CaseState) - {CaseState.CLOSED, CaseState.REJECTED}),
    CaseStep.REOPEN: frozenset({CaseState.REJECTED, CaseState.CLOSED}),
}
_TO = {
    CaseStep.VALIDATE: CaseState.VALIDATED,
    CaseStep.REJECT: CaseState.REJECTED,
    CaseStep.FORWARD: CaseState.FORWARDED,
    CaseStep.ACKNOWLEDGE: CaseState.ACKNOWLEDGED,
    CaseStep.FIX: CaseState.FIXED,
    CaseStep.PUBLISH: CaseState.PUBLISHED,
    CaseStep.CLOSE: CaseState.CLOSED,
    CaseStep.REOPEN: CaseState.RECEIVED,
}
STEPS_OF = {
    state: tuple(step for step, begins in _FROM.items() if state in begins) for state in CaseState
}
"What may be done in a state."
_WITH_REASON = frozenset({CaseStep.REJECT, CaseStep.CLOSE, CaseStep.REOPEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One thing that happened in a case."""

    at: datetime
    sealed: Sealed
    flaw: str = ""
    "Why it counted for nothing; empty where it counted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case as its steps tell it."""

    number: str
    sealed: Sealed
    "The report."
    report: DisclosureReport | None
    "None where its content was erased."
    state: CaseState = CaseState.RECEIVED
    received_at: datetime
    validated_at: datetime | None = None
    answered_at: datetime | None = None
    "When staff first answered or judged."
    forwarded_at: datetime | None = None
    acknowledged_at: datetime | None = None
    published_at: datetime | None = None
    ended_at: datetime | None = None
    member: str = ""
    "Whom it was forwarded to."
    members: tuple[str, ...] = ()
    embargo: date | None = None
    "Day before which nothing is published; None: the usual time holds."
    embargo_moved: int = 0
    fixed_on: date | None = None
    cvss: str = ""
    duplicate_of: str = ""
    drafts: tuple[tuple[str, DisclosureAdvisory], ...] = ()
    "Advisories written, with their evidence ids, oldest first."
    published: tuple[tuple[datetime, str, DisclosureAdvisory], ...] = ()
    "Revisions published: when, evidence id, content."
    history: tuple[Taken, ...] = ()

    @property
    def messages(self) -> tuple[tuple[datetime, DisclosureMessage], ...]:
        """What reporter and staff told each other, oldest first."""
        return tuple(
            (each.at, each.sealed.observation.body)
            for each in self.history
            if isinstance(each.sealed.observation.body, DisclosureMessage)
        )

    @property
    def draft(self) -> tuple[str, DisclosureAdvisory] | None:
        """The newest advisory, while it is not published."""
        done = {advisory for _, advisory, _ in self.published}
        return self.drafts[-1] if self.drafts and self.drafts[-1][0] not in done else None


def fold(steps: Iterable[Sealed], *, two_people: TwoPeople) -> dict[str, Case]:
    """Derive every case from what was sealed, in the order of the log."""
    cases: dict[str, Case] = {}
    for step in sorted(steps, key=lambda each: each.position):
        number, body = step.observation.facet, step.observation.body
        at, held = step.observation.observed_at, cases.get(number)
        if held is None:
            if isinstance(body, DisclosureReport) or step.erased:
                report = body if isinstance(body, DisclosureReport) else None
                cases[number] = Case(number=number, sealed=step, report=report, received_at=at)
            continue
        cases[number] = _after(held, step, two_people)
    return cases


def step_defect(
    case: Case, body: DisclosureStep, at: datetime, embargo_days: int, two_people: TwoPeople
) -> str:
    """Say why a step cannot be taken; empty where it can."""
    if case.state not in _FROM[body.step]:
        return f"a case that is {STATE_WORDS[case.state][1]} takes no step `{body.step}`"
    if body.step in _WITH_REASON and not body.why.strip():
        return "the reason is missing"
    match body.step:
        case CaseStep.FORWARD if not body.member:
            return "it is not said to whom"
        case CaseStep.FIX if body.day is None or body.day > day_of(at):
            return "the day of the fix is missing, or lies in the future"
        case CaseStep.EMBARGO:
            return _embargo_defect(case, body, at)
        case CaseStep.PUBLISH:
            return _publication_defect(case, body, at, embargo_days, two_people)
        case _:
            return ""


def embargo_ends(case: Case, embargo_days: int) -> date:
    """Give the day from which a case may be published unfixed."""
    begun = day_of(case.received_at)
    return case.embargo or date.fromordinal(begun.toordinal() + embargo_days)


def _embargo_defect(case: Case, body: DisclosureStep, at: datetime) -> str:
    if body.day is None:
        return "the day is missing"
    if not body.why.strip():
        return "an embargo is set or moved with a reason"
    if body.day < day_of(at):
        return "the day has passed"
    if (body.day - day_of(case.received_at)).days > LONGEST_EMBARGO_DAYS:
        return f"an embargo lasts {LONGEST_EMBARGO_DAYS} days at most"
    return ""


def _publication_defect(
    case: Case, body: DisclosureStep, at: datetime, embargo_days: int, two_people: TwoPeople
) -> str:
    draft = next((each for each in case.drafts if each[0] == body.advisory), None)
    if draft is None:
        return "there is no such advisory in the case"
    if case.draft is None or draft[0] != case.draft[0]:
        return "it is not the newest advisory, or it is published already"
    if defect := two_people(draft[1].written_by, body.by):
        return f"whoever wrote an advisory does not publish it: {defect}"
    ends = embargo_ends(case, embargo_days)
    if case.fixed_on is None and case.state is not CaseState.PUBLISHED and day_of(at) < ends:
        return f"there is no fix yet, and the embargo lasts until {ends}"
    if case.embargo is not None and not case.published and day_of(at) < case.embargo:
        return f"the day agreed upon is {case.embargo}"
    return ""


def _after(case: Case, step: Sealed, two_people: TwoPeople) -> Case:
    at, body = step.observation.observed_at, step.observation.body
    flaw = ""
    if isinstance(body, DisclosureAdvisory):
        case = replace(case, drafts=(*case.drafts, (step.id, body)))
    elif isinstance(body, DisclosureMessage):
        answered = case.answered_at or (at if body.by else None)
        case = replace(case, answered_at=answered)
    elif isinstance(body, DisclosureStep):
        flaw = step_defect(case, body, at, 0, two_people)
        case = case if flaw else _taken(case, body, at)
    return replace(case, history=(*case.history, Taken(at=at, sealed=step, flaw=flaw)))


def _taken(case: Case, body: DisclosureStep, at: datetime) -> Case:
    case = replace(
        case,
        state=_TO.get(body.step, case.state),
        cvss=body.cvss or case.cvss,
        answered_at=case.answered_at or at,
    )
    match body.step:
        case CaseStep.FORWARD:
            members = tuple(dict.fromkeys((*case.members, body.member)))
            return replace(case, forwarded_at=at, member=body.member, members=members)
        case CaseStep.FIX:
            return replace(case, fixed_on=body.day)
        case CaseStep.EMBARGO:
            moved = case.embargo_moved + (case.embargo is not None)
            return replace(case, embargo=body.day, embargo_moved=moved)
        case CaseStep.PUBLISH:
            held = dict(case.drafts)[body.advisory]
            published = (*case.published, (at, body.advisory, held))
            first = case.published_at or at
            return replace(case, published=published, published_at=first, ended_at=at)
        case CaseStep.REOPEN:
            return replace(case, ended_at=None, duplicate_of="")
        case CaseStep.REJECT | CaseStep.CLOSE:
            return replace(case, ended_at=at, duplicate_of=body.duplicate_of)
        case _:
            validated = at if body.step is CaseStep.VALIDATE else case.validated_at
            taken = at if body.step is CaseStep.ACKNOWLEDGE else case.acknowledged_at
            return replace(case, validated_at=validated, acknowledged_at=taken)
