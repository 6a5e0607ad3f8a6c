"""Members of a hub: invited, let in, suspended and revoked by its people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.model.alliance.member import MemberKind, Quotas, Sector
from panshi.model.bodies.hub_members import Standing
from panshi.node.alliance.member_reading import (
    PAGE,
    member_detail,
    member_rows,
    refusals,
    submissions,
)
from panshi.node.alliance.members import (
    INVITATION_DAYS,
    MOST_INVITATION_DAYS,
    MemberDesk,
    member,
)
from panshi.node.node import Node
from panshi.report.hub_member_answers import (
    MemberAnswer,
    MemberDetail,
    RefusalAnswer,
    SubmissionAnswer,
)

PERSONAL = "evidence.personal"
type Text = Annotated[str, Meta(min_length=1, max_length=1000)]
type Page = Annotated[int, Meta(ge=1, le=500)]
type Communities = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(max_length=100)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAsked:
    """A member to be invited, or one that lost its keys."""

    id: Annotated[str, Meta(min_length=1, max_length=40)]
    "Lower-case letters, digits and hyphens."
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    sector: Sector
    kind: MemberKind = MemberKind.INSTITUTION
    communities: Communities = ()
    days: Annotated[int, Meta(ge=1, le=MOST_INVITATION_DAYS)] = INVITATION_DAYS
    "How long the code is good for."


class Invited(TypedDict):
    """The one-time code, shown this once."""

    member: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAsked:
    """Whether a waiting key is let in."""

    approved: bool
    key: Annotated[str, Meta(max_length=64)] = ""
    "Its thumbprint or the beginning; empty where only one waits."
    why: Annotated[str, Meta(max_length=1000)] = ""
    "Needed to refuse."


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAsked:
    """What becomes of a member."""

    standing: Standing
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationAsked:
    """Why a key ends."""

    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsAsked:
    """What a member may send; what is left out stays."""

    requests_per_second: Annotated[float, Meta(gt=0, le=10_000)] | None = None
    bytes_per_minute: Annotated[int, Meta(ge=1, le=64 * 1024**3)] | None = None
    body_bytes: Annotated[int, Meta(ge=1, le=512 * 1024**2)] | None = None
    batch: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    at_once: Annotated[int, Meta(ge=1, le=64)] | None = None
    communities: Communities | None = None
    why: Annotated[str, Meta(max_length=1000)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery:
    """A page, newest first."""

    before: Annotated[int, Meta(ge=1, le=2**62)] | None = None
    "Id or position after which the page begins."
    limit: Page = PAGE


def listed(node: Node, asked: Asked) -> Answered:
    """Answer every member."""
    return answered(member_rows(node, names=asked.may(PERSONAL)))


def shown(node: Node, asked: Asked) -> Answered:
    """Answer one member with keys, quotas and tokens."""
    return answered(member_detail(node, asked.names["member"], names=asked.may(PERSONAL)))


def invite(node: Node, asked: Asked) -> Answered:
    """Invite a member and show its one-time code, this once."""
    wanted = given(asked, InvitationAsked)
    code = MemberDesk(node, actor=asked.actor).invite(
        wanted.id,
        called=wanted.name,
        sector=wanted.sector,
        kind=wanted.kind,
        communities=wanted.communities,
        days=wanted.days,
    )
    return answered(Invited(member=wanted.id, code=code), status=201)


def decide(node: Node, asked: Asked) -> Answered:
    """Let a waiting key in, or not."""
    wanted, name = given(asked, DecisionAsked), asked.names["member"]
    desk = MemberDesk(node, actor=asked.actor)
    if wanted.approved:
        desk.approve(name, key=wanted.key, why=wanted.why)
    else:
        desk.refuse(name, key=wanted.key, why=wanted.why)
    return shown(node, asked)


def stand(node: Node, asked: Asked) -> Answered:
    """Suspend, resume or revoke a member."""
    wanted, name = given(asked, StandingAsked), asked.names["member"]
    desk = MemberDesk(node, actor=asked.actor)
    match wanted.standing:
        case Standing.SUSPEND:
            desk.suspend(name, why=wanted.why)
        case Standing.RESUME:
            desk.resume(name, why=wanted.why)
        case Standing.REVOKE:
            desk.revoke(name, why=wanted.why)
    return shown(node, asked)


def revoke_key(node: Node, asked: Asked) -> Answered:
    """End one key at once."""
    why = given(asked, RevocationAsked).why
    desk = MemberDesk(node, actor=asked.actor)
    desk.revoke_key(asked.names["member"], asked.names["member_key"], why=why)
    return shown(node, asked)


def set_terms(node: Node, asked: Asked) -> Answered:
    """Set quotas and communities; what is left out stays."""
    wanted, one = given(asked, TermsAsked), member(node, asked.names["member"])
    named = {each: getattr(wanted, each) for each in Quotas.__slots__}
    quotas = replace(one.quotas, **{k: v for k, v in named.items() if v is not None})
    circles = tuple(one.communities) if wanted.communities is None else wanted.communities
    MemberDesk(node, actor=asked.actor).set_terms(one.id, quotas, circles, why=wanted.why)
    return shown(node, asked)


def submitted(node: Node, asked: Asked) -> Answered:
    """Answer what a member submitted."""
    wanted, one = queried(asked, PageQuery), member(node, asked.names["member"])
    return answered(submissions(node, one.id, before=wanted.before, limit=wanted.limit))


def refused(node: Node, asked: Asked) -> Answered:
    """Answer what was refused to a member."""
    wanted, one = queried(asked, PageQuery), member(node, asked.names["member"])
    found = refusals(node, one.id, before=wanted.before, limit=wanted.limit)
    return answered([each for _position, each in found])


_BANK = {"id": "bank-017", "name": "示範銀行", "sector": "banking"}
ROUTES = (
    Route(
        method="GET",
        path="/hub/members",
        action="hub_member.view",
        handler=listed,
        summary="Every member of the hub",
        answers=tuple[MemberAnswer, ...],
    ),
    Route(
        method="POST",
        path="/hub/members",
        action="hub_member.invite",
        handler=invite,
        body=InvitationAsked,
        example=_BANK,
        summary="Invite a member; its one-time code is shown once",
        statuses=(201,),
        answers=Invited,
    ),
    Route(
        method="GET",
        path="/hub/members/{member}",
        action="hub_member.view",
        handler=shown,
        summary="One member with keys, quotas and tokens",
        answers=MemberDetail,
    ),
    Route(
        method="POST",
        path="/hub/members/{member}/decision",
        action="hub_member.decide",
        handler=decide,
        body=DecisionAsked,
        example={"approved": True},
        summary="Let a waiting key in; another person than who invited",
        answers=MemberDetail,
    ),
    Route(
        method="POST",
        path="/hub/members/{member}/standing",
        action="hub_member.stand",
        handler=stand,
        body=StandingAsked,
        example={"standing": "suspend", "why": "keys may have leaked"},
        summary="Suspend, resume or revoke a member",
        answers=MemberDetail,
    ),
    Route(
        method="POST",
        path="/hub/members/{member}/keys/{member_key}/revocation",
        action="hub_member.stand",
        handler=revoke_key,
        body=RevocationAsked,
        example={"why": "the machine was lost"},
        summary="End one key, at once and for good",
        answers=MemberDetail,
    ),
    Route(
        method="PUT",
        path="/hub/members/{member}/terms",
        action="hub_member.terms",
        handler=set_terms,
        body=TermsAsked,
        example={"requests_per_second": 20, "communities": ["swift"]},
        summary="Set quotas and communities; what is left out stays",
        answers=MemberDetail,
    ),
    Route(
        method="GET",
        path="/hub/members/{member}/submissions",
        action="hub_member.view",
        handler=submitted,
        query=PageQuery,
        summary="What a member submitted, newest first",
        answers=tuple[SubmissionAnswer, ...],
    ),
    Route(
        method="GET",
        path="/hub/members/{member}/refusals",
        action="hub_member.view",
        handler=refused,
        query=PageQuery,
        summary="What was refused to a member, newest first",
        answers=tuple[RefusalAnswer, ...],
    ),
)
