"""Threat reports at a hub: what there is, a preview with the figures of the files, downloads."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.errors import BadInputError
from panshi.node.alliance.threat_reports import (
    ThreatAsking,
    ThreatForm,
    threat_document,
    threat_file,
)
from panshi.report.threat.facts import CEILINGS, ThreatReport
from panshi.report.threat.paper import TITLES
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.pages.hub_tickets import chosen_of, only_at_a_hub
from panshi.web.pages.reports import LANGUAGES, shown_sections
from panshi.web.words import Pair, chinese, pick

HOLDS: dict[ThreatReport, Pair] = {
    ThreatReport.WEEKLY: (
        "本週事件單、攻擊行動、手法、業別與預警成效；供會員閱讀。",
        "Tickets, campaigns, techniques, sectors and warnings of a week; for members.",
    ),
    ThreatReport.QUARTERLY: (
        "本季趨勢與主要攻擊行動；供社群與夥伴閱讀。",
        "Trend and main campaigns of a quarter; for the community and partners.",
    ),
    ThreatReport.BULLETIN: (
        "可能波及境外的攻擊行動與指標；依交換規格供境外 ISAC 使用。",
        "Campaigns that may reach abroad, with indicators; for foreign ISACs by the profile.",
    ),
}


@action("soc.report")
def reports(request: HttpRequest) -> HttpResponse:
    """List the reports there are."""
    only_at_a_hub()
    offers = [
        (each.value, pick(TITLES[each]), pick(HOLDS[each]), CEILINGS[each].label)
        for each in ThreatReport
    ]
    context = {"offers": offers, "forms": [each.value for each in ThreatForm]}
    return render(request, "pages/hub_reports.html", context | _languages())


@action("soc.report")
def preview(request: HttpRequest, threat_report: str) -> HttpResponse:
    """Show a report as a page."""
    only_at_a_hub()
    asking = _asking(request, threat_report, in_chinese=chinese())
    try:
        document = threat_document(node(), asking)
    except BadInputError as error:
        raise Http404(asking.period) from error
    context = {
        "report": threat_report,
        "document": document,
        "sections": shown_sections(document),
        "period": asking.period,
        "forms": [each.value for each in ThreatForm],
    }
    return render(request, "pages/hub_report.html", context | _languages())


@action("soc.report")
def download(request: HttpRequest, threat_report: str) -> HttpResponse:
    """Give a report as a file; who took which is sealed."""
    only_at_a_hub()
    form = chosen_of(ThreatForm, request.GET.get("form", "pdf"))
    if form is None:
        raise Http404(request.GET.get("form", ""))
    in_chinese = request.GET.get("lang", "zh-TW") != "en"
    asking = _asking(request, threat_report, in_chinese=in_chinese)
    made = threat_file(node(), asking, form)
    actor = request.user.get_username()
    node().audit(actor, f"report.threat_{threat_report}", made.name, detail=made.sha256)
    return HttpResponse(
        made.content,
        content_type=made.media_type,
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )


def _asking(request: HttpRequest, threat_report: str, *, in_chinese: bool) -> ThreatAsking:
    chosen = chosen_of(ThreatReport, threat_report)
    if chosen is None:
        raise Http404(threat_report)
    return ThreatAsking(
        report=chosen, chinese=in_chinese, period=request.GET.get("period", "").strip()[:20]
    )


def _languages() -> dict[str, object]:
    return {"languages": LANGUAGES, "language": "zh-TW" if chinese() else "en"}


urlpatterns = [
    path("hub/reports/", reports, name="hub_reports"),
    path("hub/reports/<str:threat_report>/", preview, name="hub_report"),
    path("hub/reports/<str:threat_report>/file/", download, name="hub_report_file"),
]
