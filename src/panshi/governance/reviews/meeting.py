"""Reviews folded from their sealed steps: opened, decisions, closed with minutes; then fixed.

A step that breaks a rule (a decision after the close, minutes without a chair who was there)
changes nothing, by whatever way it came into the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from panshi.governance.persons import name_defect, same_person
from panshi.model.bodies.reviews import AgendaLine, ReviewStep
from panshi.model.observation import Sealed

REVIEW_KIND = "record.review/1"
LEAST_ATTENDING = 2


class ReviewState(StrEnum):
    """Where a review is."""

    OPEN = "open"
    CLOSED = "closed"


class ReviewStepName(StrEnum):
    """What happens to a review."""

    OPEN = "open"
    DECIDE = "decide"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision of a review."""

    number: int
    text: str
    about: str
    by: str
    at: datetime
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Someone who attended, under an office."""

    office: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review as its steps made it."""

    number: str
    held_on: date
    opened_by: str
    opened_at: datetime
    agenda: tuple[AgendaLine, ...]
    "As it stood when the review was opened; when closed, as it stood then."
    evidence_id: str
    "Of the newest step."
    state: ReviewState = ReviewState.OPEN
    decisions: tuple[Decision, ...] = ()
    chair: str = ""
    attendance: tuple[Attendee, ...] = ()
    minutes: str = ""
    closed_by: str = ""
    closed_at: datetime | None = None


def reviews(records: Iterable[Sealed]) -> tuple[Review, ...]:
    """Give every review, oldest first; records come in the order of the log."""
    found: dict[str, Review] = {}
    for sealed in records:
        body = sealed.observation.body
        if not isinstance(body, ReviewStep):
            continue
        known = found.get(body.review)
        if not step_defect(body, known):
            found[body.review] = _after(body, known, sealed)
    return tuple(sorted(found.values(), key=lambda each: (each.held_on, each.number)))


def step_defect(body: ReviewStep, known: Review | None) -> str:
    """Say why a step cannot be taken; empty where it can."""
    if name_defect(body.by):
        return name_defect(body.by)
    if body.step == ReviewStepName.OPEN:
        if known is not None:
            return f"review {body.review} was opened already"
        return "" if body.held_on is not None and body.review.strip() else "no day is named"
    if known is None:
        return f"there is no review {body.review}"
    if known.state is ReviewState.CLOSED:
        return f"review {body.review} is closed; its minutes do not change"
    if body.step == ReviewStepName.DECIDE:
        return "" if body.decision.strip() else "nothing is decided"
    if body.step == ReviewStepName.CLOSE:
        return _close_defect(body)
    return f"a review has no step {body.step!r}"


def attendee(text: str) -> Attendee:
    """Read `office:person`."""
    office, _, person = text.partition(":")
    return Attendee(office=office.strip(), person=person.strip())


def _close_defect(body: ReviewStep) -> str:
    present = [attendee(each) for each in body.attendance]
    if not body.minutes.strip():
        return "the minutes are empty"
    if any(not each.office or name_defect(each.person) for each in present):
        return "attendance is written office:person"
    people: list[str] = []
    for each in present:
        if not any(same_person(each.person, other) for other in people):
            people.append(each.person)
    if len(people) < LEAST_ATTENDING:
        return f"fewer than {LEAST_ATTENDING} people attended"
    if not any(same_person(body.chair, each.person) for each in present):
        return "the chair is not among those who attended"
    return ""


def _after(body: ReviewStep, known: Review | None, sealed: Sealed) -> Review:
    at = max(sealed.observation.observed_at, sealed.received_at)
    if known is None:
        return Review(
            number=body.review,
            held_on=body.held_on or at.date(),
            opened_by=body.by,
            opened_at=at,
            agenda=body.agenda,
            evidence_id=sealed.id,
        )
    if body.step == ReviewStepName.DECIDE:
        made = Decision(
            number=len(known.decisions) + 1,
            text=body.decision,
            about=body.about,
            by=body.by,
            at=at,
            evidence_id=sealed.id,
        )
        return replace(known, decisions=(*known.decisions, made), evidence_id=sealed.id)
    return replace(
        known,
        state=ReviewState.CLOSED,
        agenda=body.agenda or known.agenda,
        chair=body.chair,
        attendance=tuple(map(attendee, body.attendance)),
        minutes=body.minutes,
        closed_by=body.by,
        closed_at=at,
        evidence_id=sealed.id,
    )
