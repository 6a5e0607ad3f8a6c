"""Before a text is adopted: its impact on today's verdicts, and the burden of evidence."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.governance.norms.burden import Served
from panshi.governance.norms.impact import Effect, Impact
from panshi.model.bodies import KINDS
from panshi.model.control import Framework
from panshi.model.verdict import Status
from panshi.node import norm_impact, norms
from panshi.node.norm_impact import Foreseen
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.norm_words import EFFECTS, title_of
from panshi.web.pages.norms import uploaded
from panshi.web.paging import page_after
from panshi.web.words import pick, say

PER_PAGE = 30
STEPS = 10
"Kinds of evidence to connect next that are named."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One clause before and after."""

    impact: Impact
    title: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of evidence with its clauses per framework."""

    served: Served
    name: str
    connected: bool
    counts: tuple[int, ...]


@action("verdict.view", audited=False)
def impact(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Try out a version of the library, or an uploaded text of which nothing is kept."""
    look = looking(request, estate_id)
    proposals = [
        (each.key, title_of(each))
        for each in norms.norms(node())
        if each.imported and each.format == "panshi"
    ]
    context = look.context | {"proposals": proposals, "text": request.GET.get("text", "")}
    found: Foreseen | None = None
    if request.method == "POST":
        raw, name = uploaded(request)
        found = norm_impact.impact(node(), norm_impact.proposal(raw, file=name), estate_id)
        context["text"] = name
    elif context["text"]:
        found = norm_impact.impact_of(node(), str(context["text"]), estate_id)
    if found is not None:
        context |= _foreseen(request, found)
    return render(request, "pages/norm_impact.html", context)


def _foreseen(request: HttpRequest, found: Foreseen) -> dict[str, object]:
    wanted = request.GET.get("effect", "")
    told = [
        each
        for each in found.outlook.impacts
        if (each.effect == wanted if wanted else each.effect is not Effect.SAME)
    ]
    page, following = told[:200], ""
    if request.method == "GET":
        after = request.GET.get("after", "")
        page, following = page_after(told, after, PER_PAGE, lambda each: each.clause)
    return {
        "found": found,
        "lines": [_line(each, found) for each in page],
        "counts": [(each, pick(EFFECTS[each]), found.outlook.count(each)) for each in Effect],
        "fails": found.outlook.count(Effect.FAILS),
        "unknown": found.outlook.count(Effect.UNKNOWN),
        "no_check": found.outlook.count(Effect.NO_CHECK),
        "items": sum(
            max(each.failing[1] - each.failing[0], 0)
            for each in found.outlook.impacts
            if each.effect is Effect.FAILS
        ),
        "following": following,
        "not_judged": Status.NOT_JUDGED,
    }


def _line(impact: Impact, found: Foreseen) -> Line:
    held: tuple[Framework | None, ...] = (found.proposed, found.in_force)
    control = next(
        (text.by_id[impact.clause] for text in held if text and impact.clause in text.by_id), None
    )
    title = say(control.title_zh, control.title_en) if control else ""
    return Line(impact=impact, title=title, word=pick(EFFECTS[impact.effect]))


@action("framework.view")
def burden(request: HttpRequest) -> HttpResponse:
    """Show which evidence serves which clauses, and what to connect next."""
    found = norm_impact.evidence_burden(node())
    frameworks = tuple(node().library.frameworks.values())
    held = set(found.connected)
    only = request.GET.get("show", "")
    kinds = [
        each
        for each in found.burden.served
        if not only or (each.evidence in held) == (only == "connected")
    ]
    page, following = page_after(
        kinds, request.GET.get("after", ""), PER_PAGE, lambda each: each.evidence
    )
    context = {
        "weight": found,
        "kinds": [_kind(each, frameworks, connected=each.evidence in held) for each in page],
        "frameworks": frameworks,
        "count": len(kinds),
        "following": following,
        "steps": [(step, _name(step.evidence)) for step in found.steps[:STEPS]],
        "busiest": _name(found.burden.served[0].evidence) if found.burden.served else "",
        "most": len(found.burden.served[0].clauses) if found.burden.served else 0,
        "adaptations": [
            control
            for framework in frameworks
            for control in framework.controls
            if "調適建議" in control.notes_zh
        ],
    }
    return render(request, "pages/norm_burden.html", context)


def _kind(served: Served, frameworks: tuple[Framework, ...], *, connected: bool) -> Kind:
    counts = tuple(
        sum(clause.startswith(f"{framework.id}/") for clause in served.clauses)
        for framework in frameworks
    )
    return Kind(served=served, name=_name(served.evidence), connected=connected, counts=counts)


def _name(evidence: str) -> str:
    kind = KINDS.get(evidence)
    if kind is not None:
        return say(kind.title_zh, kind.title_en)
    document = node().library.documents.get(evidence)
    return say(document.title_zh, document.title_en) if document else evidence


urlpatterns = [
    path("norms/burden/", burden, name="norm_burden"),
    path("e/<str:estate_id>/norms/impact/", impact, name="norm_impact"),
]
