"""Grants of privileged access: list, ask, decide, take back; who acts is the token's person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from panshi.api.asked import Moment, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Note, Text, Word
from panshi.errors import ForbiddenError
from panshi.node.node import Node
from panshi.node.zero_trust.grants import (
    Asking,
    GrantAnswer,
    GrantDesk,
    grant_answer,
    grant_in,
    grants_in,
    may_take_back,
)
from panshi.protection.zero_trust.privileged.grants import LONGEST, WAYS, GrantState

MOST_MINUTES = int(LONGEST.total_seconds()) // 60
type Way = Literal["shell", "exec", "sftp", "forward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsQuery:
    """Which grants, newest first."""

    state: GrantState | None = None
    after: Annotated[str, Meta(max_length=40)] = ""
    "Number of the last one seen; the newest without it."
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAsked:
    """What the token's person asks for."""

    system: Word
    "Asset id."
    ticket: Word
    "Number of the change or incident it is for."
    why: Text
    ways: Annotated[tuple[Way, ...], Meta(min_length=1, max_length=len(WAYS))] = ("shell", "exec")
    minutes: Annotated[int, Meta(ge=1, le=MOST_MINUTES)] = 60
    begins: Moment = ""
    "Now without it; the minutes count from it."
    for_person: Annotated[str, Meta(max_length=200)] = ""
    "Whoever asks without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDecision:
    """What another person decides."""

    approved: bool
    note: Note = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantEnding:
    """Why it is taken back."""

    why: Text


def grants(node: Node, asked: Asked) -> Answered:
    """Answer grants as the command line does."""
    wanted, now = queried(asked, GrantsQuery), node.clock()
    found = [
        each
        for each in grants_in(node, asked.names["estate"])
        if wanted.state in {None, each.state(now)}
    ]
    numbers = [each.number for each in found]
    begin = numbers.index(wanted.after) + 1 if wanted.after in numbers else 0
    people = _people(asked)
    shown = found[begin : begin + wanted.limit]
    return answered([grant_answer(each, now, people=people) for each in shown])


def ask(node: Node, asked: Asked) -> Answered:
    """Seal a request."""
    wanted = given(asked, GrantAsked)
    number = _desk(node, asked).ask(
        Asking(
            system=wanted.system,
            for_person=wanted.for_person,
            ways=tuple(wanted.ways),
            begins=moment(wanted.begins),
            lasts=timedelta(minutes=wanted.minutes),
            ticket=wanted.ticket,
            why=wanted.why,
        )
    )
    return _told(node, asked, number)


def decide(node: Node, asked: Asked) -> Answered:
    """Seal an approval or a refusal."""
    wanted, number = given(asked, GrantDecision), asked.names["grant"]
    grant_in(node, number, asked.names["estate"])
    _desk(node, asked).decide(number, approved=wanted.approved, note=wanted.note)
    return _told(node, asked, number)


def end(node: Node, asked: Asked) -> Answered:
    """Take a grant back; by duty, or one's own."""
    wanted, number = given(asked, GrantEnding), asked.names["grant"]
    found = grant_in(node, number, asked.names["estate"])
    by_duty = asked.may("grant.decide") or asked.may("access.end")
    if not may_take_back(found, asked.actor, by_duty=by_duty):
        raise ForbiddenError("it is not yours to take back", place=number)
    _desk(node, asked).revoke(number, why=wanted.why)
    return _told(node, asked, number)


def _desk(node: Node, asked: Asked) -> GrantDesk:
    return GrantDesk(node, actor=asked.actor, estate_id=asked.names["estate"])


def _told(node: Node, asked: Asked, number: str) -> Answered:
    found = grant_in(node, number, asked.names["estate"])
    return answered(grant_answer(found, node.clock(), people=_people(asked)), status=201)


def _people(asked: Asked) -> bool:
    """Whoever decides has to know whom they let in."""
    return asked.may("evidence.personal") or asked.may("grant.decide")


_HERE = "/estates/{estate}/zero-trust/grants"
ROUTES = (
    Route(
        method="GET",
        path=_HERE,
        action="grant.view",
        handler=grants,
        query=GrantsQuery,
        answers=tuple[GrantAnswer, ...],
        summary="Grants of privileged access with their state, newest first",
    ),
    Route(
        method="POST",
        path=_HERE,
        action="grant.request",
        handler=ask,
        body=GrantAsked,
        example={
            "system": "system:core-deposit",
            "ticket": "CHG-204",
            "why": "patch of the database",
        },
        answers=GrantAnswer,
        statuses=(201,),
        summary="Ask to administer one system for a while",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/{{grant}}/decision",
        action="grant.decide",
        handler=decide,
        body=GrantDecision,
        answers=GrantAnswer,
        statuses=(201,),
        summary="Approve or refuse what another person asked for",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/{{grant}}/end",
        action="grant.end",
        handler=end,
        body=GrantEnding,
        answers=GrantAnswer,
        statuses=(201,),
        summary="Take a grant back before its time",
    ),
)
