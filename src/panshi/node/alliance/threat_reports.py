"""Use case: the sector's threat reports and the bulletin for abroad, from what readers may see.

    made = threat_file(node, ThreatAsking(report=ThreatReport.WEEKLY, chinese=True), ThreatForm.PDF)

Each report has a reader: any member for the weekly one, a partner for the quarterly one and the
bulletin. `may_see` is asked for every ticket; what that reader may not see adds nothing, no figure
and no value. A campaign is told from those of its tickets that may be seen, and where they are
fewer than two it is not told. A value leaves for abroad only where two members saw it, so that
what is rare points to nobody. What goes abroad is held to the exchange profile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import assert_never

import msgspec

from panshi.alliance.intelligence.release import may_see
from panshi.alliance.sector.picture import FEWEST, picture
from panshi.alliance.sector.told import Told, ToldCampaign, ToldTicket, ToldValue
from panshi.errors import IntegrityError
from panshi.model.alliance.intelligence import AddStatus, Outcome
from panshi.model.alliance.marking import Reader, ReaderRole
from panshi.model.alliance.member import Member
from panshi.model.alliance.ticket import Category, Severity, Ticket
from panshi.node.alliance.campaigns import CampaignSeen, campaigns_since, warnings_since
from panshi.node.alliance.collections import collection
from panshi.node.alliance.desk import position_at
from panshi.node.alliance.extraction import node_extractor
from panshi.node.alliance.hub import ESTATE, hub_name
from panshi.node.alliance.members import members
from panshi.node.alliance.objects import objects_in, staff
from panshi.node.alliance.tickets import tickets_since
from panshi.node.node import Node
from panshi.node.printing import press
from panshi.report.paper.answers import document_answer
from panshi.report.paper.document import Document, Source
from panshi.report.paper.page import html_page
from panshi.report.threat.facts import CEILINGS, ThreatFacts, ThreatReport, period_of
from panshi.report.threat.paper import threat_paper
from panshi.report.threat.profile import defects
from panshi.report.threat.stix import threat_bundle

PIECE = 1_000
SEVERITIES = tuple(Severity)
MOST_VALUES = 60
ABROAD = 2
"So many members must have seen a value before it leaves for abroad."


class ThreatForm(StrEnum):
    """The files a threat report is written as."""

    PDF = "pdf"
    HTML = "html"
    STIX = "stix"
    DOCX = "docx"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES = {
    ThreatForm.PDF: "application/pdf",
    ThreatForm.HTML: "text/html; charset=utf-8",
    ThreatForm.STIX: "application/stix+json;version=2.1",
    ThreatForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ThreatForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ThreatForm.JSON: "application/json",
}
ENDINGS = {form: form.value for form in ThreatForm} | {ThreatForm.STIX: "stix.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatAsking:
    """Which report somebody asks for."""

    report: ThreatReport
    chinese: bool
    period: str = ""
    "`2026W47`, `2026Q4`, or the last day of a bulletin; the running one without."
    community: str = ""
    "Circle a bulletin is written for; what is marked for that circle alone goes in, too."


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatFile:
    """One file of a threat report."""

    name: str
    content: bytes
    media_type: str
    sha256: str


def threat_facts(node: Node, asking: ThreatAsking) -> ThreatFacts:
    """Gather what a report may tell."""
    now, estate = node.clock(), node.estate(ESTATE)
    period = period_of(asking.report, asking.period, now)
    since = period.begins - (period.ends - period.begins)
    reader = reader_of_report(asking)
    known: dict[str, Member] = {each.id: each for each in members(node)}
    newest = {each.id: each for each in _tickets(node, since)}
    tickets = tuple(
        _ticket(each, known)
        for each in newest.values()
        if each.reported_at >= since and may_see(each.marking, reader)
    )
    campaigns = tuple(_campaigns(node, since, reader, known, asking.report))
    told = Told(
        tickets=tickets,
        campaigns=campaigns,
        warnings=tuple(warnings_since(node, since, {each.id for each in campaigns})),
        members=_sectors(known.values()),
    )
    name = hub_name(node)
    return ThreatFacts(
        report=asking.report,
        period=period,
        made_at=now,
        hub_zh=estate.name_zh or name,
        hub_en=estate.name_en or name,
        hub_id=node.signer.origin,
        demo=estate.demo,
        tlp=CEILINGS[asking.report],
        picture=picture(told, period.begins, period.ends),
        techniques=technique_names(node),
        source=_source(node),
    )


def technique_names(node: Node) -> dict[str, tuple[str, str]]:
    """Give ATT&CK's names, zh-TW and English, of the bundle learned from; it names in English."""
    model = node_extractor(node.home.path).techniques.model
    return {each.id: (each.name, each.name) for each in model.about.techniques} if model else {}


