"""Zero-trust policies: what is in force, proposals, checks, trying a set, handing in, ruling."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.node.node import Node
from panshi.node.zero_trust import policies as desk
from panshi.node.zero_trust import publishing, watching
from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.sessions.views import Snapshot
from panshi.report.zero_trust_policy_answers import (
    ChangeAnswer,
    CheckAnswer,
    HistoryAnswer,
    ProposalAnswer,
    SetAnswer,
    ShadowAnswer,
    change_answers,
    check_answer,
    history_answer,
    proposal_answer,
    set_answer,
    shadow_answer,
)

type Text = Annotated[str, Meta(max_length=1_000_000)]
type Why = Annotated[str, Meta(min_length=1, max_length=4_000)]
type DraftName = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAsked:
    """Texts of a set; what is left out is that of the set in force."""

    files: Annotated[dict[str, Text], Meta(max_length=200)] = field(default_factory=dict)
    "Cedar texts by file name."
    schema: Text | None = None
    tests: Text | None = None
    "Unit tests in YAML."

    def policies(self, like: PolicySet) -> PolicySet:
        """Give the set."""
        files = self.files or {each.name: each.text for each in like.files}
        return desk.from_files(files, self.schema, self.tests, like=like)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedAsked(SetAsked):
    """A set to try on recorded requests."""

    days: Annotated[int, Meta(ge=1, le=31)] = 1
    "How far back."


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn(SetAsked):
    """A set to hand in."""

    name: DraftName
    "Name of the draft it becomes first."
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingAsked:
    """What a person decides on a proposal."""

    ruling: Literal["approve", "reject", "withdraw", "review", "restore"]
    why: Annotated[str, Meta(max_length=4_000)] = ""
    seen: Annotated[str, Meta(max_length=64)] = ""
    "Version that was looked at; approval of another one is refused."


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsQuery:
    """Which live sessions to answer."""

    user: Annotated[str, Meta(max_length=256)] = ""
    after: Annotated[str, Meta(max_length=256)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


def history(node: Node, asked: Asked) -> Answered:
    """Answer what is in force and everything handed in."""
    found = desk.history(node, asked.names["estate"])
    drafts = (each.name for each in desk.drafts(node))
    return answered(history_answer(found, drafts, people=asked.may("evidence.personal")))


def text(node: Node, asked: Asked) -> Answered:
    """Answer the texts of a set."""
    return answered(set_answer(desk.policy_set(node, asked.names["set"], asked.names["estate"])))


def changes(node: Node, asked: Asked) -> Answered:
    """Answer what a set changes against the one in force."""
    estate = asked.names["estate"]
    old = desk.policy_set(node, desk.IN_FORCE, estate)
    return answered(
        change_answers(desk.changes(old, desk.policy_set(node, asked.names["set"], estate)))
    )


def check(node: Node, asked: Asked) -> Answered:
    """Answer what is wrong with a set; nothing of it is kept."""
    like = desk.policy_set(node, desk.IN_FORCE, asked.names["estate"])
    return answered(check_answer(desk.check(given(asked, SetAsked).policies(like))))


def shadow(node: Node, asked: Asked) -> Answered:
    """Answer what a set would have said to recorded requests; nothing of it is kept."""
    estate = asked.names["estate"]
    wanted = given(asked, TriedAsked)
    policies = wanted.policies(desk.policy_set(node, desk.IN_FORCE, estate))
    until = node.clock()
    tally = publishing.shadow(node, policies, until - timedelta(days=wanted.days), until, estate)
    people = asked.may("access.view")
    return answered(shadow_answer(policies.version, tally, people=people))


def hand_in(node: Node, asked: Asked) -> Answered:
    """Hand a set in for another person to approve."""
    estate, wanted = asked.names["estate"], given(asked, HandedIn)
    desk.begin_draft(node, wanted.name, actor=asked.actor, estate_id=estate)
    try:
        like = desk.policy_set(node, desk.IN_FORCE, estate)
        desk.save_draft(node, wanted.name, wanted.policies(like), actor=asked.actor)
        number = publishing.hand_in(
            node, wanted.name, why=wanted.why, actor=asked.actor, estate_id=estate
        )
    finally:
        if wanted.name in {each.name for each in desk.drafts(node)}:
            desk.discard_draft(node, wanted.name, actor=asked.actor)
    return answered(proposal_answer(desk.proposal(node, number, estate)), status=201)


def rule(node: Node, asked: Asked) -> Answered:
    """Decide on a proposal as a person."""
    estate, number = asked.names["estate"], asked.names["proposal"]
    wanted = given(asked, RulingAsked)
    said = {"why": wanted.why, "actor": asked.actor, "estate_id": estate}
    match wanted.ruling:
        case "approve":
            found = publishing.approve(node, number, seen=wanted.seen, **said)
        case "restore":
            found = publishing.restore(node, number, **said)
        case "reject":
            found = desk.reject(node, number, **said)
        case "withdraw":
            found = desk.withdraw(node, number, **said)
        case _:
            found = desk.review(node, number, **said)
    return answered(proposal_answer(found, people=asked.may("evidence.personal")))


def sessions(node: Node, asked: Asked) -> Answered:
    """Answer what is live; null where no decision point of this home runs."""
    query = queried(asked, SessionsQuery)
    return answered(watching.look(node, user=query.user, after=query.after, limit=query.limit))


_HERE = "/estates/{estate}/zero-trust"
ROUTES = (
    Route(
        method="GET",
        path=f"{_HERE}/policies",
        action="zt_policy.view",
        handler=history,
        summary="Zero-trust policies: what is in force, every proposal, every draft",
        answers=HistoryAnswer,
    ),
    Route(
        method="GET",
        path=f"{_HERE}/policies/{{set}}",
        action="zt_policy.view",
        handler=text,
        summary="Texts of a set: in-force, shipped, number of a proposal or start of a digest",
        answers=SetAnswer,
    ),
    Route(
        method="GET",
        path=f"{_HERE}/policies/{{set}}/changes",
        action="zt_policy.view",
        handler=changes,
        summary="What a set changes against the one in force",
        answers=tuple[ChangeAnswer, ...],
    ),
    Route(
        method="POST",
        path=f"{_HERE}/policies/check",
        action="zt_policy.view",
        handler=check,
        body=SetAsked,
        example={},
        summary="Validate, lint and test a set; nothing is kept",
        answers=CheckAnswer,
    ),
    Route(
        method="POST",
        path=f"{_HERE}/policies/shadow",
        action="zt_policy.view",
        handler=shadow,
        body=TriedAsked,
        example={"days": 1},
        summary="What a set would have said to recorded requests; nothing is kept",
        answers=ShadowAnswer,
    ),
    Route(
        method="POST",
        path=f"{_HERE}/policies",
        action="zt_policy.draft",
        handler=hand_in,
        body=HandedIn,
        summary="Hand a set in for another person to approve",
        statuses=(201,),
        answers=ProposalAnswer,
    ),
    Route(
        method="POST",
        path=f"{_HERE}/policies/{{proposal}}/ruling",
        action="zt_policy.approve",
        handler=rule,
        body=RulingAsked,
        summary="Approve, reject, withdraw, restore or review a proposal, as a person",
        answers=ProposalAnswer,
    ),
    Route(
        method="GET",
        path=f"{_HERE}/sessions",
        action="access.view",
        handler=sessions,
        query=SessionsQuery,
        summary="Live sessions of the decision point that runs; null where none does",
        answers=Snapshot | None,
    ),
)
