"""The portfolio of bills of materials: deliveries by pipelines, systems, findings, reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import Moment, body_of, given, moment, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import Text, Word
from panshi.errors import BadInputError, MissingError
from panshi.node.node import Node
from panshi.node.supply_chain.portfolio import (
    Affected,
    Counts,
    Document,
    Ingested,
    Page,
    affected,
    counts,
    findings,
    forget,
    ingest,
    portfolio,
)
from panshi.node.supply_chain.portfolio.choosing import chosen
from panshi.protection.supply_chain.findings.finding import Sort, State

MOST_BYTES = 64 << 20
"Largest document a pipeline sends; larger ones go by command line."
LONGEST = 500

type Short = Annotated[str, Meta(max_length=LONGEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryQuery:
    """What the document cannot say itself."""

    system: Word
    "Asset id of the system it is for, or its name without `system:`."
    part: Annotated[str, Meta(max_length=100)] = ""
    "Which part of the system, where several documents stand side by side."
    supplier: Annotated[str, Meta(max_length=200)] = ""
    "Asset id of the supplier; the one the estate names where it is empty."
    service: Annotated[str, Meta(max_length=200)] = ""
    "Asset id of a service that rests on it, beside those the estate names."
    again: bool = False
    "Let it stand once more although a newer one does: an older release was put back."


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemsQuery:
    """A page of systems."""

    text: Short = ""
    "A part of the name."
    after: Short = ""
    "Name after which the page begins."
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemDocuments:
    """One system and what was delivered for it."""

    system: str
    stands: tuple[Document, ...]
    "One per part, the newest first."
    history: tuple[Document, ...] = ()
    "Every delivery, the newest first; only where one system was asked for."


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemsAnswer:
    """A page of systems with a document that stands."""

    systems: tuple[SystemDocuments, ...]
    total: int
    next: str
    "Give it as `after`; empty on the last page."


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingsQuery:
    """Which findings, in what order; several values stand apart by commas."""

    state: State = State.OPEN
    sort: Sort = Sort.SSVC
    reverse: bool = False
    after: Short = ""
    "Where the page before ended."
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50
    vulnerability: Short = ""
    package: Short = ""
    "A purl, with or without version, or `ecosystem/name`."
    text: Short = ""
    "A part of the vulnerability's name or of the purl."
    system: Annotated[str, Meta(max_length=20_000)] = ""
    "Asset ids."
    service: Short = ""
    supplier: Short = ""
    status: Short = ""
    "affected, unknown, under_investigation, fixed, not_affected."
    ssvc: Short = ""
    "act, attend, track*, track."
    kev: bool | None = None
    epss: Annotated[float, Meta(ge=0, le=1)] | None = None
    "At least."
    severity: Annotated[float, Meta(ge=0, le=10)] | None = None
    "CVSS base score, at least."
    due: date | None = None
    "Due on this day or before."
    since: Moment = ""
    "First seen then or later."
    until: Moment = ""
    "First seen before."
    critical: bool | None = None
    "Whether a critical service rests on the system."


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetAsked:
    """A system's documents, or one of them, no longer count; the evidence stays."""

    system: Word
    why: Text
    digest: Annotated[str, Meta(max_length=64)] = ""
    "SHA-256 of the one document; empty for all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many documents no longer count."""

    documents: int


def deliver(node: Node, asked: Asked) -> Answered:
    """Take a document in, once."""
    wanted, body = queried(asked, DeliveryQuery), body_of(asked)
    if body.stat().st_size > MOST_BYTES:
        raise BadInputError(
            f"the document is larger than {MOST_BYTES >> 20} MiB",
            remedy="take it in with `panshi sbom ingest`",
        )
    taken = ingest(
        node,
        body,
        system=wanted.system,
        part=wanted.part,
        supplier=wanted.supplier,
        service=wanted.service,
        again=wanted.again,
        actor=asked.actor,
        name="the document",
    )
    return answered(taken, status=201 if taken.new else 200)


