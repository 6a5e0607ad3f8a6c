"""Repairs by due date, follow-ups, alerts and clocks; who acts is the token's person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Note, Text
from panshi.node.node import Node
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.node.supply_chain.clocks import ClocksAnswer, clocks_answer, decide_clocks, propose
from panshi.node.supply_chain.following import (
    BoardFilters,
    Saying,
    board,
    finding_named,
    follow_up,
    row_of,
)
from panshi.node.supply_chain.following_answers import (
    AlertAnswer,
    BoardAnswer,
    BoardRowAnswer,
    alert_answer,
    board_answer,
    row_answer,
)
from panshi.node.supply_chain.standing import BoardSentence, board_sentence
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.board import Standing

MOST_CLOCKS = 50
type Short = Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """Which rows of the board, by due date."""

    service: Short = ""
    "Asset id; only systems this service rests on."
    system: Short = ""
    ssvc: Ssvc | None = None
    standing: Standing | None = None
    owner: Short = ""
    "Account name; only for those who may know persons."
    overdue: bool = False
    kev: bool = False
    "Only what is known to be exploited."
    after: Short = ""
    "`next` of the page before."
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsQuery:
    """Which alerts; newest first, or with `after` those that follow."""

    after: Annotated[int, Meta(ge=0, le=2**40)] = 0
    "Number of the last alert known; what came since is given, oldest first."
    before: Annotated[int, Meta(ge=0, le=2**40)] = 0
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpSaid:
    """What is said of a repair; what is left out stays as it was."""

    owner: Short | None = None
    ticket: Short | None = None
    planned: date | None = None
    note: Note | None = None
    exception: Annotated[str, Meta(max_length=40)] | None = None
    claimed_done: bool | None = None
    "The ticket is closed; the next bill verifies it or contradicts it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksProposed:
    """Other clocks, which a second person has to confirm."""

    days: Annotated[dict[str, int], Meta(max_length=MOST_CLOCKS)]
    why: Text
    working_days: bool | None = None
    holidays: Annotated[tuple[date, ...], Meta(max_length=400)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksDecided:
    """A second person's decision."""

    confirmed: bool
    note: Note = ""


def due_dates(node: Node, asked: Asked) -> Answered:
    """Answer the board as the command line does."""
    wanted, people = queried(asked, BoardQuery), asked.may("evidence.personal")
    filters = BoardFilters(
        owner=(wanted.owner or None) if people else None,
        service=wanted.service,
        system=wanted.system,
        ssvc=(wanted.ssvc,) if wanted.ssvc else (),
        standing=wanted.standing,
        overdue=wanted.overdue,
        kev=True if wanted.kev else None,
    )
    page = board(
        node, filters, after=wanted.after, limit=wanted.limit, estate_id=asked.names["estate"]
    )
    return answered(board_answer(page, people=people))


def sentence(node: Node, asked: Asked) -> Answered:
    """Answer the one sentence for the board."""
    return answered(board_sentence(node, estate_id=asked.names["estate"]))


def finding(node: Node, asked: Asked) -> Answered:
    """Answer one finding with its reasons and its follow-up."""
    return answered(_row(node, asked))


def follow(node: Node, asked: Asked) -> Answered:
    """Seal what is said of a repair."""
    wanted = given(asked, FollowUpSaid)
    said = Saying(
        owner=wanted.owner,
        ticket=wanted.ticket,
        planned=wanted.planned,
        note=wanted.note,
        exception=wanted.exception,
        claimed_done=wanted.claimed_done,
    )
    follow_up(
        node, asked.names["finding"], said, actor=asked.actor, estate_id=asked.names["estate"]
    )
    return answered(_row(node, asked), status=201)


def alerts(node: Node, asked: Asked) -> Answered:
    """Answer alerts with what they speak of."""
    wanted, store = queried(asked, AlertsQuery), alerts_of(node)
    found = store.alerts(after=wanted.after, before=wanted.before, limit=wanted.limit)
    return answered([alert_answer(each, store.findings_of(each.id)) for each in found])


def clocks(node: Node, asked: Asked) -> Answered:
    """Answer the clocks in force and what was proposed."""
    return answered(_clocks(node, asked))


def propose_clocks(node: Node, asked: Asked) -> Answered:
    """Seal a proposal of other clocks."""
    wanted = given(asked, ClocksProposed)
    propose(
        node,
        actor=asked.actor,
        days=wanted.days,
        why=wanted.why,
        working_days=wanted.working_days,
        holidays=wanted.holidays,
        estate_id=asked.names["estate"],
    )
    return answered(_clocks(node, asked), status=201)


def decide(node: Node, asked: Asked) -> Answered:
    """Seal a second person's decision on other clocks."""
    wanted = given(asked, ClocksDecided)
    decide_clocks(
        node,
        asked.names["proposal"],
        actor=asked.actor,
        confirmed=wanted.confirmed,
        note=wanted.note,
        estate_id=asked.names["estate"],
    )
    return answered(_clocks(node, asked), status=201)


def _row(node: Node, asked: Asked) -> BoardRowAnswer:
    found = finding_named(node, asked.names["finding"])
    row = row_of(node, found, estate_id=asked.names["estate"])
    return row_answer(row, people=asked.may("evidence.personal"))


def _clocks(node: Node, asked: Asked) -> ClocksAnswer:
    return clocks_answer(node, people=asked.may("evidence.personal"))


_HERE = "/estates/{estate}/supply-chain"
ROUTES = (
    Route(
        method="GET",
        path=f"{_HERE}/board",
        action="supply_chain.view",
        handler=due_dates,
        query=BoardQuery,
        answers=BoardAnswer,
        summary="Repairs by due date, overdue first: who, until when, how far",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/board/sentence",
        action="supply_chain.view",
        handler=sentence,
        answers=BoardSentence,
        summary="How many critical services are hit, and by when that ends, in one sentence",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/board/{{finding}}",
        action="supply_chain.view",
        handler=finding,
        answers=BoardRowAnswer,
        summary="One finding: why it is as urgent as it is, and who repairs it",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/board/{{finding}}/follow-up",
        action="finding.follow",
        handler=follow,
        body=FollowUpSaid,
        answers=BoardRowAnswer,
        summary="Say who repairs a finding, in which ticket, until when",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/alerts",
        action="supply_chain.view",
        handler=alerts,
        query=AlertsQuery,
        answers=tuple[AlertAnswer, ...],
        summary="Alerts on findings, newest first, or what came since one",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/clocks",
        action="supply_chain.view",
        handler=clocks,
        answers=ClocksAnswer,
        summary="Within how many days repairs are due, and proposed changes",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/clocks",
        action="clock.propose",
        handler=propose_clocks,
        body=ClocksProposed,
        answers=ClocksAnswer,
        summary="Propose other clocks; a second person has to confirm them",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/clocks/{{proposal}}/decision",
        action="clock.confirm",
        handler=decide,
        body=ClocksDecided,
        answers=ClocksAnswer,
        summary="Confirm or refuse a proposal of other clocks, as another person",
    ),
)
