"""Points for shared intelligence: the standing, statements, appeals, rulings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Text, Word
from panshi.model.alliance.member import Scope
from panshi.node.alliance.reward.own import own_statement
from panshi.node.alliance.reward.statements import (
    AppealAnswer,
    RewardDesk,
    StandingAnswer,
    StatementAnswer,
    appeal_answers,
    close,
    standing,
    statement,
)
from panshi.node.node import Node

type Quarter = Annotated[str, Meta(pattern="^([0-9]{4}Q[1-4])?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterQuery:
    """Which quarter."""

    quarter: Quarter = ""
    "`2026Q4`; the one that runs without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingAsked:
    """The quarter that is over."""

    quarter: Quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealAsked:
    """A member appeals."""

    member: Word
    quarter: Quarter
    why: Text
    contribution: Annotated[str, Meta(max_length=200)] = ""
    "Id of one report; empty for the whole statement."


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionAsked:
    """Points that are added or taken; nought refuses the appeal."""

    correction: Annotated[float, Meta(ge=-10_000, le=10_000)]
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationAsked:
    """Another person confirms."""

    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingAsked:
    """Whether a contested value is right."""

    kind: Word
    value: Annotated[str, Meta(min_length=1, max_length=2000)]
    upheld: bool
    why: Text


class AppealListAnswer(TypedDict):
    """Every appeal."""

    appeals: tuple[AppealAnswer, ...]


class RulingAnswer(TypedDict):
    """What another person confirms."""

    proposal: str
    "Evidence id."


class ClosedAnswer(TypedDict):
    """How many statements were sealed."""

    statements: int


def points(node: Node, asked: Asked) -> Answered:
    """Answer the standing."""
    return answered(standing(node, queried(asked, QuarterQuery).quarter))


def member_statement(node: Node, asked: Asked) -> Answered:
    """Answer one member's statement."""
    quarter = queried(asked, QuarterQuery).quarter
    return answered(statement(node, asked.names["member"], quarter))


def own(node: Node, asked: Asked) -> Answered:
    """Answer the statement of the member that asks."""
    if asked.came is None or asked.came.entry is None:
        raise TypeError("the route does not open to members")
    quarter = queried(asked, QuarterQuery).quarter
    return answered(own_statement(node, asked.came.entry.member, quarter))


def closing(node: Node, asked: Asked) -> Answered:
    """Seal the statements of a quarter."""
    count = close(node, given(asked, ClosingAsked).quarter, actor=asked.actor)
    return answered({"statements": count}, status=201)


def appeals(node: Node, asked: Asked) -> Answered:  # noqa: ARG001 -- a handler's signature
    """Answer every appeal."""
    return _appeals(node, 200)


def appeal(node: Node, asked: Asked) -> Answered:
    """Note an appeal."""
    wanted = given(asked, AppealAsked)
    RewardDesk(node, actor=asked.actor).raise_appeal(
        wanted.member, wanted.quarter, why=wanted.why, contribution=wanted.contribution
    )
    return _appeals(node, 201)


def correction(node: Node, asked: Asked) -> Answered:
    """Propose a correction."""
    wanted = given(asked, CorrectionAsked)
    desk = RewardDesk(node, actor=asked.actor)
    desk.propose(asked.names["number"], wanted.correction, why=wanted.why)
    return _appeals(node, 201)


def confirmation(node: Node, asked: Asked) -> Answered:
    """Confirm a correction another person proposed."""
    wanted = given(asked, ConfirmationAsked)
    RewardDesk(node, actor=asked.actor).confirm(asked.names["number"], why=wanted.why)
    return _appeals(node, 201)


def ruling(node: Node, asked: Asked) -> Answered:
    """Propose a ruling over a contested value."""
    wanted = given(asked, RulingAsked)
    sealed = RewardDesk(node, actor=asked.actor).rule(
        wanted.kind, wanted.value, upheld=wanted.upheld, why=wanted.why
    )
    return answered({"proposal": sealed}, status=201)


def ruling_confirmation(node: Node, asked: Asked) -> Answered:
    """Confirm a ruling another person proposed."""
    wanted = given(asked, ConfirmationAsked)
    proposal = asked.names["proposal"]
    RewardDesk(node, actor=asked.actor).confirm_ruling(proposal, why=wanted.why)
    return answered({"proposal": proposal}, status=201)


def _appeals(node: Node, status: int) -> Answered:
    return answered({"appeals": appeal_answers(node)}, status=status)


def _post(path: str, handler: Any, body: type, summary: str, answers: Any) -> Route:  # noqa: ANN401 -- as Route has them
    return Route(
        method="POST",
        path=path,
        action="reward.rule",
        handler=handler,
        body=body,
        summary=summary,
        statuses=(201,),
        answers=answers,
    )


def _get(path: str, handler: Any, summary: str, answers: Any, query: type | None = None) -> Route:  # noqa: ANN401 -- as Route has them
    return Route(
        method="GET",
        path=path,
        action="reward.view",
        handler=handler,
        summary=summary,
        query=query,
        answers=answers,
    )


ROUTES = (
    _get("/hub/rewards", points, "Points of every member", StandingAnswer, QuarterQuery),
    _get("/hub/rewards/appeals", appeals, "Appeals about points", AppealListAnswer),
    _get(
        "/hub/rewards/members/{member}",
        member_statement,
        "One member's statement: each report with its reason",
        StatementAnswer,
        QuarterQuery,
    ),
    Route(
        method="GET",
        path="/hub/self/rewards",
        action="",
        opens=Scope.REWARD_READ,
        handler=own,
        query=QuarterQuery,
        summary="The member's own statement: each of its reports with its reason",
        answers=StatementAnswer,
    ),
    _post("/hub/rewards/closings", closing, ClosingAsked, "Seal a quarter", ClosedAnswer),
    _post("/hub/rewards/appeals", appeal, AppealAsked, "A member appeals", AppealListAnswer),
    _post(
        "/hub/rewards/appeals/{number}/corrections",
        correction,
        CorrectionAsked,
        "Propose a correction",
        AppealListAnswer,
    ),
    _post(
        "/hub/rewards/appeals/{number}/confirmations",
        confirmation,
        ConfirmationAsked,
        "Confirm what another person proposed",
        AppealListAnswer,
    ),
    _post(
        "/hub/rewards/rulings",
        ruling,
        RulingAsked,
        "Propose whether a contested value is right",
        RulingAnswer,
    ),
    _post(
        "/hub/rewards/rulings/{proposal}/confirmations",
        ruling_confirmation,
        ConfirmationAsked,
        "Confirm a ruling another person proposed",
        RulingAnswer,
    ),
)
