"""Decisions, trust, documents and statements in the JSON forms command line and API share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from panshi.model.bodies.vex import SignatureState
from panshi.model.supply_chain.vex import VexStatement, VexStatus
from panshi.node.supply_chain.vex import Decision, Received, Trusted
from panshi.protection.supply_chain.vex.steps import AffairState


@dataclass(frozen=True, slots=True, kw_only=True)
class VexDecisionAnswer:
    """One decision."""

    number: str
    state: AffairState
    counts: bool
    vulnerability: str
    aliases: tuple[str, ...]
    purl: str
    versions: str
    "A vers range; empty where the purl's own version is meant."
    system: str
    status: VexStatus
    justification: str
    impact: str
    advice: str
    expires: date
    days_left: int
    why: str
    proposed_by: str
    "Names of people are empty where the reader may not know them."
    proposed_at: datetime
    approved_by: str
    approved_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    ended_why: str
    adopts: str
    covered: tuple[str, ...]
    "What it covered when it was proposed."
    flaws: tuple[str, ...]
    evidence: str
    "Id of the sealed proposal."


@dataclass(frozen=True, slots=True, kw_only=True)
class VexTrustAnswer:
    """Trust in one author."""

    number: str
    state: AffairState
    author: str
    supplier: str
    precedence: int
    packages: tuple[str, ...]
    keys: tuple[str, ...]
    expires: date
    why: str
    proposed_by: str
    approved_by: str
    flaws: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VexDocumentAnswer:
    """A document received."""

    sha256: str
    format: str
    document_id: str
    author: str
    title: str
    issued: str
    statements: int
    defects: int
    supplier: str
    signature: SignatureState
    signed_by: str
    received_at: datetime
    file: str
    trust: str
    "Number of the trust its author has; empty where nobody trusts them."
    barred: str
    "Why what it says counts for nothing."
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VexStatementAnswer:
    """One statement of a document."""

    vulnerability: str
    status: VexStatus
    products: tuple[str, ...]
    justification: str
    impact: str
    action: str
    issued: str
    place: str


def decision_answer(each: Decision, on: date, *, people: bool = True) -> VexDecisionAnswer:
    """Give one decision; without `people` nobody is named."""
    said = each.said
    state = each.state(on)

    def who(name: str) -> str:
        return name if people else ""

    return VexDecisionAnswer(
        number=each.number,
        state=state,
        counts=state is AffairState.IN_FORCE,
        vulnerability=said.vulnerability,
        aliases=said.aliases,
        purl=said.purl,
        versions=said.versions,
        system=said.system,
        status=said.status or VexStatus.UNDER_INVESTIGATION,
        justification=said.justification,
        impact=said.impact,
        advice=said.advice,
        expires=each.expires,
        days_left=max((each.expires - on).days, 0),
        why=said.why,
        proposed_by=who(said.by),
        proposed_at=each.sealed.observation.observed_at,
        approved_by=who(each.approved_by),
        approved_at=each.approved_at,
        ended_by=who(each.withdrawn_by or each.refused_by),
        ended_at=each.ended_at,
        ended_why=each.ended_why,
        adopts=said.adopts,
        covered=said.covered,
        flaws=(*each.flaws, *filter(None, (each.void,))),
        evidence=each.sealed.id,
    )


def trust_answer(each: Trusted, on: date, *, people: bool = True) -> VexTrustAnswer:
    """Give trust in one author."""
    said = each.said
    return VexTrustAnswer(
        number=each.number,
        state=each.state(on),
        author=said.author,
        supplier=said.supplier,
        precedence=said.precedence,
        packages=said.packages,
        keys=said.keys,
        expires=each.expires,
        why=said.why,
        proposed_by=said.by if people else "",
        approved_by=each.approved_by if people else "",
        flaws=(*each.flaws, *filter(None, (each.void,))),
        evidence=each.sealed.id,
    )


def document_answer(each: Received) -> VexDocumentAnswer:
    """Give a document received."""
    body = each.body
    return VexDocumentAnswer(
        sha256=body.sha256,
        format=f"{body.format} {body.spec_version}".strip(),
        document_id=body.document_id,
        author=body.author,
        title=body.document_title,
        issued=body.issued,
        statements=body.statements,
        defects=body.defects,
        supplier=body.supplier,
        signature=body.signature,
        signed_by=body.signed_by,
        received_at=each.sealed.received_at,
        file=body.file,
        trust=each.trust.number if each.trust else "",
        barred=each.barred,
        evidence=each.sealed.id,
    )


def statement_answers(statements: Iterable[VexStatement]) -> Iterator[VexStatementAnswer]:
    """Give statements as a document makes them."""
    for each in statements:
        yield VexStatementAnswer(
            vulnerability=each.vulnerability,
            status=each.status,
            products=tuple(
                " ".join(filter(None, (one.purl or one.cpe or one.ref, one.versions)))
                for one in each.products[:100]
            ),
            justification=each.justification,
            impact=each.impact,
            action=each.action,
            issued=each.issued,
            place=each.place,
        )
