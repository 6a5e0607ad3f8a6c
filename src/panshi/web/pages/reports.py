"""Reports: what there is, a preview with the same figures as the files, downloads, the bundle."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.errors import UsageError
from panshi.node.board_reports import every_report
from panshi.node.bundling import Scope, write_bundle
from panshi.node.quarterly import quarters_known
from panshi.node.reporting import FORMS, MEDIA_TYPES, Asking, Form, Report, compose, rendered
from panshi.node.statements import every_statement
from panshi.report.paper.document import (
    Answer,
    Block,
    Document,
    Facts,
    Gantt,
    Paragraph,
    Points,
    Section,
    Signatures,
    Table,
)
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import chinese

QUARTERS = 8
LANGUAGES = (("zh-TW", "中文"), ("en", "English"))
LARGEST_BUNDLE = 256 << 20
_KINDS = {
    Answer: "answer",
    Facts: "facts",
    Gantt: "gantt",
    Paragraph: "paragraph",
    Points: "points",
    Signatures: "signatures",
    Table: "table",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One report of the list."""

    report: Report
    title_zh: str
    title_en: str
    holds_zh: str
    holds_en: str
    periods: tuple[str, ...]
    "Quarters or numbers to choose from; empty for the report of now."
    there: bool
    "Whether there is one to give."

    @property
    def forms(self) -> tuple[Form, ...]:
        """Files it is offered as; JSON is for programs."""
        return tuple(form for form in FORMS[self.report] if form is not Form.JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A section with its blocks by kind."""

    section: Section
    blocks: tuple[tuple[str, Block], ...]


@action("report.view")
def reports(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List the reports there are."""
    look = looking(request, estate_id)
    context = look.context | {
        "offers": _offers(estate_id),
        "languages": LANGUAGES,
        "language": "zh-TW" if chinese() else "en",
        "frameworks": tuple(node().library.frameworks.values()),
        "may_bundle": may(request, "bundle.view"),
        "may_personal": may(request, "evidence.personal"),
    }
    return render(request, "pages/reports.html", context)


@action("report.view")
def preview(request: HttpRequest, estate_id: str, report: str) -> HttpResponse:
    """Show a report as a page, with the figures of its files."""
    look = looking(request, estate_id)
    offer = _offer(estate_id, report)
    document = compose(node(), _asking(request, estate_id, offer, chinese=chinese()))
    context = look.context | {
        "offer": offer,
        "document": document,
        "sections": shown_sections(document),
        "languages": LANGUAGES,
        "language": "zh-TW" if chinese() else "en",
        "period": request.GET.get("period", ""),
    }
    return render(request, "pages/report.html", context)


def shown_sections(document: Document) -> list[Shown]:
    """Give the sections of a report with their blocks by kind."""
    return [
        Shown(
            section=section,
            blocks=tuple((_KINDS[type(block)], block) for block in section.blocks),
        )
        for section in document.sections
    ]


@action("report.view")
def download(request: HttpRequest, estate_id: str, report: str) -> HttpResponse:
    """Give a report as a file; who took which is sealed."""
    look = looking(request, estate_id)
    offer = _offer(look.estate.id, report)
    form = request.GET.get("form", offer.forms[0])
    if form not in offer.forms:
        raise Http404(form)
    in_chinese = request.GET.get("lang", "zh-TW") != "en"
    document = compose(node(), _asking(request, estate_id, offer, chinese=in_chinese))
    made = rendered(document, Form(form))
    node().audit(request.user.get_username(), f"report.{report}", estate_id, detail=made.sha256)
    return _attached(made.content, MEDIA_TYPES[Form(form)], made.name)


@action("bundle.view")
def bundle(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Give the examiner's bundle; bodies with personal data by duty only."""
    look = looking(request, estate_id)
    asked = request.GET
    scope = Scope(
        framework=asked.get("framework", "zt36"),
        controls=tuple(asked.get("controls", "").replace(",", " ").replace("、", " ").split()),
        estate=look.estate.id,
        chinese=asked.get("lang", "zh-TW") != "en",
        personal=asked.get("personal") == "included" and may(request, "evidence.personal"),
    )
    with tempfile.TemporaryFile() as file:
        write_bundle(node(), file, scope)
        if file.tell() > LARGEST_BUNDLE:
            raise UsageError(
                "the bundle is too large for a browser",
                remedy="name fewer controls, or use `panshi report bundle`",
            )
        file.seek(0)
        content = file.read()
    actor = request.user.get_username()
    node().audit(actor, "report.bundle", scope.framework, detail=sha256(content).hexdigest())
    return _attached(content, "application/zip", f"panshi-{scope.framework}-bundle.zip")


def _asking(request: HttpRequest, estate_id: str, offer: Offer, *, chinese: bool) -> Asking:
    period = request.GET.get("period", "")
    if period and period not in offer.periods:
        raise Http404(period)
    return Asking(
        report=offer.report,
        chinese=chinese,
        estate=estate_id,
        period=period or next(iter(offer.periods), ""),
    )


def _offer(estate_id: str, report: str) -> Offer:
    found = next((each for each in _offers(estate_id) if each.report == report), None)
    if found is None or not found.there:
        raise Http404(report)
    return found


def _offers(estate_id: str) -> tuple[Offer, ...]:
    quarters = tuple(map(str, quarters_known(node(), estate_id, QUARTERS)))
    stated = [each.body.number for each in every_statement(node(), estate_id) if not each.void]
    reported = [each.number for each in every_report(node(), estate_id)]
    return (
        Offer(
            report=Report.BOARD,
            title_zh="董事會報告",
            title_en="Board pack",
            holds_zh="級別與差距、未通過與原因、例外、最省的路、指標、待決事項、未觀測之處；八頁以內。",
            holds_en="Stage and gap, what fails and why, exceptions, the cheapest path, "
            "indicators, what to decide, what is unseen; eight pages at most.",
            periods=(),
            there=True,
        ),
        Offer(
            report=Report.QUARTERLY,
            title_zh="季報",
            title_en="Quarterly return",
            holds_zh="季末級別、指標（凍結值）、例外、檢討決議與追蹤。",
            holds_en="Stage at its end, frozen indicators, exceptions, decisions and actions.",
            periods=quarters,
            there=bool(quarters),
        ),
        Offer(
            report=Report.STATEMENT,
            title_zh="年度聲明書",
            title_en="Yearly statement",
            holds_zh="遵循或未遵循之聲明、改善措施與期限、簽署。",
            holds_en="Compliance or acknowledged non-compliance, remedies with dates, signatures.",
            periods=tuple(reversed(stated)),
            there=bool(stated),
        ),
        Offer(
            report=Report.YEARLY,
            title_zh="資安長年度報告",
            title_en="The CISO's yearly report",
            holds_zh="六項內容與責任、權限、資源；可編輯。",
            holds_en="The six contents, responsibility, authority and resources; to be edited.",
            periods=tuple(reversed(reported)),
            there=bool(reported),
        ),
    )


def _attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


urlpatterns = [
    path("e/<str:estate_id>/reports/", reports, name="reports"),
    path("e/<str:estate_id>/reports/bundle/", bundle, name="report_bundle"),
    path("e/<str:estate_id>/reports/<str:report>/", preview, name="report"),
    path("e/<str:estate_id>/reports/<str:report>/file/", download, name="report_file"),
]
