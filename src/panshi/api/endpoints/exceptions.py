"""Exceptions: the register, one of them, and every step; who acts is the token's person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Handler, Route
from panshi.api.texts import EstateName, EstateQuery, Note, Text, Word
from panshi.governance.exceptions.story import ExceptionState
from panshi.node.exception_steps import Asked as ExceptionAsked
from panshi.node.exception_steps import ExceptionDesk
from panshi.node.exceptions import detail, details, register
from panshi.node.node import Node
from panshi.report.exception_answers import (
    DetailAnswer,
    RegisterAnswer,
    detail_answer,
    detail_without_persons,
    register_answer,
    without_persons,
)
from panshi.report.oscal import deviations

type Digest = Annotated[str, Meta(max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterQuery:
    """Which exceptions."""

    estate: EstateName = ""
    "The first estate without it."
    state: ExceptionState | None = None
    as_of: Moment = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailQuery:
    """Of which estate."""

    estate: EstateName = ""
    "The first estate without it."
    as_of: Moment = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAsked:
    """What the token's person asks for."""

    control: Word
    "`<framework>/<control>`."
    scope: Annotated[tuple[Word, ...], Meta(max_length=5000)]
    "Assets; empty for the whole population."
    reason: Text
    residual_risk: Text
    compensating: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=50)]
    "Controls met by evidence while it lives."
    effective: date
    expires: date
    "First day on which it is none any more; within a year."
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalAsked:
    """A new request in place of one that ends."""

    reason: Text
    effective: date
    expires: date
    residual_risk: Note = ""
    "As before without it."
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """The request is taken up."""

    note: Note = ""
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAsked:
    """A decision in an office that the token's person holds."""

    why: Text
    office: Annotated[str, Meta(max_length=80)] = ""
    "Found by itself without it."
    resolution: Annotated[str, Meta(max_length=400)] = ""
    "What it rests on outside, for example a minute of the board."
    seen: Digest = ""
    "The `seen` of what was looked at; where it changed, nothing is decided."
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalAsked:
    """The requester takes the request back."""

    why: Note = ""
    estate: EstateName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureAsked:
    """It ends before its date."""

    why: Text
    revoked: bool = False
    "Taken away, and not ended because it is needed no longer."
    estate: EstateName = ""


def exceptions(node: Node, asked: Asked) -> Answered:
    """Answer the register."""
    wanted = queried(asked, RegisterQuery)
    found = register(node, wanted.estate or None, moment(wanted.as_of))
    shown = (each for each in found.exceptions if wanted.state in {None, each.state})
    if not asked.may("evidence.personal"):
        shown = (without_persons(each) for each in shown)
    return answered(register_answer(found, shown))


def exception(node: Node, asked: Asked) -> Answered:
    """Answer one exception."""
    wanted = queried(asked, DetailQuery)
    return _told(node, asked, asked.names["number"], wanted.estate, wanted.as_of)


def oscal(node: Node, asked: Asked) -> Answered:
    """Answer every exception as an OSCAL plan of action and milestones."""
    estate = node.estate(queried(asked, EstateQuery).estate or None)
    told = tuple(map(detail_without_persons, details(node, estate.id)))
    content = deviations(told, estate, node.clock())
    return attached(content, "application/json", f"{estate.id}-exceptions.json")


def request(node: Node, asked: Asked) -> Answered:
    """Seal a request."""
    wanted = given(asked, RequestAsked)
    number = _desk(node, asked, wanted.estate).request(
        ExceptionAsked(
            control=wanted.control,
            scope=wanted.scope,
            reason=wanted.reason,
            residual_risk=wanted.residual_risk,
            compensating=wanted.compensating,
            effective=wanted.effective,
            expires=wanted.expires,
        )
    )
    return _told(node, asked, number, wanted.estate, status=201)


def renew(node: Node, asked: Asked) -> Answered:
    """Seal a renewal request."""
    wanted = given(asked, RenewalAsked)
    number = _desk(node, asked, wanted.estate).renew(
        asked.names["number"],
        reason=wanted.reason,
        residual_risk=wanted.residual_risk,
        effective=wanted.effective,
        expires=wanted.expires,
    )
    return _told(node, asked, number, wanted.estate, status=201)


def review(node: Node, asked: Asked) -> Answered:
    """Open the review."""
    wanted, number = given(asked, ReviewAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).review(number, note=wanted.note)
    return _told(node, asked, number, wanted.estate, status=201)


