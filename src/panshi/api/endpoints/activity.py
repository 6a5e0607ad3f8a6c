"""Activity: who did what, and what was refused, out of the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import Moment, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.evidence.log import Filter
from panshi.model.bodies.records import AuditEvent
from panshi.node.node import Node

KIND = "audit.event/1"
MAX_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityQuery:
    """Whose activity, when."""

    actor: Annotated[str, Meta(max_length=200)] = ""
    "Exactly this account, `token:<name>` or `cli:<user>`."
    since: Moment = ""
    until: Moment = ""
    before: Annotated[int, Meta(ge=0, le=2**40)] | None = None
    "The last answer's `next_before`."
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 50


class Event(TypedDict):
    """One thing done or refused."""

    id: str
    "Id of the observation that seals it."
    at: datetime
    actor: str
    action: str
    target: str
    allowed: bool
    detail: str
    erased: bool
    "Who and what were erased; that something happened is still proven."


class ActivityPage(TypedDict):
    """Some events, newest first."""

    events: tuple[Event, ...]
    next_before: int | None


def activity(node: Node, asked: Asked) -> Answered:
    """Answer a page of the audit trail."""
    query = queried(asked, ActivityQuery)
    wanted = Filter(
        kind=KIND,
        subject=f"actor:{query.actor}" if query.actor else "",
        since=moment(query.since),
        until=moment(query.until),
    )
    page = node.log.page(wanted, before=query.before, limit=query.limit)
    events = []
    for sealed in page:
        body = sealed.observation.body
        told = body if isinstance(body, AuditEvent) else None
        events.append(
            Event(
                id=sealed.id,
                at=sealed.observation.observed_at,
                actor=told.actor if told else "",
                action=sealed.observation.facet,
                target=told.target if told else "",
                allowed=told.allowed if told else True,
                detail=told.detail if told else "",
                erased=sealed.erased,
            )
        )
    following = page[-1].position if len(page) == query.limit else None
    return answered({"events": events, "next_before": following})


ROUTES = (
    Route(
        method="GET",
        path="/activity",
        action="activity.view",
        handler=activity,
        query=ActivityQuery,
        summary="Who did what and what was refused, newest first",
        answers=ActivityPage,
    ),
)