def reader_of_report(asking: ThreatAsking) -> Reader:
    """Give for whom a report is written: the narrowest reader who may get it."""
    match asking.report:
        case ThreatReport.WEEKLY:
            return Reader(member=None, role=ReaderRole.MEMBER)
        case ThreatReport.QUARTERLY | ThreatReport.BULLETIN:
            circles = frozenset({asking.community} if asking.community else ())
            return Reader(member=None, role=ReaderRole.PARTNER, communities=circles)
        case _:
            assert_never(asking.report)


def threat_document(node: Node, asking: ThreatAsking) -> Document:
    """Compose a report."""
    return threat_paper(threat_facts(node, asking), chinese=asking.chinese)


def threat_file(node: Node, asking: ThreatAsking, form: ThreatForm) -> ThreatFile:
    """Write a report in one form."""
    facts = threat_facts(node, asking)
    content = _content(facts, form, chinese=asking.chinese)
    language = "zh-TW" if asking.chinese else "en"
    return ThreatFile(
        name=f"threat-{asking.report}-{facts.period.name}-{language}.{ENDINGS[form]}",
        content=content,
        media_type=MEDIA_TYPES[form],
        sha256=sha256(content).hexdigest(),
    )


def publish(node: Node, asking: ThreatAsking, alias: str, *, actor: str) -> AddStatus:
    """Put a report's objects into a collection of this hub, from which members poll it."""
    made = _bundle(threat_facts(node, asking), chinese=asking.chinese)
    status = objects_in(node, collection(node, alias), made, staff(actor))
    refused = status.of(Outcome.FAILURE)
    if refused:
        raise IntegrityError(
            f"the collection refused {len(refused)} objects: {refused[0].message}",
            place=refused[0].id,
        )
    node.audit(actor, "report.publish", alias, detail=f"{asking.report} {asking.period}".strip())
    return status


def _content(facts: ThreatFacts, form: ThreatForm, *, chinese: bool) -> bytes:
    document = threat_paper(facts, chinese=chinese)
    match form:
        case ThreatForm.PDF:
            return press().pdf(document)
        case ThreatForm.HTML:
            return html_page(document).encode()
        case ThreatForm.STIX:
            return _bundle(facts, chinese=chinese)
        case ThreatForm.DOCX:
            from panshi.report.paper.word import word  # noqa: PLC0415 -- only on demand

            return word(document)
        case ThreatForm.XLSX:
            from panshi.report.paper.workbook import workbook  # noqa: PLC0415 -- only on demand

            return workbook(document)
        case ThreatForm.JSON:
            return msgspec.json.encode(document_answer(document))
        case _:
            assert_never(form)


def _bundle(facts: ThreatFacts, *, chinese: bool) -> bytes:
    """Write the bundle; one for abroad that breaks the profile does not leave."""
    made = threat_bundle(facts, chinese=chinese)
    if facts.report is ThreatReport.BULLETIN and (wrong := defects(made)):
        raise IntegrityError(
            f"the bundle breaks the exchange profile: {wrong[0]}", place=facts.period.name
        )
    return made


# -- gathering ---------------------------------------------------------------------------------


