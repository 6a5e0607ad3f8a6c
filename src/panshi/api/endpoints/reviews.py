"""The quarterly review: agenda, decisions, actions and minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import Recorded
from panshi.api.texts import EstateQuery
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.reviews.actions import ActionStepName
from panshi.model.bodies.reviews import AgendaLine
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.reviews import (
    agenda_now,
    close_review,
    decide,
    every_action,
    every_review,
    open_review,
    review_page,
    set_action,
    step_action,
)
from panshi.report.review_answers import (
    ActionAnswer,
    ReviewAnswer,
    ReviewDetail,
    action_answer,
    review_answer,
    review_detail,
)

type Word = Annotated[str, Meta(min_length=1, max_length=200)]
type Text = Annotated[str, Meta(min_length=1, max_length=4000)]
type Note = Annotated[str, Meta(max_length=4000)]
type Minutes = Annotated[str, Meta(min_length=1, max_length=20_000)]
type Estate = Annotated[str, Meta(max_length=200)]
type QuarterName = Annotated[str, Meta(pattern="^(19|20|21)[0-9]{2}Q[1-4]$", examples=["2026Q3"])]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAsked:
    """Which quarter is reviewed."""

    quarter: QuarterName
    held_on: date | None = None
    "Today without it."
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAsked:
    """What is decided."""

    text: Text
    about: Annotated[str, Meta(max_length=200)] = ""
    "For example `indicator/zt-evidenced`."
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAsked:
    """What is to be done."""

    text: Text
    owner: Word
    "Office that answers for it."
    due: date
    about: Annotated[str, Meta(max_length=200)] = ""
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAsked:
    """The minutes."""

    chair: Word
    attendance: Annotated[tuple[Word, ...], Meta(min_length=2, max_length=100)]
    "`office:person` of each who attended."
    minutes: Minutes
    estate: Estate = ""
    "The first estate without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAsked:
    """What happens to an action."""

    step: ActionStepName
    why: Note = ""
    due: date | None = None
    "When it is extended."
    evidence: Annotated[tuple[Word, ...], Meta(max_length=50)] = ()
    estate: Estate = ""
    "The first estate without it."


class Numbered(TypedDict):
    """What was made, by its number."""

    number: str


def listed(node: Node, asked: Asked) -> Answered:
    """Answer every review."""
    wanted = queried(asked, EstateQuery)
    return answered(tuple(map(review_answer, every_review(node, wanted.estate or None))))


def shown(node: Node, asked: Asked) -> Answered:
    """Answer one review whole."""
    wanted = queried(asked, EstateQuery)
    found = review_page(node, asked.names["review"], wanted.estate or None)
    return answered(review_detail(found.review, found.actions, found.agenda_now))


def agenda(node: Node, asked: Asked) -> Answered:
    """Answer what would be on the agenda today."""
    wanted = queried(asked, EstateQuery)
    return answered(agenda_now(node, wanted.estate or None))


def actions(node: Node, asked: Asked) -> Answered:
    """Answer every action."""
    wanted = queried(asked, EstateQuery)
    return answered(tuple(map(action_answer, every_action(node, wanted.estate or None))))


def opened(node: Node, asked: Asked) -> Answered:
    """Open a review."""
    wanted = given(asked, OpenAsked)
    made = open_review(
        node,
        Quarter.read(wanted.quarter),
        wanted.held_on or day_of(node.clock()),
        actor=asked.actor,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def decided(node: Node, asked: Asked) -> Answered:
    """Record a decision."""
    wanted = given(asked, DecisionAsked)
    made = decide(
        node,
        asked.names["review"],
        wanted.text,
        actor=asked.actor,
        about=wanted.about,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def acted(node: Node, asked: Asked) -> Answered:
    """Set an action."""
    wanted = given(asked, ActionAsked)
    number = set_action(
        node,
        asked.names["review"],
        wanted.text,
        owner=wanted.owner,
        due=wanted.due,
        actor=asked.actor,
        about=wanted.about,
        estate_id=wanted.estate or None,
    )
    return answered({"number": number}, status=201)


def closed(node: Node, asked: Asked) -> Answered:
    """Close a review with its minutes."""
    wanted = given(asked, CloseAsked)
    made = close_review(
        node,
        asked.names["review"],
        chair=wanted.chair,
        attendance=wanted.attendance,
        minutes=wanted.minutes,
        actor=asked.actor,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


def stepped(node: Node, asked: Asked) -> Answered:
    """Report an action done, extend or drop it."""
    wanted = given(asked, StepAsked)
    made = step_action(
        node,
        asked.names["action"],
        wanted.step,
        actor=asked.actor,
        why=wanted.why,
        due=wanted.due,
        evidence=wanted.evidence,
        estate_id=wanted.estate or None,
    )
    return answered({"id": made}, status=201)


ROUTES = (
    Route(
        method="GET",
        path="/reviews",
        action="review.view",
        handler=listed,
        query=EstateQuery,
        summary="Every quarterly review",
        answers=tuple[ReviewAnswer, ...],
    ),
    Route(
        method="POST",
        path="/reviews",
        action="review.hold",
        handler=opened,
        body=OpenAsked,
        example={"quarter": "2026Q1"},
        summary="Open the review of a quarter that ended",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="GET",
        path="/agenda",
        action="review.view",
        handler=agenda,
        query=EstateQuery,
        summary="What would be on the agenda of a review today",
        answers=tuple[AgendaLine, ...],
    ),
    Route(
        method="GET",
        path="/reviews/{review}",
        action="review.view",
        handler=shown,
        query=EstateQuery,
        summary="One review: agenda, decisions, actions, minutes",
        answers=ReviewDetail,
    ),
    Route(
        method="POST",
        path="/reviews/{review}/decisions",
        action="review.hold",
        handler=decided,
        body=DecisionAsked,
        example={"text": "the target of 2027Q4 stays"},
        summary="Record a decision of an open review",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="POST",
        path="/reviews/{review}/actions",
        action="review.hold",
        handler=acted,
        body=ActionAsked,
        example={"text": "re-test the backups", "owner": "continuity_head", "due": "2027-03-31"},
        summary="Set an action in an open review",
        statuses=(201,),
        answers=Numbered,
    ),
    Route(
        method="POST",
        path="/reviews/{review}/minutes",
        action="review.hold",
        handler=closed,
        body=CloseAsked,
        example={
            "chair": "chen.zhiming",
            "attendance": ["general_manager:chen.zhiming", "ciso:lin.yating"],
            "minutes": "the quarter was reviewed",
        },
        summary="Close a review with its minutes; nothing of it changes afterwards",
        statuses=(201,),
        answers=Recorded,
    ),
    Route(
        method="GET",
        path="/actions",
        action="review.view",
        handler=actions,
        query=EstateQuery,
        summary="Every action reviews set, those due first ahead",
        answers=tuple[ActionAnswer, ...],
    ),
    Route(
        method="POST",
        path="/actions/{action}/steps",
        action="review.act",
        handler=stepped,
        body=StepAsked,
        example={"step": "done", "why": "the backups were re-tested"},
        summary="Report an action done, give it more time, or drop it",
        statuses=(201,),
        answers=Recorded,
    ),
)
