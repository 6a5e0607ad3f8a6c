"""The quarterly review: its agenda from state, decisions and actions, minutes that do not change.

open_review(node, quarter, …)   seals the agenda as it stands
decide(…)  set_action(…)        in the meeting
close_review(…)                 seals minutes, attendance and the agenda as it stands then
step_action(…)                  done, extended or dropped, between meetings
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from panshi.errors import MissingError, UsageError
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import ExceptionView
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.persons import acting_person
from panshi.governance.reviews.actions import (
    ACTION_KIND,
    Action,
    ActionStepName,
    action_defect,
    actions,
)
from panshi.governance.reviews.agenda import IndicatorPoint, Point, Topic, agenda
from panshi.governance.reviews.meeting import (
    REVIEW_KIND,
    Review,
    ReviewStepName,
    reviews,
    step_defect,
)
from panshi.model.bodies.reviews import ActionStep, AgendaLine, ReviewStep
from panshi.model.observation import ObservationId
from panshi.model.verdict import ReasonCode
from panshi.model.zone import day_of
from panshi.node import exceptions
from panshi.node.accountability import appointments, register
from panshi.node.indicators import IndicatorStanding, standings
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.node.planning import adopted, how_far
from panshi.node.projects import projects
from panshi.node.remembered import remembered_of_records
from panshi.node.unseen import unseen

LOOK_AHEAD = timedelta(days=92)
"Exceptions that end within so many days are on the agenda."
LOOK_BACK = timedelta(days=92)
"So are those that lapsed within so many."
NAMED = 5
"Controls with the most unseen members that are named one by one."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """One review with what a page shows beside it."""

    review: Review
    actions: tuple[Action, ...]
    "Those this review set."
    agenda_now: tuple[AgendaLine, ...]
    "As it would be today; empty once the review is closed."


def every_review(node: Node, estate_id: str | None = None) -> tuple[Review, ...]:
    """Give every review, oldest first."""
    return reviews(own_records(node, REVIEW_KIND, estate_id))


def every_action(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> tuple[Action, ...]:
    """Give every action, those due first ahead."""
    held = appointments(node, estate_id, as_of)
    day = day_of(as_of or node.clock())
    return actions(own_records(node, ACTION_KIND, estate_id, as_of), day, held.holds)


def review_page(node: Node, number: str, estate_id: str | None = None) -> ReviewPage:
    """Give one review, or say that there is none."""
    found = _named(node, number, estate_id)
    mine = tuple(each for each in every_action(node, estate_id) if each.review == number)
    now = agenda_now(node, estate_id) if found.closed_at is None else ()
    return ReviewPage(review=found, actions=mine, agenda_now=now)


def agenda_now(node: Node, estate_id: str | None = None) -> tuple[AgendaLine, ...]:
    """Give the agenda as it would be now."""
    estate = node.estate(estate_id)
    return remembered_of_records(node, "agenda", estate.id, lambda: _agenda(node, estate.id))


def _agenda(node: Node, estate_id: str) -> tuple[AgendaLine, ...]:
    day = day_of(node.clock())
    return agenda(
        actions=every_action(node, estate_id),
        indicators=tuple(map(_indicator_point, standings(node, estate_id))),
        offices=register(node, estate_id),
        others=(
            *_exceptions(exceptions.register(node, estate_id).exceptions, day),
            *_plan(node, estate_id),
            *_contradictions(node, estate_id),
            *_unseen(node, estate_id),
        ),
        day=day,
    )


def _indicator_point(each: IndicatorStanding) -> IndicatorPoint:
    last = each.last
    if last is None:
        return IndicatorPoint(
            indicator=each.indicator,
            value=each.now.measured.value,
            target=each.now.target,
            standing=each.now.standing,
        )
    return IndicatorPoint(
        indicator=each.indicator, value=last.value, target=last.target, standing=last.standing
    )


def _exceptions(views: tuple[ExceptionView, ...], day: date) -> Iterator[Point]:
    for each in views:
        about = f"exception/{each.number}"
        if each.state.open:
            zh, en = "待決定", "awaits a decision"
        elif each.state.live and each.expires <= day + LOOK_AHEAD:
            zh, en = f"{each.expires} 失效", f"lapses on {each.expires}"
        elif each.state is ExceptionState.LAPSED and each.expires >= day - LOOK_BACK:
            zh, en = f"已於 {each.expires} 失效", f"lapsed on {each.expires}"
        else:
            continue
        name = f"{each.number}（{each.control}）"
        yield Point(
            topic=Topic.EXCEPTION,
            about=about,
            zh=f"{name}：{zh}",
            en=f"{each.number} ({each.control}): {en}",
        )


def _plan(node: Node, estate_id: str) -> Iterator[Point]:
    """Give the projects of adopted paths that are late, and what is done yet lifts nothing."""
    known = projects(node, estate_id)
    for name in adopted(node, estate_id):
        framework, _, group = name.partition("/")
        found = how_far(node, framework, estate_id, group=group)
        if found is None:
            continue
        for each in found.late:
            zh = known[each].title_zh if each in known else each
            en = known[each].title_en if each in known else each
            yield Point(
                topic=Topic.PLAN,
                about=f"project/{each}",
                zh=f"{each} {zh}：應完成之季別已過，尚未完成",
                en=f"{each} {en}: its last quarter is over and it is not done",
            )
        for each in found.hollow:
            yield Point(
                topic=Topic.PLAN,
                about=f"control/{each.partition('@')[0]}",
                zh=f"{each}：路徑上的專案都已完成，控制措施仍未達成",
                en=f"{each}: every project of the path is done and it does not hold",
            )


def _contradictions(node: Node, estate_id: str) -> Iterator[Point]:
    for framework in node.library.frameworks.values():
        for verdict in node.assess(framework.id, estate_id).verdicts:
            if any(reason.code is ReasonCode.CONTRADICTED for reason in verdict.reasons):
                control = framework.by_id[verdict.control.partition("/")[2]]
                yield Point(
                    topic=Topic.CONTRADICTION,
                    about=f"control/{verdict.control}",
                    zh=f"{verdict.control} {control.title_zh}：遭演練或事件推翻，尚未重測",
                    en=f"{verdict.control} {control.title_en}: contradicted, not re-tested",
                )


def _unseen(node: Node, estate_id: str) -> Iterator[Point]:
    found = unseen(node, estate_id)
    for each in found.controls[:NAMED]:
        control = node.library.control(each.control)
        count, whole = len(each.unseen), each.population
        yield Point(
            topic=Topic.UNSEEN,
            about=f"control/{each.control}",
            zh=f"{each.control} {control.title_zh}：{whole:,} 項中 {count:,} 項未被觀測",
            en=f"{each.control} {control.title_en}: {count:,} of {whole:,} not seen",
        )


# -- change ---------------------------------------------------------------------------------


def open_review(
    node: Node,
    quarter: Quarter,
    held_on: date,
    *,
    actor: str,
    estate_id: str | None = None,
    points: tuple[AgendaLine, ...] | None = None,
) -> ObservationId:
    """Open the review of a quarter and seal its agenda: the given one, or as it stands."""
    if node.clock() <= quarter.ends:
        raise UsageError(
            f"{quarter} ends on {quarter.last_day}", remedy="review a quarter that has ended"
        )
    body = ReviewStep(
        review=str(quarter),
        step=ReviewStepName.OPEN,
        by=acting_person(actor),
        held_on=held_on,
        agenda=agenda_now(node, estate_id) if points is None else points,
    )
    return _seal_review(node, body, actor, estate_id)


def decide(
    node: Node,
    number: str,
    text: str,
    *,
    actor: str,
    about: str = "",
    estate_id: str | None = None,
) -> ObservationId:
    """Record a decision of an open review."""
    body = ReviewStep(
        review=number,
        step=ReviewStepName.DECIDE,
        by=acting_person(actor),
        decision=text.strip(),
        about=about.strip(),
    )
    return _seal_review(node, body, actor, estate_id)


def close_review(
    node: Node,
    number: str,
    *,
    chair: str,
    attendance: Collection[str],
    minutes: str,
    actor: str,
    estate_id: str | None = None,
    points: tuple[AgendaLine, ...] | None = None,
) -> ObservationId:
    """Close a review with its minutes; from now on nothing of it changes."""
    body = ReviewStep(
        review=number,
        step=ReviewStepName.CLOSE,
        by=acting_person(actor),
        agenda=agenda_now(node, estate_id) if points is None else points,
        chair=chair.strip(),
        attendance=tuple(each.strip() for each in attendance if each.strip()),
        minutes=minutes.strip(),
    )
    _check_attendance(node, body, estate_id)
    return _seal_review(node, body, actor, estate_id)


def set_action(
    node: Node,
    number: str,
    text: str,
    *,
    owner: str,
    due: date,
    actor: str,
    about: str = "",
    estate_id: str | None = None,
) -> str:
    """Set an action in an open review; gives its number."""
    node.library.offices.office(owner)
    review = _named(node, number, estate_id)
    if review.closed_at is not None:
        raise UsageError(
            f"review {number} is closed; its minutes do not change",
            remedy="set the action in the next review",
        )
    if due <= day_of(node.clock()):
        raise UsageError(f"{due} has passed", remedy="name a day to come")
    count = sum(each.review == number for each in every_action(node, estate_id))
    name = f"{number}-{count + 1}"
    body = ActionStep(
        number=name,
        review=number,
        step=ActionStepName.SET,
        by=acting_person(actor),
        text=text.strip(),
        owner=owner,
        due=due,
        about=about.strip(),
    )
    _seal_action(node, body, actor, estate_id)
    return name


def step_action(
    node: Node,
    number: str,
    step: ActionStepName,
    *,
    actor: str,
    why: str = "",
    due: date | None = None,
    evidence: Collection[str] = (),
    estate_id: str | None = None,
) -> ObservationId:
    """Report an action done, or extend or drop it."""
    known = next((e for e in every_action(node, estate_id) if e.number == number), None)
    if known is None:
        raise MissingError(f"there is no action {number!r}", remedy="panshi review show")
    ids = tuple(ObservationId(each) for each in evidence)
    if len(node.log.get_many(ids)) != len(set(ids)):
        raise MissingError("evidence is named that is not in the log", remedy="check the ids")
    body = ActionStep(
        number=number,
        review=known.review,
        step=step,
        by=acting_person(actor),
        due=due,
        why=why.strip(),
        evidence=tuple(evidence),
    )
    return _seal_action(node, body, actor, estate_id)


def _seal_review(node: Node, body: ReviewStep, actor: str, estate_id: str | None) -> ObservationId:
    known = next((e for e in every_review(node, estate_id) if e.number == body.review), None)
    if known is None and body.step != ReviewStepName.OPEN:
        raise MissingError(f"there is no review {body.review!r}", remedy="panshi review list")
    problem = step_defect(body, known)
    if problem:
        raise UsageError(problem, remedy="`panshi review show` tells how it stands")
    return node.record(REVIEW_KIND, body, facet=body.review, actor=actor, estate_id=estate_id)


def _seal_action(node: Node, body: ActionStep, actor: str, estate_id: str | None) -> ObservationId:
    held = appointments(node, estate_id)
    known = next((e for e in every_action(node, estate_id) if e.number == body.number), None)
    problem = action_defect(body, known, node.clock(), held.holds)
    if problem:
        raise UsageError(problem, remedy="`panshi review show` tells how it stands")
    return node.record(ACTION_KIND, body, facet=body.number, actor=actor, estate_id=estate_id)


def _check_attendance(node: Node, body: ReviewStep, estate_id: str | None) -> None:
    """Refuse minutes that let someone attend under an office they do not hold."""
    held = appointments(node, estate_id)
    for each in body.attendance:
        office, _, person = each.partition(":")
        if not held.holds(person, office, node.clock()):
            raise UsageError(
                f"{person or 'nobody'} does not hold {office!r}",
                remedy="`panshi office list` shows who holds what",
            )


def _named(node: Node, number: str, estate_id: str | None) -> Review:
    found = next((e for e in every_review(node, estate_id) if e.number == number), None)
    if found is None:
        raise MissingError(f"there is no review {number!r}", remedy="panshi review list")
    return found
