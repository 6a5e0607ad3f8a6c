"""Threat reports of a hub: every figure as JSON, and as a file in any form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from panshi.api.asked import queried
from panshi.api.exchange import Answered, Asked, attached
from panshi.api.route import Route
from panshi.errors import MissingError
from panshi.node.alliance.hub import check_hub
from panshi.node.alliance.threat_reports import ThreatAsking, ThreatForm, threat_file
from panshi.node.node import Node
from panshi.report.paper.answers import DocumentAnswer
from panshi.report.threat.facts import ThreatReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatQuery:
    """Of when, in which language, for whom."""

    lang: Literal["zh-TW", "en"] = "zh-TW"
    period: Annotated[str, Meta(max_length=20)] = ""
    "`2026W47`, `2026Q4`, or the last day of a bulletin; the running one without it."
    community: Annotated[str, Meta(max_length=40)] = ""
    "Circle a bulletin is written for."


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreatFileQuery:
    """Of when, in which language, for whom, as what."""

    form: ThreatForm = ThreatForm.PDF
    lang: Literal["zh-TW", "en"] = "zh-TW"
    period: Annotated[str, Meta(max_length=20)] = ""
    community: Annotated[str, Meta(max_length=40)] = ""


def figures(node: Node, asked: Asked) -> Answered:
    """Answer every figure of a threat report."""
    return Answered(body=_made(node, asked, queried(asked, ThreatQuery), ThreatForm.JSON).body)


def file(node: Node, asked: Asked) -> Answered:
    """Answer a threat report as a file."""
    query = queried(asked, ThreatFileQuery)
    return _made(node, asked, query, query.form)


def _made(
    node: Node, asked: Asked, query: ThreatQuery | ThreatFileQuery, form: ThreatForm
) -> Answered:
    check_hub(node)
    name = asked.names["threat_report"]
    if name not in set(ThreatReport):
        raise MissingError(
            f"there is no threat report {name[:40]!r}", remedy="one of " + ", ".join(ThreatReport)
        )
    asking = ThreatAsking(
        report=ThreatReport(name),
        chinese=query.lang == "zh-TW",
        period=query.period,
        community=query.community,
    )
    made = threat_file(node, asking, form)
    node.audit(asked.actor, f"report.threat_{name}", made.name, detail=made.sha256)
    return attached(made.content, made.media_type, made.name)


ROUTES = (
    Route(
        method="GET",
        path="/hub/reports/{threat_report}",
        action="soc.report",
        handler=figures,
        query=ThreatQuery,
        answers=DocumentAnswer,
        summary="Every figure of a weekly or quarterly threat report, or of the bulletin",
    ),
    Route(
        method="GET",
        path="/hub/reports/{threat_report}/file",
        action="soc.report",
        handler=file,
        query=ThreatFileQuery,
        media_type="application/octet-stream",
        summary="A threat report as PDF, HTML, STIX bundle, DOCX, XLSX or JSON",
    ),
)
