"""The desk of a hub: the queue, who has what in hand, and every step one takes at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.alliance.desk import Case
from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Note
from panshi.model.alliance.ticket import Category, Channel, Severity, Status
from panshi.model.bodies.soc_desk import DeskDoing, DeskStep
from panshi.node.alliance import desk
from panshi.node.alliance.campaign_answers import campaign_id, campaign_number
from panshi.node.alliance.campaigns import (
    CampaignSeen,
    CampaignsWanted,
    Common,
    ReasonPart,
    campaign_told,
    campaigns_listed,
)
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.news import Glance, News, at_a_glance, new_since
from panshi.node.alliance.related import related
from panshi.node.alliance.tickets import versions_of
from panshi.node.node import Node

type Name = Annotated[str, Meta(max_length=200)]
MOST_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceQuery:
    """Since when something is new."""

    since: Moment = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """Which tickets of the queue, newest first; what is left out does not choose."""

    member: Name = ""
    severity: Severity | None = None
    "At least."
    category: Category | None = None
    channel: Channel | None = None
    status: Status | None = None
    closed: bool = False
    "What is closed too."
    owner: Name = ""
    "An account, or `-` for those that nobody has."
    older_than: Moment = ""
    newer_than: Moment = ""
    joined: bool | None = None
    "Whether it belongs to a campaign."
    before: Annotated[int, Meta(ge=0)] = 0
    "`before` of the page that came before; 0 for the newest."
    limit: Annotated[int, Meta(ge=1, le=MOST_PAGE)] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesQuery:
    """Which campaigns, the most urgent first; what is left out does not choose."""

    member: Name = ""
    severity: Severity | None = None
    "At least."
    closed: bool = False
    "What is closed too."
    owner: Name = ""
    "An account, or `-` for those that nobody has."
    changed_after: Moment = ""
    after: Annotated[str, Meta(max_length=20)] = ""
    "`next` of the page before."
    limit: Annotated[int, Meta(ge=1, le=MOST_PAGE)] = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAsked:
    """A step at the desk."""

    doing: DeskDoing
    to: Annotated[str, Meta(max_length=150)] = ""
    "Account it is handed to."
    note: Note = ""
    "Needed where one hands over, closes, reopens or notes."
    severity: Severity | None = None
    "That the desk gives at triage."


class Overview(TypedDict):
    """How the hub stands."""

    glance: Glance
    news: News | None
    "What came since; null where no moment was asked for."


class Queued(TypedDict):
    """One ticket of the queue."""

    id: str
    number: str
    title: str
    member: str
    severity: Severity
    "The desk's where it gave one, else the member's."
    category: Category
    accepted_at: datetime | None
    status: Status
    owner: str
    since: datetime | None
    "Since when its owner has it."
    campaign: str
    "Empty where it belongs to none."


class Queue(TypedDict):
    """A page of the queue."""

    tickets: tuple[Queued, ...]
    before: int
    "For the next page; 0 where this is the last."


class RelatedTicket(TypedDict):
    """A ticket that shares something."""

    ticket: str
    title: str
    member: str
    shared: tuple[ReasonPart, ...]
    total: float


class TicketCase(TypedDict):
    """One ticket at the desk, with every step about it."""

    ticket: Queued
    case: Case
    related: tuple[RelatedTicket, ...]


class CampaignAtDesk(TypedDict):
    """One campaign at the desk."""

    id: str
    name: str
    severity: Severity
    score: int
    "0 to 100."
    level: str
    members: tuple[str, ...]
    tickets: int
    first_at: datetime
    last_at: datetime
    changed_at: datetime
    status: Status
    owner: str


class Cases(TypedDict):
    """A page of campaigns."""

    campaigns: tuple[CampaignAtDesk, ...]
    next: str
    "Ask with `after` for the page that follows; empty at the end."
    total: int


class CampaignCase(TypedDict):
    """One campaign at the desk, with every step about it and what its tickets share."""

    campaign: CampaignAtDesk
    case: Case
    shared: tuple[Common, ...]
    undoable: bool
    "Whether a change by a person stands that can be taken back."


def overview(node: Node, asked: Asked) -> Answered:
    """Answer how the hub stands, and what is new."""
    check_hub(node)
    since = moment(queried(asked, SinceQuery).since)
    return answered(
        Overview(glance=at_a_glance(node), news=new_since(node, since) if since else None)
    )


def queue(node: Node, asked: Asked) -> Answered:
    """Answer a page of the queue."""
    check_hub(node)
    query = queried(asked, QueueQuery)
    wanted = desk.Wanted(
        member=query.member,
        severity=query.severity,
        category=query.category,
        channel=query.channel,
        status=query.status,
        open=not query.closed,
        owner=query.owner,
        older_than=moment(query.older_than),
        newer_than=moment(query.newer_than),
        joined=query.joined,
    )
    page = desk.queue(node, wanted, before=query.before, limit=query.limit)
    return answered(Queue(tickets=tuple(map(_queued, page.rows)), before=page.following))


def ticket(node: Node, asked: Asked) -> Answered:
    """Answer one ticket at the desk."""
    return answered(_ticket_case(node, asked.names["ticket"]))


def ticket_step(node: Node, asked: Asked) -> Answered:
    """Take a step with a ticket."""
    name = versions_of(node, asked.names["ticket"])[-1].id
    desk.take_step(node, _step(asked, desk.about_ticket(name)))
    return answered(_ticket_case(node, name))


def campaigns(node: Node, asked: Asked) -> Answered:
    """Answer a page of campaigns as the desk sees them."""
    check_hub(node)
    query = queried(asked, CasesQuery)
    wanted = CampaignsWanted(
        open=not query.closed,
        owner=query.owner,
        severity=query.severity,
        member=query.member,
        changed_after=moment(query.changed_after),
    )
    page = campaigns_listed(node, wanted, after=query.after, limit=query.limit)
    rows = tuple(map(_campaign, page.rows))
    return answered(Cases(campaigns=rows, next=page.following, total=page.total))


def campaign(node: Node, asked: Asked) -> Answered:
    """Answer one campaign at the desk."""
    return answered(_campaign_case(node, campaign_number(asked.names["campaign"])))


def campaign_step(node: Node, asked: Asked) -> Answered:
    """Take a step with a campaign, or the one it went into."""
    check_hub(node)
    number = desk.campaign_at(node, campaign_number(asked.names["campaign"]))
    desk.take_step(node, _step(asked, desk.about_campaign(number)))
    return answered(_campaign_case(node, number))


def _step(asked: Asked, about: str) -> DeskStep:
    step = given(asked, StepAsked)
    return DeskStep(
        about=about,
        doing=step.doing,
        by=asked.actor,
        to=step.to.strip(),
        note=step.note.strip(),
        severity=step.severity or "",
    )


def _ticket_case(node: Node, name: str) -> TicketCase:
    check_hub(node)
    newest = versions_of(node, name)[-1]
    (row,) = desk.rows_of(node, [(0, newest)])
    return TicketCase(
        ticket=_queued(row),
        case=row.case,
        related=tuple(
            RelatedTicket(
                ticket=each.ticket.id,
                title=each.ticket.title,
                member=each.ticket.member,
                shared=each.parts,
                total=each.total,
            )
            for each in related(node, newest.id)
        ),
    )


def _campaign_case(node: Node, number: int) -> CampaignCase:
    check_hub(node)
    told = campaign_told(node, number)
    return CampaignCase(
        campaign=_campaign(told.seen),
        case=told.seen.case,
        shared=told.shared,
        undoable=told.undoable,
    )


def _queued(row: desk.Row) -> Queued:
    told = row.ticket
    return Queued(
        id=told.id,
        number=told.number,
        title=told.title,
        member=told.member,
        severity=row.severity,
        category=told.category,
        accepted_at=told.accepted_at,
        status=row.case.status,
        owner=row.case.owner,
        since=row.case.since,
        campaign="" if row.campaign is None else campaign_id(row.campaign),
    )


def _campaign(seen: CampaignSeen) -> CampaignAtDesk:
    return CampaignAtDesk(
        id=campaign_id(seen.number),
        name=seen.label(),
        severity=seen.severity,
        score=seen.priority.score,
        level=seen.priority.level,
        members=seen.members,
        tickets=seen.size,
        first_at=seen.first_at,
        last_at=seen.last_at,
        changed_at=seen.changed_at,
        status=seen.case.status,
        owner=seen.case.owner,
    )


_TICKET = "/hub/desk/tickets/{ticket}"
_CAMPAIGN = "/hub/desk/campaigns/{campaign}"
ROUTES = (
    Route(
        method="GET",
        path="/hub/desk",
        action="soc.view",
        handler=overview,
        query=SinceQuery,
        answers=Overview,
        summary="How the hub stands, and what is new since a moment",
    ),
    Route(
        method="GET",
        path="/hub/desk/tickets",
        action="soc.view",
        handler=queue,
        query=QueueQuery,
        answers=Queue,
        summary="The queue of tickets: who has each and where it stands, newest first",
    ),
    Route(
        method="GET",
        path=_TICKET,
        action="soc.view",
        handler=ticket,
        answers=TicketCase,
        summary="One ticket at the desk: every step about it, its campaign, related tickets",
    ),
    Route(
        method="POST",
        path=f"{_TICKET}/steps",
        action="soc.act",
        handler=ticket_step,
        body=StepAsked,
        answers=TicketCase,
        example={"doing": "take"},
        summary="Take a ticket, hand it over, give it back, triage, close, reopen or note",
    ),
    Route(
        method="GET",
        path="/hub/desk/campaigns",
        action="soc.view",
        handler=campaigns,
        query=CasesQuery,
        answers=Cases,
        summary="Campaigns as the desk sees them, the most urgent first",
    ),
    Route(
        method="GET",
        path=_CAMPAIGN,
        action="soc.view",
        handler=campaign,
        answers=CampaignCase,
        summary="One campaign at the desk: every step about it, what its tickets share",
    ),
    Route(
        method="POST",
        path=f"{_CAMPAIGN}/steps",
        action="soc.act",
        handler=campaign_step,
        body=StepAsked,
        answers=CampaignCase,
        example={"doing": "hand_over", "to": "wu", "note": "waiting for bank-017's image"},
        summary="Take a campaign, hand it over, give it back, triage, close, reopen or note",
    ),
)
