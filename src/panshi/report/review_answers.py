"""Reviews and actions in the documented JSON forms that command line and API share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from panshi.governance.reviews.actions import Action, ActionEvent, ActionState
from panshi.governance.reviews.meeting import Attendee, Decision, Review, ReviewState
from panshi.model.bodies.reviews import AgendaLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswer:
    """One review in a list."""

    number: str
    state: ReviewState
    held_on: date
    opened_by: str
    chair: str
    points: int
    "Points of its agenda."
    decisions: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAnswer:
    """One action on a day."""

    number: str
    review: str
    text: str
    owner: str
    "Office that answers for it."
    about: str
    state: ActionState
    due: date
    first_due: date
    extensions: int
    late_days: int
    events: tuple[ActionEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDetail:
    """One review whole."""

    review: ReviewAnswer
    agenda: tuple[AgendaLine, ...]
    "As sealed."
    agenda_now: tuple[AgendaLine, ...]
    "As it would be now; empty once the review is closed."
    decisions: tuple[Decision, ...]
    actions: tuple[ActionAnswer, ...]
    attendance: tuple[Attendee, ...]
    minutes: str
    evidence_id: str


def review_answer(found: Review) -> ReviewAnswer:
    """Lay out a review in a list."""
    return ReviewAnswer(
        number=found.number,
        state=found.state,
        held_on=found.held_on,
        opened_by=found.opened_by,
        chair=found.chair,
        points=len(found.agenda),
        decisions=len(found.decisions),
        closed_at=found.closed_at,
    )


def action_answer(found: Action) -> ActionAnswer:
    """Lay out an action."""
    return ActionAnswer(
        number=found.number,
        review=found.review,
        text=found.text,
        owner=found.owner,
        about=found.about,
        state=found.state,
        due=found.due,
        first_due=found.first_due,
        extensions=found.extensions,
        late_days=found.late_days,
        events=found.events,
    )


def review_detail(
    found: Review, actions: tuple[Action, ...], agenda_now: tuple[AgendaLine, ...]
) -> ReviewDetail:
    """Lay out one review whole."""
    return ReviewDetail(
        review=review_answer(found),
        agenda=found.agenda,
        agenda_now=agenda_now,
        decisions=found.decisions,
        actions=tuple(map(action_answer, actions)),
        attendance=found.attendance,
        minutes=found.minutes,
        evidence_id=found.evidence_id,
    )
