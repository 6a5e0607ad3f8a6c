"""What a member of a hub does about itself, each request signed by its own key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.endpoints.hub_members import PageQuery, RevocationAsked
from panshi.api.exchange import Answered, Asked, Came, answered, nothing_more
from panshi.api.member_gate import ENROL
from panshi.api.route import Route
from panshi.model.alliance.member import Scope, Verified
from panshi.node.alliance.admission import (
    MOST_TOKEN_DAYS,
    MOST_TOKEN_NAME,
    SELF,
    TOKEN_DAYS,
    Entry,
    admission,
)
from panshi.node.alliance.member_reading import detail_of, submissions
from panshi.node.alliance.members import consent, give_up_key, member
from panshi.node.alliance.rotation import rotate_by
from panshi.node.node import Node
from panshi.report.hub_member_answers import MemberDetail, SubmissionAnswer

type Key = Annotated[str, Meta(min_length=40, max_length=64)]
MOST_OVERLAP_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentAsked:
    """The one-time code, and the key that signs this very request."""

    code: Annotated[str, Meta(min_length=8, max_length=200)]
    public: Key
    "The 32 bytes of the Ed25519 public key, base64."


class Enrolled(TypedDict):
    """The key waits for a person of the hub."""

    key: str
    "Its thumbprint, `keyid` from now on."
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationAsked:
    """A key that follows the one that signs this request."""

    public: Key
    proof: Annotated[str, Meta(min_length=80, max_length=100)]
    "Signature of the new key, base64, over `panshi-hub rotation`, member, old and new thumbprint,"
    " each ended by a line feed."
    overlap_days: Annotated[int, Meta(ge=0, le=MOST_OVERLAP_DAYS)] = 7
    "How long the old key is still heard."


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked:
    """Whether extracts may be compared."""

    granted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAsked:
    """A token for programs that cannot sign."""

    name: Annotated[str, Meta(min_length=1, max_length=MOST_TOKEN_NAME)]
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=10)]
    days: Annotated[int, Meta(ge=1, le=MOST_TOKEN_DAYS)] = TOKEN_DAYS


class NewToken(TypedDict):
    """A token in clear, shown this once."""

    name: str
    token: str


class Status(TypedDict):
    """The member as the hub knows it, and the hub's clock."""

    hub_time: datetime
    member: MemberDetail


def enrolled(node: Node, asked: Asked) -> Answered:
    """Take the key of an invited member."""
    wanted, came = given(asked, EnrolmentAsked), _came(asked)
    key = admission(node).enrol(came.request, came.sha256, wanted.code, wanted.public, came.hosts)
    return answered(Enrolled(key=key, state="waiting"), status=201)


def status(node: Node, asked: Asked) -> Answered:
    """Answer the member as the hub knows it."""
    entry, _told = _entry(asked)
    detail = detail_of(node, entry.member, names=False)
    return answered(Status(hub_time=node.clock(), member=detail))


def rotate(node: Node, asked: Asked) -> Answered:
    """Take a key that follows the one that signed."""
    wanted, (entry, told) = given(asked, RotationAsked), _entry(asked)
    rotate_by(
        node,
        entry.member,
        told.key,
        wanted.public,
        wanted.proof,
        overlap=timedelta(days=wanted.overlap_days),
    )
    return answered(_again(node, entry), status=201)


def give_up(node: Node, asked: Asked) -> Answered:
    """End one of the member's own keys at once."""
    entry, _told = _entry(asked)
    why = given(asked, RevocationAsked).why
    give_up_key(node, entry.member, asked.names["member_key"], why=why)
    return answered(_again(node, entry))


def agree(node: Node, asked: Asked) -> Answered:
    """Say whether extracts may be compared."""
    entry, told = _entry(asked)
    consent(node, entry.member, told.key, granted=given(asked, ConsentAsked).granted)
    return answered(_again(node, entry))


def make_token(node: Node, asked: Asked) -> Answered:
    """Make a token bound to scopes."""
    wanted, (entry, _told) = given(asked, TokenAsked), _entry(asked)
    clear = admission(node).issue_token(
        entry.member,
        wanted.name,
        tuple(each.value for each in wanted.scopes),
        days=wanted.days,
        actor=entry.actor,
    )
    return answered(NewToken(name=wanted.name, token=clear), status=201)


def revoke_token(node: Node, asked: Asked) -> Answered:
    """Forget a token."""
    entry, _told = _entry(asked)
    admission(node).revoke_token(entry.member, asked.names["token"], actor=entry.actor)
    return nothing_more()


def submitted(node: Node, asked: Asked) -> Answered:
    """Answer what the member submitted."""
    entry, _told = _entry(asked)
    wanted = queried(asked, PageQuery)
    return answered(submissions(node, entry.member.id, before=wanted.before, limit=wanted.limit))


def _again(node: Node, entry: Entry) -> MemberDetail:
    return detail_of(node, member(node, entry.member.id), names=False)


def _came(asked: Asked) -> Came:
    if asked.came is None:
        raise TypeError("the route does not open to members")
    return asked.came


def _entry(asked: Asked) -> tuple[Entry, Verified]:
    """Give who was let in and what the signature says."""
    entry = _came(asked).entry
    if entry is None or entry.verified is None:
        raise TypeError("the route opens without a signature")
    return entry, entry.verified


_KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
ROUTES = (
    Route(
        method="POST",
        path="/hub/enrolment",
        action="",
        opens=ENROL,
        handler=enrolled,
        body=EnrolmentAsked,
        example={"code": "bank-017.…", "public": _KEY},
        summary="Show a key with the one-time code; signed by that key (RFC 9421)",
        statuses=(201,),
        answers=Enrolled,
    ),
    Route(
        method="GET",
        path="/hub/self",
        action="",
        opens=SELF,
        handler=status,
        summary="The member that signs, as the hub knows it",
        answers=Status,
    ),
    Route(
        method="POST",
        path="/hub/self/keys",
        action="",
        opens=SELF,
        handler=rotate,
        body=RotationAsked,
        example={"public": _KEY, "proof": "…", "overlap_days": 7},
        summary="Show a key that follows the one that signs",
        statuses=(201,),
        answers=MemberDetail,
    ),
    Route(
        method="POST",
        path="/hub/self/keys/{member_key}/revocation",
        action="",
        opens=SELF,
        handler=give_up,
        body=RevocationAsked,
        example={"why": "the machine was lost"},
        summary="End one of the member's own keys at once",
        answers=MemberDetail,
    ),
    Route(
        method="PUT",
        path="/hub/self/consent",
        action="",
        opens=SELF,
        handler=agree,
        body=ConsentAsked,
        example={"granted": True},
        summary="Say whether extracts of software and suppliers may be compared",
        answers=MemberDetail,
    ),
    Route(
        method="POST",
        path="/hub/self/tokens",
        action="",
        opens=SELF,
        handler=make_token,
        body=TokenAsked,
        example={"name": "taxii", "scopes": ["taxii.read"]},
        summary="Make a token for programs that cannot sign; it is shown once",
        statuses=(201,),
        answers=NewToken,
    ),
    Route(
        method="DELETE",
        path="/hub/self/tokens/{token}",
        action="",
        opens=SELF,
        handler=revoke_token,
        summary="Forget a token at once",
        statuses=(204,),
    ),
    Route(
        method="GET",
        path="/hub/self/submissions",
        action="",
        opens=SELF,
        handler=submitted,
        query=PageQuery,
        summary="What the member submitted, newest first",
        answers=tuple[SubmissionAnswer, ...],
    ),
)
