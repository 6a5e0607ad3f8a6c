"""Reports: as JSON with every figure, as PDF, DOCX and XLSX, and the examiner's bundle."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Literal

from msgspec import Meta

from panshi.api.asked import Moment, moment, queried
from panshi.api.exchange import Answered, Asked, attached
from panshi.api.route import Handler, Route
from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.node.bundling import Scope, write_bundle
from panshi.node.node import Node
from panshi.node.reporting import FORMS, MEDIA_TYPES, Asking, Form, Report, compose, rendered
from panshi.report.paper.answers import DocumentAnswer

MOST_BYTES = 256 << 20
MOST_CONTROLS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportQuery:
    """What a report speaks of, and in which language."""

    lang: Literal["zh-TW", "en"] = "zh-TW"
    framework: Annotated[str, Meta(max_length=200)] = "zt36"
    estate: Annotated[str, Meta(max_length=200)] = ""
    "Id of an estate; the first without it."
    as_of: Moment = ""
    "Of the board pack; the others speak of a period."
    period: Annotated[str, Meta(max_length=20)] = ""
    "Quarter of a return, number of a statement or yearly report; the newest without it."


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleQuery:
    """What a bundle is made of."""

    lang: Literal["zh-TW", "en"] = "zh-TW"
    "Language of the report inside."
    framework: Annotated[str, Meta(max_length=200)] = "zt36"
    controls: Annotated[str, Meta(max_length=8_000)] = ""
    "Ids of controls, with commas; all without it."
    estate: Annotated[str, Meta(max_length=200)] = ""
    "Id of an estate; the first without it."
    as_of: Moment = ""
    personal: Literal["withheld", "included"] = "withheld"
    "Bodies that may hold personal data; included for roles that may read them."


def _report(node: Node, asked: Asked, form: Form) -> Answered:
    name = asked.names["report"]
    if name not in set(Report) or form not in FORMS[Report(name)]:
        raise MissingError(
            f"there is no report {name[:40]!r} as {form}", remedy="reports: " + ", ".join(Report)
        )
    query = queried(asked, ReportQuery)
    document = compose(
        node,
        Asking(
            report=Report(name),
            chinese=query.lang == "zh-TW",
            estate=query.estate or None,
            framework=query.framework,
            as_of=moment(query.as_of),
            period=query.period,
        ),
    )
    made = rendered(document, form)
    node.audit(asked.actor, f"report.{name}", document.source.estate, detail=made.sha256)
    if form is Form.JSON:
        return Answered(body=made.content)
    return attached(made.content, made.media_type, made.name)


def figures(node: Node, asked: Asked) -> Answered:
    """Answer every figure of a report, with its value and as it is shown."""
    return _report(node, asked, Form.JSON)


def pdf(node: Node, asked: Asked) -> Answered:
    """Answer a report as PDF/A."""
    return _report(node, asked, Form.PDF)


def docx(node: Node, asked: Asked) -> Answered:
    """Answer a report as DOCX."""
    return _report(node, asked, Form.DOCX)


def xlsx(node: Node, asked: Asked) -> Answered:
    """Answer a report as XLSX."""
    return _report(node, asked, Form.XLSX)


def bundle(node: Node, asked: Asked) -> Answered:
    """Answer the examiner's bundle."""
    query = queried(asked, BundleQuery)
    personal = query.personal == "included"
    if personal and not asked.may("evidence.personal"):
        raise ForbiddenError(
            "bodies with personal data are not for this role", remedy="leave personal out"
        )
    scope = Scope(
        framework=query.framework,
        controls=tuple(each for each in query.controls.split(",") if each)[:MOST_CONTROLS],
        estate=query.estate or None,
        as_of=moment(query.as_of),
        chinese=query.lang == "zh-TW",
        personal=personal,
    )
    with tempfile.TemporaryFile() as file:
        write_bundle(node, file, scope)
        if file.tell() > MOST_BYTES:
            raise UsageError(
                "the bundle is too large for one answer",
                remedy="name fewer controls, or use `panshi report bundle`",
            )
        file.seek(0)
        content = file.read()
    node.audit(asked.actor, "report.bundle", scope.framework, detail=sha256(content).hexdigest())
    return attached(content, "application/zip", f"panshi-{scope.framework}-bundle.zip")


def _file(form: Form, handler: Handler, summary: str) -> Route:
    return Route(
        method="GET",
        path=f"/reports/{{report}}/{form}",
        action="report.view",
        handler=handler,
        query=ReportQuery,
        media_type=MEDIA_TYPES[form],
        summary=summary,
    )


ROUTES = (
    Route(
        method="GET",
        path="/reports/bundle",
        action="bundle.view",
        handler=bundle,
        query=BundleQuery,
        media_type="application/zip",
        summary="The examiner's bundle: report, data, proofs and their verifier",
    ),
    Route(
        method="GET",
        path="/reports/{report}",
        action="report.view",
        handler=figures,
        query=ReportQuery,
        answers=DocumentAnswer,
        summary="Every figure of a report",
    ),
    _file(Form.PDF, pdf, "A report as PDF/A-2 and PDF/UA"),
    _file(Form.DOCX, docx, "A report as DOCX"),
    _file(Form.XLSX, xlsx, "A report as XLSX"),
)
