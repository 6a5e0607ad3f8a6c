"""Campaigns at a hub: the desk reads and decides; members give extracts and answer warnings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Text
from panshi.model.alliance.member import Member, Scope
from panshi.node.alliance.campaign_answers import (
    CampaignDetail,
    CampaignList,
    PairAnswer,
    campaign_detail,
    campaign_list,
    campaign_number,
    why_together,
)
from panshi.node.alliance.campaign_decisions import merge, pin, split, undo
from panshi.node.alliance.campaign_warnings import (
    MOST_ITEMS,
    ExtractItem,
    Feedback,
    WarningAnswer,
    answer_warning,
    feedback,
    give_extract,
    warnings_listed,
)
from panshi.node.node import Node

type Name = Annotated[str, Meta(max_length=200)]
MOST_SPLIT = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignsQuery:
    """Which campaigns, the most urgent first."""

    members: Annotated[int, Meta(ge=1, le=10_000)] = 1
    "At least so many members."
    after: Name = ""
    "`next` of the page before."
    limit: Annotated[int, Meta(ge=1, le=500)] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PairQuery:
    """Which two tickets."""

    ticket: Name
    other: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningsQuery:
    """Which warnings, in the order they were made."""

    campaign: Name = ""
    after: Annotated[int, Meta(ge=0)] = 0
    "Number of the last one known."
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWarningsQuery:
    """Which of its own warnings a member reads."""

    after: Annotated[int, Meta(ge=0)] = 0
    "Number of the last one known."
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackQuery:
    """Of which of its tickets a member asks."""

    number: Name
    "The member's own number of it."


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAsked:
    """Which campaign's tickets are put into this one, and why."""

    other: Name
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitAsked:
    """Which tickets are parted from it, and why."""

    tickets: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=MOST_SPLIT)]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PinAsked:
    """Where a ticket belongs, and why."""

    ticket: Name
    why: Text
    into: bool = True
    "False: it belongs to no campaign."


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAsked:
    """Which change is taken back, and why."""

    change: Annotated[int, Meta(ge=1)]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractAsked:
    """Everything a member has by which it may be warned; it takes the place of the last one."""

    items: Annotated[tuple[ExtractItem, ...], Meta(max_length=MOST_ITEMS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningAnswered:
    """What a member found."""

    answer: Annotated[str, Meta(max_length=40)]
    "`exposed`, `not-exposed` or `in-hand`."


class Given(TypedDict):
    """How many items stand."""

    items: int


def listed(node: Node, asked: Asked) -> Answered:
    """Answer a page of campaigns."""
    wanted = queried(asked, CampaignsQuery)
    return answered(
        campaign_list(node, after=wanted.after, limit=wanted.limit, least_members=wanted.members)
    )


def shown(node: Node, asked: Asked) -> Answered:
    """Answer one campaign."""
    return answered(campaign_detail(node, asked.names["campaign"]))


def pair(node: Node, asked: Asked) -> Answered:
    """Answer why two tickets are together."""
    wanted = queried(asked, PairQuery)
    return answered(why_together(node, wanted.ticket, wanted.other))


def merged(node: Node, asked: Asked) -> Answered:
    """Merge another campaign into one."""
    wanted, number = given(asked, MergeAsked), campaign_number(asked.names["campaign"])
    merge(node, number, campaign_number(wanted.other), actor=asked.actor, why=wanted.why)
    return shown(node, asked)


def parted(node: Node, asked: Asked) -> Answered:
    """Part tickets from a campaign; answers the new one."""
    wanted, number = given(asked, SplitAsked), campaign_number(asked.names["campaign"])
    made = split(node, number, wanted.tickets, actor=asked.actor, why=wanted.why)
    return answered(campaign_detail(node, str(made)), status=201)


def pinned(node: Node, asked: Asked) -> Answered:
    """Put a ticket where it belongs."""
    wanted, number = given(asked, PinAsked), campaign_number(asked.names["campaign"])
    pin(node, wanted.ticket, number if wanted.into else None, actor=asked.actor, why=wanted.why)
    return shown(node, asked)


def undone(node: Node, asked: Asked) -> Answered:
    """Take a change back."""
    wanted = given(asked, UndoAsked)
    undo(node, wanted.change, actor=asked.actor, why=wanted.why)
    return shown(node, asked)


def warned(node: Node, asked: Asked) -> Answered:
    """Answer warnings as the desk sees them."""
    wanted = queried(asked, WarningsQuery)
    number = campaign_number(wanted.campaign) if wanted.campaign else None
    return answered(warnings_listed(node, campaign=number, after=wanted.after, limit=wanted.limit))


def own_warnings(node: Node, asked: Asked) -> Answered:
    """Answer the warnings of the member that asks."""
    wanted = queried(asked, OwnWarningsQuery)
    return answered(
        warnings_listed(node, member=_member(asked).id, after=wanted.after, limit=wanted.limit)
    )


def own_answer(node: Node, asked: Asked) -> Answered:
    """Take what the member found."""
    wanted, number = given(asked, WarningAnswered), asked.names["warning"]
    found = int(number) if number.isascii() and number.isdecimal() and len(number) < 15 else 0  # noqa: PLR2004 -- digits
    return answered(answer_warning(node, _member(asked).id, found, wanted.answer))


def own_extract(node: Node, asked: Asked) -> Answered:
    """Take the member's extract."""
    member = _member(asked)
    items = given(asked, ExtractAsked).items
    return answered(Given(items=give_extract(node, member.id, items, actor=member.id)))


def own_feedback(node: Node, asked: Asked) -> Answered:
    """Answer what became of a ticket of the member."""
    return answered(feedback(node, _member(asked), queried(asked, FeedbackQuery).number))


def _member(asked: Asked) -> Member:
    if asked.came is None or asked.came.entry is None:
        raise TypeError("the route does not open to members")
    return asked.came.entry.member


_ONE = "/hub/campaigns/{campaign}"
ROUTES = (
    Route(
        method="GET",
        path="/hub/campaigns",
        action="soc.view",
        handler=listed,
        query=CampaignsQuery,
        answers=CampaignList,
        summary="Campaigns, the most urgent first",
    ),
    Route(
        method="GET",
        path="/hub/why",
        action="soc.view",
        handler=pair,
        query=PairQuery,
        answers=PairAnswer,
        summary="Why two tickets are in one campaign",
    ),
    Route(
        method="GET",
        path="/hub/warnings",
        action="soc.view",
        handler=warned,
        query=WarningsQuery,
        answers=tuple[WarningAnswer, ...],
        summary="Who was warned of what, and what they answered",
    ),
    Route(
        method="GET",
        path=_ONE,
        action="soc.view",
        handler=shown,
        answers=CampaignDetail,
        summary="One campaign: its tickets with their reasons, its history",
    ),
    Route(
        method="POST",
        path=f"{_ONE}/merge",
        action="soc.act",
        handler=merged,
        body=MergeAsked,
        answers=CampaignDetail,
        example={"other": "C-0002", "why": "the same actor by its tooling"},
        summary="Put another campaign's tickets into this one",
    ),
    Route(
        method="POST",
        path=f"{_ONE}/split",
        action="soc.act",
        handler=parted,
        body=SplitAsked,
        answers=CampaignDetail,
        example={"tickets": ["ticket--…"], "why": "another victim of another actor"},
        statuses=(201,),
        summary="Part tickets from a campaign",
    ),
    Route(
        method="POST",
        path=f"{_ONE}/pin",
        action="soc.act",
        handler=pinned,
        body=PinAsked,
        answers=CampaignDetail,
        example={"ticket": "ticket--…", "why": "the member confirmed it by telephone"},
        summary="Put a ticket into a campaign, or out of it, for good",
    ),
    Route(
        method="POST",
        path=f"{_ONE}/undo",
        action="soc.act",
        handler=undone,
        body=UndoAsked,
        answers=CampaignDetail,
        example={"change": 12, "why": "merged by mistake"},
        summary="Take one change back",
    ),
    Route(
        method="GET",
        path="/hub/self/warnings",
        action="",
        opens=Scope.TICKETS_READ,
        handler=own_warnings,
        query=OwnWarningsQuery,
        answers=tuple[WarningAnswer, ...],
        summary="The member's own early warnings",
    ),
    Route(
        method="POST",
        path="/hub/self/warnings/{warning}/answer",
        action="",
        opens=Scope.TICKETS_WRITE,
        handler=own_answer,
        body=WarningAnswered,
        answers=WarningAnswer,
        example={"answer": "exposed"},
        summary="Say what the member found",
    ),
    Route(
        method="PUT",
        path="/hub/self/extract",
        action="",
        opens=Scope.TICKETS_WRITE,
        handler=own_extract,
        body=ExtractAsked,
        answers=Given,
        example={"items": [{"kind": "supplier", "value": "精誠示範軟體"}]},
        summary="Give what the member may be warned by: suppliers, products, vulnerabilities",
    ),
    Route(
        method="GET",
        path="/hub/self/feedback",
        action="",
        opens=Scope.TICKETS_READ,
        handler=own_feedback,
        query=FeedbackQuery,
        answers=Feedback,
        summary="What became of a ticket of the member",
    ),
)
