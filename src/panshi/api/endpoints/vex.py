"""Statements on exploitability: list, propose, decide, receive, trust, ask, export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from panshi.api.asked import body_of, given, queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Route
from panshi.api.texts import Note, Text, Word
from panshi.errors import MissingError
from panshi.model.supply_chain.vex import VexStatus
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.supply_chain.vex import decision, decisions, effective, received, trust, trusts
from panshi.node.supply_chain.vex_answers import (
    VexDecisionAnswer,
    VexDocumentAnswer,
    VexTrustAnswer,
    decision_answer,
    document_answer,
    trust_answer,
)
from panshi.node.supply_chain.vex_desk import Proposed, TrustProposed, VexDesk
from panshi.node.supply_chain.vex_export import exported
from panshi.node.supply_chain.vex_receiving import Receipt, receive
from panshi.protection.supply_chain.vex import Asked as Component
from panshi.protection.supply_chain.vex.proposals import HIGHEST_RANK, MOST
from panshi.protection.supply_chain.vex.steps import AffairState

DOCUMENT = "application/octet-stream"
type Purl = Annotated[str, Meta(min_length=5, max_length=2_000)]
type Brief = Annotated[str, Meta(max_length=2_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsQuery:
    """Which decisions, newest first."""

    state: AffairState | None = None
    vulnerability: Annotated[str, Meta(max_length=120)] = ""
    after: Annotated[str, Meta(max_length=40)] = ""
    "Number of the last one seen; the newest without it."
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionAsked:
    """What the token's person proposes to decide."""

    vulnerability: Word
    purl: Purl
    "With its version where one is meant, without it together with `versions`."
    status: VexStatus
    expires: date
    "Last day on which it counts."
    aliases: Annotated[tuple[Word, ...], Meta(max_length=MOST)] = ()
    versions: Brief = ""
    "A vers range: upgrades are covered only within it."
    system: Brief = ""
    justification: Brief = ""
    impact: Note = ""
    advice: Note = ""
    why: Note = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAsked:
    """Whom the token's person proposes to trust."""

    author: Word
    why: Text
    expires: date
    supplier: Brief = ""
    precedence: Annotated[int, Meta(ge=1, le=HIGHEST_RANK)] = 1
    packages: Annotated[tuple[Word, ...], Meta(max_length=MOST)] = ()
    keys: Annotated[tuple[Annotated[str, Meta(max_length=20_000)], ...], Meta(max_length=MOST)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingAsked:
    """What another person decides."""

    approved: bool
    why: Note = ""
    "Needed where it is refused."


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAsked:
    """Why it ends before its last day."""

    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveQuery:
    """Whose document it is."""

    supplier: Annotated[str, Meta(max_length=200)] = ""
    "Asset id."
    name: Annotated[str, Meta(max_length=200)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentQuery:
    """The component asked about."""

    vulnerability: Word
    purl: Purl
    system: Annotated[str, Meta(max_length=200)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentAnswer:
    """What stands for it today."""

    status: VexStatus | None
    "None where nobody who counts speaks of it; then its advisory stands."
    why: str
    until: date | None
    decision: str
    evidence: str
    contradicted_by: tuple[str, ...]
    not_counted: tuple[str, ...]
    "Who speaks of it and does not count, each with the reason."


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportQuery:
    """In which form."""

    format: Literal["cyclonedx", "openvex"] = "cyclonedx"
    signed: bool = False
    system: Annotated[str, Meta(max_length=200)] = ""


def listed(node: Node, asked: Asked) -> Answered:
    """Answer decisions as the command line does."""
    wanted, today = queried(asked, DecisionsQuery), day_of(node.clock())
    name = wanted.vulnerability.casefold()
    found = [
        each
        for each in decisions(node, asked.names["estate"])
        if wanted.state in {None, each.state(today)}
        and (
            not name
            or name in {each.said.vulnerability.casefold(), *map(str.casefold, each.said.aliases)}
        )
    ]
    numbers = [each.number for each in found]
    begin = numbers.index(wanted.after) + 1 if wanted.after in numbers else 0
    people = _people(asked)
    shown = found[begin : begin + wanted.limit]
    return answered([decision_answer(each, today, people=people) for each in shown])


def one(node: Node, asked: Asked) -> Answered:
    """Answer one decision."""
    return _told(node, asked, _number(asked))


def propose(node: Node, asked: Asked) -> Answered:
    """Seal a proposal."""
    wanted = given(asked, DecisionAsked)
    number = _desk(node, asked).propose(
        Proposed(
            vulnerability=wanted.vulnerability,
            purl=wanted.purl,
            status=wanted.status,
            expires=wanted.expires,
            aliases=tuple(wanted.aliases),
            versions=wanted.versions,
            system=wanted.system,
            justification=wanted.justification,
            impact=wanted.impact,
            advice=wanted.advice,
            why=wanted.why,
        )
    )
    return _told(node, asked, number, status=201)


def rule(node: Node, asked: Asked) -> Answered:
    """Seal an approval or a refusal."""
    wanted, number = given(asked, RulingAsked), _number(asked)
    desk = _desk(node, asked)
    if wanted.approved:
        desk.approve(number, why=wanted.why)
    else:
        desk.refuse(number, why=wanted.why)
    return _told(node, asked, number, status=201)


def end(node: Node, asked: Asked) -> Answered:
    """Seal a withdrawal."""
    number = _number(asked)
    _desk(node, asked).withdraw(number, why=given(asked, EndAsked).why)
    return _told(node, asked, number, status=201)


def trusted(node: Node, asked: Asked) -> Answered:
    """Answer whom two people trust, and whom one proposes to."""
    today, people = day_of(node.clock()), _people(asked)
    found = trusts(node, asked.names["estate"])
    return answered([trust_answer(each, today, people=people) for each in found])


def trusting(node: Node, asked: Asked) -> Answered:
    """Seal a proposal to trust."""
    wanted = given(asked, TrustAsked)
    number = _desk(node, asked).trust(
        TrustProposed(
            author=wanted.author,
            why=wanted.why,
            expires=wanted.expires,
            supplier=wanted.supplier,
            precedence=wanted.precedence,
            packages=tuple(wanted.packages),
            keys=tuple(wanted.keys),
        )
    )
    return _told(node, asked, number, status=201)


def documents(node: Node, asked: Asked) -> Answered:
    """Answer the documents received."""
    return answered([document_answer(each) for each in received(node, asked.names["estate"])])


def take(node: Node, asked: Asked) -> Answered:
    """Receive one document."""
    wanted = queried(asked, ReceiveQuery)
    got = receive(
        node,
        body_of(asked),
        name=wanted.name,
        supplier=wanted.supplier,
        actor=asked.actor,
        estate_id=asked.names["estate"],
    )
    return answered(got, status=201 if got.new else 200)


def stands(node: Node, asked: Asked) -> Answered:
    """Answer what stands for one component today."""
    wanted, today = queried(asked, ComponentQuery), day_of(node.clock())
    statements = effective(node, today, asked.names["estate"])
    component = Component(wanted.purl, system=wanted.system)
    names = (wanted.vulnerability,)
    ruling = statements.rule(names, component, today)
    heard = statements.heard(names, component, today)
    return answered(
        ComponentAnswer(
            status=ruling.status if ruling else None,
            why=ruling.why if ruling else "nobody who counts speaks of it",
            until=ruling.until if ruling else None,
            decision=ruling.voice.number if ruling else "",
            evidence=ruling.voice.evidence if ruling else "",
            contradicted_by=tuple(
                each.number or each.statement.author for each in (ruling.against if ruling else ())
            ),
            not_counted=tuple(
                f"{voice.number or voice.statement.author}: {why}" for voice, why in heard
            ),
        )
    )


def export(node: Node, asked: Asked) -> Answered:
    """Answer decisions in force as a document."""
    wanted = queried(asked, ExportQuery)
    made = exported(
        node,
        wanted.format,
        system=wanted.system,
        signed=wanted.signed,
        estate_id=asked.names["estate"],
    )
    return attached(made.raw, DOCUMENT, f"vex-{made.format}.json")


def _number(asked: Asked) -> str:
    """Give what a step is about: a decision's number where a decision is named, else trust's."""
    key, letters = ("decision", "VEX-") if "decision" in asked.names else ("vex_trust", "VT-")
    number = asked.names[key]
    if not number.startswith(letters):
        raise MissingError(f"there is no {number[:40]!r}", remedy=f"numbers begin with {letters}")
    return number


def _desk(node: Node, asked: Asked) -> VexDesk:
    return VexDesk(node, actor=asked.actor, estate_id=asked.names["estate"])


def _told(node: Node, asked: Asked, number: str, *, status: int = 200) -> Answered:
    estate, today, people = asked.names["estate"], day_of(node.clock()), _people(asked)
    if number.startswith("VT-"):
        return answered(
            trust_answer(trust(node, number, estate), today, people=people), status=status
        )
    return answered(
        decision_answer(decision(node, number, estate), today, people=people), status=status
    )


def _people(asked: Asked) -> bool:
    """Whoever decides has to know who proposed."""
    return asked.may("evidence.personal") or asked.may("vex.approve")


_HERE = "/estates/{estate}/vex"
ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path=f"{_HERE}/decisions",
        action="vex.view",
        handler=listed,
        query=DecisionsQuery,
        answers=tuple[VexDecisionAnswer, ...],
        summary="Decisions on exploitability with state and last day, newest first",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/decisions",
        action="vex.propose",
        handler=propose,
        body=DecisionAsked,
        example={
            "vulnerability": "CVE-2024-34069",
            "purl": "pkg:pypi/werkzeug",
            "versions": "vers:pypi/>=2.2|<3.0.3",
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
            "impact": "the debugger is not installed in production",
            "expires": "2026-12-31",
        },
        answers=VexDecisionAnswer,
        statuses=(201,),
        summary="Propose to say what a vulnerability does here, until a date",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/decisions/{{decision}}",
        action="vex.view",
        handler=one,
        answers=VexDecisionAnswer,
        summary="One decision",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/decisions/{{decision}}/ruling",
        action="vex.approve",
        handler=rule,
        body=RulingAsked,
        answers=VexDecisionAnswer,
        statuses=(201,),
        summary="Approve or refuse what another person proposed",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/decisions/{{decision}}/withdrawal",
        action="vex.propose",
        handler=end,
        body=EndAsked,
        answers=VexDecisionAnswer,
        statuses=(201,),
        summary="End a decision before its last day",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/trust",
        action="vex.view",
        handler=trusted,
        answers=tuple[VexTrustAnswer, ...],
        summary="Authors whose statements two people trust",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/trust",
        action="vex.propose",
        handler=trusting,
        body=TrustAsked,
        answers=VexTrustAnswer,
        statuses=(201,),
        summary="Propose to trust an author’s statements",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/trust/{{vex_trust}}/ruling",
        action="vex.approve",
        handler=rule,
        body=RulingAsked,
        answers=VexTrustAnswer,
        statuses=(201,),
        summary="Approve or refuse trust another person proposed",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/trust/{{vex_trust}}/withdrawal",
        action="vex.propose",
        handler=end,
        body=EndAsked,
        answers=VexTrustAnswer,
        statuses=(201,),
        summary="Trust an author no longer",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/documents",
        action="vex.view",
        handler=documents,
        answers=tuple[VexDocumentAnswer, ...],
        summary="Documents received, and whether what they say counts",
    ),
    Route(
        method="POST",
        path=f"{_HERE}/documents",
        action="vex.import",
        handler=take,
        query=ReceiveQuery,
        takes_body=True,
        answers=Receipt,
        statuses=(200, 201),
        summary="Receive a CSAF, CycloneDX VEX or OpenVEX document",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/standing",
        action="vex.view",
        handler=stands,
        query=ComponentQuery,
        answers=ComponentAnswer,
        summary="What stands for one component today, and what does not count",
    ),
    Route(
        method="GET",
        path=f"{_HERE}/export",
        action="vex.view",
        handler=export,
        query=ExportQuery,
        media_type=DOCUMENT,
        summary="Decisions in force as CycloneDX VEX or OpenVEX, signed where asked",
    ),
)