def systems(node: Node, asked: Asked) -> Answered:
    """Answer a page of systems."""
    wanted = queried(asked, SystemsQuery)
    view = portfolio(node)
    text = wanted.text.casefold()
    fitting = [each for each in view.systems() if text in each.casefold()]
    rest = [each for each in fitting if each > wanted.after]
    shown = rest[: wanted.limit]
    return answered(
        SystemsAnswer(
            systems=tuple(
                SystemDocuments(system=each, stands=view.standing(each)) for each in shown
            ),
            total=len(fitting),
            next=shown[-1] if len(rest) > len(shown) else "",
        )
    )


def system(node: Node, asked: Asked) -> Answered:
    """Answer one system with every delivery."""
    view, name = portfolio(node), asked.names["asset"]
    history = view.documents(name)
    if not history:
        raise MissingError(f"no document was delivered for {name[:80]}", remedy="GET /sboms")
    return answered(SystemDocuments(system=name, stands=view.standing(name), history=history))


def finding_page(node: Node, asked: Asked) -> Answered:
    """Answer a page of findings."""
    wanted = queried(asked, FindingsQuery)
    filters = chosen(
        state=wanted.state,
        vulnerability=wanted.vulnerability,
        package=wanted.package,
        text=wanted.text,
        systems=wanted.system,
        service=wanted.service,
        supplier=wanted.supplier,
        statuses=wanted.status,
        ssvc=wanted.ssvc,
        kev=wanted.kev,
        epss_at_least=wanted.epss,
        severity_at_least=wanted.severity,
        due_until=wanted.due,
        first_seen_since=moment(wanted.since),
        first_seen_until=moment(wanted.until),
        critical=wanted.critical,
    )
    page = findings(
        node,
        filters=filters,
        sort=wanted.sort,
        reverse=wanted.reverse,
        after=wanted.after,
        limit=wanted.limit,
    )
    return answered(page)


def finding_counts(node: Node, _asked: Asked) -> Answered:
    """Answer how much is open."""
    return answered(counts(node))


def reached(node: Node, asked: Asked) -> Answered:
    """Answer whom a vulnerability reaches."""
    return answered(affected(node, asked.names["vulnerability"]))


def forgotten(node: Node, asked: Asked) -> Answered:
    """Seal that documents no longer count."""
    wanted = given(asked, ForgetAsked)
    count = forget(
        node, system=wanted.system, digest=wanted.digest, why=wanted.why, actor=asked.actor
    )
    return answered(Forgotten(documents=count), status=201)


ROUTES = (
    Route(
        method="POST",
        path="/sboms",
        action="sbom.ingest",
        handler=deliver,
        query=DeliveryQuery,
        takes_body=True,
        summary="Deliver a bill of materials (CycloneDX, SPDX) for a system; the same one once",
        statuses=(200, 201),
        answers=Ingested,
    ),
    Route(
        method="GET",
        path="/sboms",
        action="supply_chain.view",
        handler=systems,
        query=SystemsQuery,
        summary="Systems and the bills that stand for them",
        answers=SystemsAnswer,
    ),
    Route(
        method="GET",
        path="/sboms/{asset:rest}",
        action="supply_chain.view",
        handler=system,
        summary="Every bill delivered for one system",
        answers=SystemDocuments,
    ),
    Route(
        method="POST",
        path="/sbom-forgettings",
        action="sbom.forget",
        handler=forgotten,
        body=ForgetAsked,
        summary="Let bills of a system no longer count; their evidence stays",
        statuses=(201,),
        answers=Forgotten,
        example={"system": "system:core-banking", "why": "delivered for the wrong system"},
    ),
    Route(
        method="GET",
        path="/findings",
        action="supply_chain.view",
        handler=finding_page,
        query=FindingsQuery,
        summary="Vulnerable packages of systems, filtered, in any order, page by page",
        answers=Page,
    ),
    Route(
        method="GET",
        path="/finding-counts",
        action="supply_chain.view",
        handler=finding_counts,
        summary="How many findings are open, by status, decision and system",
        answers=Counts,
    ),
    Route(
        method="GET",
        path="/vulnerabilities/{vulnerability}/systems",
        action="supply_chain.view",
        handler=reached,
        summary="Systems and services a vulnerability or advisory reaches, and who has acted",
        answers=tuple[Affected, ...],
    ),
)
