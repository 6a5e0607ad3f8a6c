"""Business impact: every service, one of them with its curves, and what cannot all be true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import MissingError, PanshiError
from panshi.governance.persons import pair_defect
from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.resilience.graph import Layer
from panshi.model.resilience.plan import ImpactEntry, PlannedLayer, RecoveryNeed
from panshi.node.resilience.impact import (
    Checked,
    ImpactDesk,
    ImpactPreview,
    ServiceImpact,
    checked,
    exported,
    register,
    shown,
    template,
)
from panshi.report.continuity_words import CONTRADICTIONS, LAYERS, STATES, explained
from panshi.resilience.impact.analyses import Analysis, AnalysisState
from panshi.resilience.impact.contradictions import Contradiction, ContradictionKind
from panshi.web.gate import action, may
from panshi.web.impact_pictures import harms_of
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.refusing import tried
from panshi.web.uploads import keep, throw_away
from panshi.web.words import chinese, pick, say

PER_PAGE = 40
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES = {"analyses": exported, "questions": template}
MARKS = {
    AnalysisState.PROPOSED: "stale_pass",
    AnalysisState.IN_FORCE: "passing",
    AnalysisState.LAPSED: "stale_fail",
    AnalysisState.REFUSED: "failing",
    AnalysisState.REPLACED: "unseen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One contradiction as pages show it."""

    one: Contradiction
    key: str
    kind: str
    said: str
    ways: tuple[tuple[tuple[str, str], ...], ...]
    "Each way as (id, name) from what breaks to what it breaks on."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One analysis as pages show it."""

    one: Analysis
    word: str
    mark: str


@action("continuity.view")
def every(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer how many critical services are analysed; then each with targets and state."""
    look = looking(request, estate_id)
    rows = register(node(), estate_id)
    critical = [each for each in rows if each.critical]
    text = request.GET.get("q", "").strip().casefold()
    wanted = request.GET.get("state", "")
    sought = [
        each
        for each in rows
        if text in f"{each.service.id} {each.service.name}".casefold()
        and wanted in {"", each.state or "none"}
    ]
    after = request.GET.get("after", "")
    kept, following = page_after(sought, after, PER_PAGE, lambda each: each.service.id)
    context = look.context | {
        "rows": [(each, _state(each), _mark(each)) for each in kept],
        "following": following,
        "count": len(sought),
        "critical": len(critical),
        "analysed": sum(each.state is AnalysisState.IN_FORCE for each in critical),
        "waiting": sum(each.waiting is not None for each in rows),
        "contradictions": len(checked(node(), estate_id).found),
        "states": [(each.value, pick(STATES[each])) for each in AnalysisState]
        + [("none", say("未分析", "not analysed"))],
        "wanted": wanted,
        "may_propose": may(request, "continuity.propose"),
        "sees_people": may(request, "evidence.personal"),
    }
    return render(request, "pages/continuity_impact.html", context)


@action("continuity.view")
def one(request: HttpRequest, estate_id: str, service: str) -> HttpResponse:
    """Show one service: harm over time, targets, needs, layers, contradictions, history."""
    look = looking(request, estate_id)
    try:
        found = shown(node(), service, estate_id)
    except MissingError as error:
        raise Http404(service) from error
    row, person = found.row, request.user.get_username()
    # what waits is shown to whoever decides on it, in place of what is in force
    analysis = row.waiting if request.GET.get("of") == "waiting" else None
    analysis = analysis or row.shown
    entry = analysis.entry if analysis is not None else None
    apart = row.waiting is not None and not pair_defect(person, row.waiting.proposed_by)
    decides = row.waiting is not None and may(request, "continuity.approve")
    context = look.context | {
        "row": row,
        "one": _told(analysis, found.day) if analysis is not None else None,
        "entry": entry,
        "shows_waiting": analysis is not None and analysis is row.waiting,
        "harms": harms_of(entry) if entry is not None else (),
        "layers": _layers(entry, row, found.checked) if entry is not None else (),
        "lines": _lines(row.contradictions, found.checked),
        "after": _lines(_new(found.if_approved, row), found.checked),
        "healed": len(_gone(found.if_approved, row)),
        "history": [_told(each, found.day) for each in found.history],
        "may_decide": decides and apart,
        "own": decides and not apart,
        "sees_people": may(request, "evidence.personal") or decides,
        "named": _named(entry, found.checked) if entry is not None else (),
    }
    return render(request, "pages/continuity_service.html", context)