def approve(node: Node, asked: Asked) -> Answered:
    """Seal an approval."""
    wanted, number = given(asked, DecisionAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).approve(
        number,
        why=wanted.why,
        office=wanted.office,
        resolution=wanted.resolution,
        seen=wanted.seen,
    )
    return _told(node, asked, number, wanted.estate, status=201)


def reject(node: Node, asked: Asked) -> Answered:
    """Seal a rejection."""
    wanted, number = given(asked, DecisionAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).reject(
        number, why=wanted.why, office=wanted.office, seen=wanted.seen
    )
    return _told(node, asked, number, wanted.estate, status=201)


def withdraw(node: Node, asked: Asked) -> Answered:
    """Seal a withdrawal."""
    wanted, number = given(asked, WithdrawalAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).withdraw(number, why=wanted.why)
    return _told(node, asked, number, wanted.estate, status=201)


def close(node: Node, asked: Asked) -> Answered:
    """Seal an end before its date."""
    wanted, number = given(asked, ClosureAsked), asked.names["number"]
    _desk(node, asked, wanted.estate).close(number, why=wanted.why, revoked=wanted.revoked)
    return _told(node, asked, number, wanted.estate, status=201)


def _desk(node: Node, asked: Asked, estate: str) -> ExceptionDesk:
    return ExceptionDesk(node, actor=asked.actor, estate_id=estate or None)


def _told(
    node: Node, asked: Asked, number: str, estate: str, as_of: str = "", *, status: int = 200
) -> Answered:
    found = detail(node, number, estate or None, moment(as_of))
    if not asked.may("evidence.personal"):
        found = detail_without_persons(found)
    return answered(detail_answer(found), status=status)


def _step(path: str, action: str, handler: Handler, body: type, summary: str) -> Route:
    return Route(
        method="POST",
        path=path,
        action=action,
        handler=handler,
        body=body,
        summary=summary,
        statuses=(201,),
        answers=DetailAnswer,
        example=_EXAMPLES[body],
    )


_EXAMPLES: dict[type, dict[str, object]] = {
    RequestAsked: {
        "control": "zt36/4-2",
        "scope": ["system:core-atm"],
        "reason": "patched with the yearly release",
        "residual_risk": "low: internal use only",
        "compensating": ["zt36/4-3"],
        "effective": "2026-12-01",
        "expires": "2027-01-31",
    },
    RenewalAsked: {
        "reason": "the supplier is late",
        "effective": "2027-01-01",
        "expires": "2027-02-28",
    },
    ReviewAsked: {"note": "taken up"},
    DecisionAsked: {"why": "narrow and short", "resolution": "risk committee, meeting 41"},
    WithdrawalAsked: {"why": "not needed"},
    ClosureAsked: {"why": "the machines were replaced"},
}
_ONE = "/exceptions/{number}"

ROUTES = (
    Route(
        method="GET",
        path="/exceptions",
        action="exception.view",
        handler=exceptions,
        summary="Every exception, and the grades with and without them",
        query=RegisterQuery,
        answers=RegisterAnswer,
    ),
    Route(
        method="GET",
        path="/exceptions.oscal",
        action="exception.view",
        handler=oscal,
        summary="Every exception as an OSCAL plan of action, risks with their deviation status",
        query=EstateQuery,
    ),
    Route(
        method="GET",
        path="/exceptions/{number:rest}",
        action="exception.view",
        handler=exception,
        summary="One exception with its history and what it was decided on",
        query=DetailQuery,
        answers=DetailAnswer,
    ),
    _step("/exceptions", "exception.request", request, RequestAsked, "Ask for an exception"),
    _step(f"{_ONE}/renewals", "exception.request", renew, RenewalAsked, "Ask to renew one"),
    _step(f"{_ONE}/review", "exception.review", review, ReviewAsked, "Take a request up"),
    _step(f"{_ONE}/approval", "exception.decide", approve, DecisionAsked, "Approve in an office"),
    _step(f"{_ONE}/rejection", "exception.decide", reject, DecisionAsked, "Reject in an office"),
    _step(
        f"{_ONE}/withdrawal",
        "exception.request",
        withdraw,
        WithdrawalAsked,
        "Take one's own request back",
    ),
    _step(f"{_ONE}/closure", "exception.close", close, ClosureAsked, "End one before its date"),
)