def _tickets(node: Node, since: datetime) -> Iterator[Ticket]:
    """Give every version accepted since, in order; a later one takes an earlier one's place."""
    position = position_at(node, since)
    while found := tickets_since(node, position, PIECE):
        for _place, ticket in found:
            if ticket.category is not Category.TEST:
                yield ticket
        position = found[-1][0]


def _ticket(told: Ticket, known: dict[str, Member]) -> ToldTicket:
    return ToldTicket(
        key=told.id,
        reporter=told.member,
        sector=_sector(told, known),
        severity=told.severity,
        category=told.category,
        reported_at=told.reported_at,
        detected_at=told.detected_at,
        techniques=told.techniques,
        cves=told.cves,
        suppliers=told.suppliers,
    )


def _sector(told: Ticket, known: dict[str, Member]) -> str:
    found = known.get(told.member)
    return found.sector.value if found is not None else ""


def _campaigns(
    node: Node, since: datetime, reader: Reader, known: dict[str, Member], report: ThreatReport
) -> Iterator[ToldCampaign]:
    for seen in campaigns_since(node, since):
        told = [each for each in seen.tickets if may_see(each.marking, reader)]
        if len(told) > 1:
            yield _campaign(seen, told, known, abroad=report is ThreatReport.BULLETIN)


def _campaign(
    seen: CampaignSeen, told: Sequence[Ticket], known: dict[str, Member], *, abroad: bool
) -> ToldCampaign:
    """Tell a campaign from the tickets that may be seen, and from nothing else."""
    return ToldCampaign(
        id=str(seen.number),
        name=seen.label(told),
        first_at=min(each.reported_at for each in told),
        last_at=max(each.reported_at for each in told),
        tickets=len(told),
        reporters=frozenset(each.member for each in told),
        sectors=tuple(sorted({_sector(each, known) for each in told} & _wide(known.values()))),
        severity=max((each.severity for each in told), key=SEVERITIES.index),
        category=Counter(each.category for each in told).most_common(1)[0][0],
        techniques=_in_order(each.techniques for each in told),
        cves=_commonest(each.cves for each in told),
        suppliers=_commonest(each.suppliers for each in told),
        values=tuple(_values(told, ABROAD if abroad else 1)),
    )


def _values(told: Sequence[Ticket], least: int) -> Iterator[ToldValue]:
    """Give the values that two tickets share, those that most members saw first."""
    seen: dict[tuple[str, str], set[str]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for ticket in told:
        for each in dict.fromkeys(ticket.indicators):
            seen.setdefault((each.kind, each.value), set()).add(ticket.member)
            times[each.kind, each.value] += 1
    order = sorted(seen, key=lambda each: (-len(seen[each]), -times[each], each))
    shared = [each for each in order if times[each] > 1 and len(seen[each]) >= least]
    for kind, value in shared[:MOST_VALUES]:
        yield ToldValue(kind=kind, value=value, reporters=len(seen[kind, value]))


def _in_order(named: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Join techniques by their mean place in the order each ticket tells them."""
    places: dict[str, list[float]] = {}
    for each in named:
        for place, technique in enumerate(each):
            places.setdefault(technique, []).append(place / max(len(each) - 1, 1))
    return tuple(sorted(places, key=lambda each: (sum(places[each]) / len(places[each]), each)))


def _commonest(named: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    counted = Counter(name for each in named for name in dict.fromkeys(each))
    return tuple(sorted(counted, key=lambda each: (-counted[each], each)))


def _wide(known: Iterable[Member]) -> set[str]:
    """Give the sectors with so many members that naming one names none of them."""
    return {sector for sector, count in _sectors(known) if count >= FEWEST}


def _sectors(known: Iterable[Member]) -> tuple[tuple[str, int], ...]:
    counted = Counter(each.sector.value for each in known if each.heard)
    return tuple(sorted(counted.items()))


def _source(node: Node) -> Source:
    size = node.log.size()
    return Source(
        estate=ESTATE,
        estate_version=node.estate(ESTATE).version,
        framework="",
        framework_version="",
        origin=node.signer.origin,
        log_size=size,
        log_root=node.log.root(size).hex(),
        keys=tuple(map(str, node.verifier_keys())),
    )