@action("continuity.view")
def contradicting(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer what cannot all be true, each with its way through the graph."""
    look = looking(request, estate_id)
    found = checked(node(), estate_id)
    counts = Counter(each.kind for each in found.found)
    kind, of = request.GET.get("kind", ""), request.GET.get("of", "")
    kept = [each for each in found.found if kind in {"", each.kind} and of in {"", each.subject}]
    after = request.GET.get("after", "")
    page, following = page_after(kept, after, PER_PAGE, _key)
    context = look.context | {
        "lines": _lines(page, found),
        "following": following,
        "count": len(kept),
        "total": len(found.found),
        "nodes": len(found.graph.nodes),
        "subjects": len({each.subject for each in found.found}),
        "kinds": [
            (each.value, pick(CONTRADICTIONS[each]), counts[each])
            for each in ContradictionKind
            if counts[each]
        ],
        "services": [(each.id, each.name_zh) for each in found.graph.services],
        "kind": kind,
        "of": of,
    }
    return render(request, "pages/continuity_contradictions.html", context)


@require_POST
@action("continuity.approve", audited=False)
def decide(request: HttpRequest, estate_id: str, service: str) -> HttpResponse:
    """Approve or refuse what waits."""
    approve = request.POST.get("ruling") == "approve"
    desk = ImpactDesk(node(), actor=request.user.get_username(), estate_id=estate_id)
    ruling = ImpactRuling.APPROVE if approve else ImpactRuling.REFUSE
    proposal = request.POST.get("proposal", "")[:40]
    tried(
        request,
        lambda: desk.decide(proposal, ruling, why=request.POST.get("why", "")[:4000]),
        say("已核准並封存。", "Approved and sealed.")
        if approve
        else say("不核准，已封存。", "Refused and sealed."),
    )
    return redirect("continuity_service", estate_id, service)


@require_POST
@action("continuity.propose", audited=False)
def taken_in(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Preview a workbook of interviews, or propose what it holds; all or nothing."""
    uploaded = request.FILES.get("file")
    if uploaded is None or isinstance(uploaded, list):
        messages.error(request, say("請選擇檔案。", "Choose a file."))
        return redirect("continuity_impact", estate_id)
    commit = request.POST.get("commit") == "yes"
    desk = ImpactDesk(node(), actor=request.user.get_username(), estate_id=estate_id)
    file = keep(uploaded, request.session.session_key or "")
    try:
        found = desk.taken_in(file.path, commit=commit)
    except PanshiError as error:
        place = error.place.removeprefix(f"{file.path.parent}/")
        messages.error(request, f"{place}: {error.problem}" if place else error.problem)
    else:
        messages.success(request, _preview(found, commit=commit))
    finally:
        throw_away(file)
    return redirect("continuity_impact", estate_id)


@action("continuity.view")
def written(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Give what is in force, or the questions, as a workbook."""
    looking(request, estate_id)
    make = FILES.get(name)
    if make is None or (name == "analyses" and not may(request, "evidence.personal")):
        raise Http404(name)
    disposition = f'attachment; filename="{name}.xlsx"'
    return HttpResponse(
        make(node(), estate_id),
        content_type=SHEET,
        headers={"Content-Disposition": disposition},
    )


def _state(row: ServiceImpact) -> str:
    return pick(STATES[row.state]) if row.state else say("未分析", "not analysed")


def _mark(row: ServiceImpact) -> str:
    return MARKS[row.state] if row.state else ("failing" if row.critical else "unseen")


def _told(analysis: Analysis, day: date) -> Told:
    state = analysis.state(day)
    return Told(one=analysis, word=pick(STATES[state]), mark=MARKS[state])


def _layers(
    entry: ImpactEntry, row: ServiceImpact, check: Checked
) -> Iterator[tuple[PlannedLayer, str, Layer | None, bool]]:
    """Yield each planned layer, its kind in words, how the graph has it, whether a drill failed."""
    known = {str(each.id): each for each in check.graph.layers}
    failed = {
        str(each.other)
        for each in row.contradictions
        if each.kind is ContradictionKind.LAYER_UNDRILLED and each.evidence
    }
    for layer in entry.layers:
        name = f"layer:{layer.id}"
        yield layer, pick(LAYERS[layer.kind]), known.get(name), name in failed


def _named(entry: ImpactEntry, check: Checked) -> tuple[tuple[RecoveryNeed, tuple[str, ...]], ...]:
    return tuple((need, tuple(map(check.name, need.assets))) for need in entry.needs)


def _lines(found: tuple[Contradiction, ...] | list[Contradiction], check: Checked) -> list[Line]:
    return [
        Line(
            one=each,
            key=_key(each),
            kind=pick(CONTRADICTIONS[each.kind]),
            said=explained(each, check.name, chinese=chinese()),
            ways=tuple(
                tuple((node_id, check.name(node_id)) for node_id in way)
                for way in (each.path, *each.ways)
                if len(way) > 1
            ),
        )
        for each in found
    ]


def _key(each: Contradiction) -> str:
    return f"{each.kind}|{each.subject}|{each.other or ''}"


def _new(after: tuple[Contradiction, ...] | None, row: ServiceImpact) -> tuple[Contradiction, ...]:
    """Give what would contradict that does not now."""
    now = {_key(each) for each in row.contradictions}
    return tuple(each for each in after or () if _key(each) not in now)


def _gone(after: tuple[Contradiction, ...] | None, row: ServiceImpact) -> tuple[Contradiction, ...]:
    """Give what contradicts now and would not any more."""
    if after is None:
        return ()
    then = {_key(each) for each in after}
    return tuple(each for each in row.contradictions if _key(each) not in then)


def _preview(found: ImpactPreview, *, commit: bool) -> str:
    return say(
        "{}提出 {} 份新分析、{} 份變更，{} 份不變；若全數核准，有 {} 處矛盾。",
        "{}{} new and {} changed analyses, {} unchanged; were all approved, {} contradictions.",
    ).format(
        say("已", "Proposed: ")
        if commit
        else say("預覽，尚未封存。將", "Preview, nothing sealed: "),
        len(found.added),
        len(found.changed),
        found.unchanged,
        len(found.contradictions),
    )


_HERE = "e/<str:estate_id>/continuity"
urlpatterns = [
    path(f"{_HERE}/impact/", every, name="continuity_impact"),
    path(f"{_HERE}/impact/import/", taken_in, name="continuity_import"),
    path(f"{_HERE}/impact/file/<str:name>.xlsx", written, name="continuity_file"),
    path(f"{_HERE}/impact/<str:service>/", one, name="continuity_service"),
    path(f"{_HERE}/impact/<str:service>/ruling/", decide, name="continuity_decide"),
    path(f"{_HERE}/contradictions/", contradicting, name="continuity_contradictions"),
]
