"""The zero-trust wizard: facts, fields, scores, funnel, decision, roadmap; one system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from panshi.errors import PanshiError, UsageError
from panshi.model.asset import AssetKind
from panshi.model.attributes import ATTRIBUTES, Attribute, AttributeType
from panshi.model.bodies.zero_trust_scope import Choice
from panshi.node.zero_trust.scope import ScopeSeen, scoped
from panshi.node.zero_trust.scope_paper import gap_of
from panshi.protection.zero_trust.scope.facts import Field
from panshi.protection.zero_trust.scope.fields import Standing
from panshi.protection.zero_trust.scope.readings import values_of
from panshi.protection.zero_trust.scope.scoping import SystemScope
from panshi.report.zero_trust_scope.gap_words import gap_sentence, milestone_sentence
from panshi.report.zero_trust_scope.people import without_people
from panshi.report.zero_trust_scope.words import STEPS, field_name, headline
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.pages import zero_trust_scope_steps
from panshi.web.pages.zero_trust_scope_steps import FORMS, fitting
from panshi.web.path_pictures import gantt
from panshi.web.scope_pictures import funnels, scatter
from panshi.web.words import chinese, pick, say

PER_PAGE = 30
RECENT = 5
WIZARD = (
    ("zt_scope_facts", ("事實", "Facts")),
    ("zt_scope_fields", ("場域", "Fields")),
    ("zt_scope_scores", ("風險與衝擊", "Risk and impact")),
    ("zt_scope", ("篩選", "Funnel")),
    ("zt_scope_choice", ("決定", "Decision")),
    ("zt_scope_roadmap", ("路線", "Roadmap")),
)
"Steps of the wizard: address and name, in order."
YES_NO = (("true", ("是", "yes")), ("false", ("否", "no")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One step of the wizard."""

    number: int
    name: str
    url: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One fact to answer, with the control it is answered by."""

    fact: str
    kind: str
    "`choice`, `many` or `number`."
    choices: tuple[tuple[str, str], ...]
    systems: tuple[str, ...]


def _seen(request: HttpRequest, estate_id: str, view: str) -> tuple[ScopeSeen, dict[str, object]]:
    """Judge the scope, and give what every step of the wizard shows."""
    look = looking(request, estate_id)
    seen = scoped(node(), estate_id)
    if not may(request, "evidence.personal"):
        seen = replace(seen, scope=without_people(seen.scope))
    steps = [
        Place(
            number=number,
            name=pick(name),
            url=reverse(address, args=[estate_id]),
            here=address == view,
        )
        for number, (address, name) in enumerate(WIZARD, start=1)
    ]
    at = next((each.number for each in steps if each.here), 0)
    context = look.context | {
        "scope": seen.scope,
        "as_of": seen.as_of,
        "steps": steps,
        "next_step": steps[at] if 0 < at < len(steps) else None,
        "names": {str(field): field_name(field, chinese=chinese()) for field in Field},
        "can_answer": may(request, "scope.answer"),
        "can_decide": may(request, "scope.decide"),
        "can_label": may(request, "estate.change"),
        "sees_people": may(request, "evidence.personal"),
        "forms": FORMS,
    }
    return seen, context


# -- step 1: facts ------------------------------------------------------------------------------


@action("scope.view")
def facts(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what is not known, and ask one fact for many systems at once."""
    seen, context = _seen(request, estate_id, "zt_scope_facts")
    asks = seen.scope.asks
    chosen = request.GET.get("fact", "")
    fact = chosen if chosen in asks else next(iter(asks), "")
    missing = set(asks.get(fact, ()))
    rows = [each for each in _matching(request, seen.scope.systems) if each.system.id in missing]
    page, following = _page(request, rows)
    answers = [each for each in reversed(seen.scope.said.answers) if not each.withdrawn_by]
    open_ = sum(bool(each.asks) for each in seen.scope.systems)
    context |= {
        "sentence": _asking(seen, open_),
        "asks": [(name, len(systems)) for name, systems in asks.items()],
        "asked": _question(fact, tuple(each.system.id for each in rows)) if fact else None,
        "rows": page,
        "count": len(rows),
        "following": following,
        "q": request.GET.get("q", ""),
        "criticality": request.GET.get("criticality", ""),
        "criticalities": ATTRIBUTES[AssetKind.SYSTEM]["criticality"].choices,
        "recent": answers[:RECENT],
        "answered": len(answers),
    }
    return render(request, "pages/zt_scope_facts.html", context)


def _asking(seen: ScopeSeen, open_: int) -> str:
    total, kinds = len(seen.scope.systems), len(seen.scope.asks)
    if not open_:
        return say(
            "{} 個系統所需的事實均已知，沒有待答問題。", "Every fact of the {} systems is known."
        ).format(total)
    return say(
        "{} 個系統中 {} 個仍有事實未知，共 {} 種問題；未答即未知，不當作「否」。",
        "Facts are missing of {1} of {0} systems, {2} kinds of question; what is not answered is "
        "never a no.",
    ).format(total, open_, kinds)


def _question(fact: str, systems: tuple[str, ...]) -> Asked:
    attribute: Attribute = ATTRIBUTES[AssetKind.SYSTEM][fact]
    choices = tuple((each.value, pick((each.zh, each.en))) for each in attribute.choices)
    match attribute.type:
        case AttributeType.YES_NO:
            kind, choices = "choice", tuple((value, pick(word)) for value, word in YES_NO)
        case AttributeType.MANY:
            kind = "many"
        case AttributeType.TEXT:
            kind = "choice"
        case _:
            kind = "number"
    return Asked(fact=fact, kind=kind, choices=choices, systems=systems)


# -- step 2: fields -----------------------------------------------------------------------------


@action("scope.view")
def fields(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the fields of every system, or one field with its reasons."""
    seen, context = _seen(request, estate_id, "zt_scope_fields")
    field = _field_of(request)
    standing = request.GET.get("standing", "")
    rows = [
        each
        for each in _matching(request, seen.scope.systems)
        if not field
        or (
            each.fields[field].finding.standing == standing
            if standing
            else each.fields[field].finding.standing is not Standing.OUT
        )
    ]
    page, following = _page(request, rows)
    inside = sum(bool(each.in_fields) for each in seen.scope.systems)
    unknown = sum(
        any(found.finding.standing is Standing.UNKNOWN for found in each.fields.values())
        for each in seen.scope.systems
    )
    context |= {
        "sentence": say(
            "{} 個系統中 {} 個至少屬於一個場域，{} 個還有場域無法判定。",
            "{1} of {0} systems are in a field; of {2} a field cannot be told yet.",
        ).format(len(seen.scope.systems), inside, unknown),
        "tabs": [
            (each.field, field_name(each.field, chinese=chinese()), each.applicable)
            for each in seen.scope.funnel
        ],
        "of": field,
        "standing": standing,
        "standings": _counted(seen.scope.systems, field) if field else [],
        "rows": [(each, [each.fields[one] for one in Field]) for each in page],
        "page": [(each, each.fields[field] if field else None) for each in page],
        "count": len(rows),
        "following": following,
        "q": request.GET.get("q", ""),
    }
    return render(request, "pages/zt_scope_fields.html", context)


def _counted(systems: Sequence[SystemScope], field: Field) -> list[tuple[Standing, int]]:
    counts = Counter(each.fields[field].finding.standing for each in systems)
    return [(standing, counts[standing]) for standing in Standing]


# -- step 3: scores -----------------------------------------------------------------------------


@action("scope.view")
def scores(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show risk against impact of one field, as a picture and as a table."""
    seen, context = _seen(request, estate_id, "zt_scope_scores")
    first = next((each.field for each in seen.scope.funnel if each.applicable), Field.REMOTE_WORK)
    field = _field_of(request) or first
    inside = [each for each in seen.scope.systems if field in each.in_fields]
    inside.sort(key=lambda each: (-each.fields[field].risk.low, each.system.id))
    page, following = _page(request, inside)
    readings = seen.scope.readings
    settled = [
        each
        for each in inside
        if each.fields[field].risk.value is not None and each.fields[field].impact.value is not None
    ]
    begin = sum(
        each.fields[field].risk.low >= readings.risk_cutoff
        and each.fields[field].impact.high <= readings.impact_cutoff
        for each in settled
    )
    context |= {
        "sentence": say(
            "{}場域有 {} 個系統，{} 個的十一項評分齊備，其中 {} 個位於高風險、低衝擊象限。",
            "{}: {} systems, {} with all eleven scores, {} of those high risk and low impact.",
        ).format(field_name(field, chinese=chinese()), len(inside), len(settled), begin),
        "tabs": [
            (each.field, field_name(each.field, chinese=chinese()), each.applicable)
            for each in seen.scope.funnel
        ],
        "of": field,
        "picture": scatter(inside, field, readings) if inside else None,
        "rows": [(each, each.fields[field]) for each in page],
        "count": len(inside),
        "following": following,
        "readings": readings,
        "factors": ("R1", "R2", "R3", "R4", "R5", "R6", "I1", "I2", "I3", "I4", "I5"),
    }
    return render(request, "pages/zt_scope_scores.html", context)


# -- step 4: funnel -----------------------------------------------------------------------------


@action("scope.view")
def funnel(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the three steps of each field."""
    seen, context = _seen(request, estate_id, "zt_scope")
    values = values_of(seen.scope.readings)
    context |= {
        "sentence": headline(seen.scope, chinese=chinese()),
        "picture": funnels(seen.scope.funnel),
        "step_names": [pick(each) for each in STEPS],
        "readings": [
            (spec, values[spec.name]) for spec in node().library.parameters if spec.name in values
        ],
        "clashes": [each for each in seen.scope.systems if each.facts.clashes],
    }
    return render(request, "pages/zt_scope.html", context)


# -- step 5: decision ---------------------------------------------------------------------------


@action("scope.view")
def choice(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what is chosen, and let somebody decide otherwise."""
    seen, context = _seen(request, estate_id, "zt_scope_choice")
    chosen = list(seen.scope.chosen_systems)
    page, following = _page(request, chosen)
    context |= {
        "sentence": headline(seen.scope, chinese=chinese()),
        "rows": page,
        "count": len(chosen),
        "following": following,
        "choices": tuple(Choice),
        "decisions": [
            (field, system, each) for (field, system), each in seen.scope.said.decisions.items()
        ],
    }
    return render(request, "pages/zt_scope_choice.html", context)


# -- step 6: roadmap ----------------------------------------------------------------------------


@action("scope.view")
def roadmap(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what chosen fields lack and the stages planned."""
    seen, context = _seen(request, estate_id, "zt_scope_roadmap")
    refused: PanshiError | None = None
    wanted = request.GET.get("targets", "")
    try:
        gaps, steps = gap_of(node(), seen, targets_text=wanted)
    except UsageError as error:
        refused = error
        gaps, steps = gap_of(node(), seen)
    plans = [each.plan for each in steps if each.plan and each.plan.projects]
    sentences = [milestone_sentence(each, chinese=chinese()) for each in steps]
    unlabelled = any(not each.labelled for each in gaps)
    controls = [line.control for line in gaps[0].lines] if gaps else []
    context |= {
        "sentence": sentences[0]
        if sentences
        else say("尚無先行場域可規劃。", "No chosen field to plan for yet."),
        "refused": refused,
        "targets": wanted or ",".join(f"{_numeral(each.stage)}={each.by}" for each in steps),
        "milestones": list(zip(steps, sentences, strict=True)),
        "gaps": [(each, gap_sentence(each, chinese=chinese())) for each in gaps],
        "lines": [
            (control, [each.lines[at] for each in gaps]) for at, control in enumerate(controls)
        ],
        "gantt": gantt(plans[-1]) if plans else None,
        "plan": plans[-1] if plans else None,
        "unlabelled": unlabelled,
    }
    return render(request, "pages/zt_scope_roadmap.html", context, status=422 if refused else 200)


def _numeral(stage: int) -> str:
    return ("", "I", "II", "III", "IV")[stage]


# -- one system, and the sheet ------------------------------------------------------------------


@action("scope.view")
def system(request: HttpRequest, estate_id: str, system_id: str) -> HttpResponse:
    """Show everything about one system: fields, reasons, scores, facts with their sources."""
    seen, context = _seen(request, estate_id, "")
    found = next((each for each in seen.scope.systems if each.system.id == system_id), None)
    if found is None:
        raise Http404(system_id)
    names = [field_name(field, chinese=chinese()) for field in found.in_fields]
    said = found.asks or found.refines
    nowhere = say("任何場域皆不能確定", "no field for sure")
    context |= {
        "found": found,
        "sentence": say("{}屬於{}；{}。", "{}: {}; {}.").format(
            found.system.name,
            say("、", ", ").join(names) or nowhere,
            say("{} 項事實待答", "{} facts to answer").format(len(said))
            if said
            else say("事實齊備", "all facts are known"),
        ),
        "entries": list(found.fields.items()),
        "known": [*found.facts.known.values(), *found.facts.special.values()],
        "questions": [_question(name, (system_id,)) for name in (*found.asks, *found.refines)],
        "choices": tuple(Choice),
    }
    return render(request, "pages/zt_scope_system.html", context)


# -- shared -------------------------------------------------------------------------------------


def _field_of(request: HttpRequest) -> Field | None:
    asked = request.GET.get("of", "")
    return Field(asked) if asked in set(Field) else None


def _matching(request: HttpRequest, systems: Sequence[SystemScope]) -> list[SystemScope]:
    return fitting(systems, request.GET.get("q", ""), request.GET.get("criticality", ""))


def _page(request: HttpRequest, rows: Sequence[SystemScope]) -> tuple[Sequence[SystemScope], str]:
    after = request.GET.get("after", "")
    names = [each.system.id for each in rows]
    start = names.index(after) + 1 if after in names else 0  # type: ignore[arg-type]
    page = rows[start : start + PER_PAGE]
    return page, page[-1].system.id if len(rows) > start + PER_PAGE else ""


_ESTATE = "e/<str:estate_id>/scope/"
urlpatterns = [
    *zero_trust_scope_steps.urlpatterns,
    path(_ESTATE, funnel, name="zt_scope"),
    path(f"{_ESTATE}facts/", facts, name="zt_scope_facts"),
    path(f"{_ESTATE}fields/", fields, name="zt_scope_fields"),
    path(f"{_ESTATE}scores/", scores, name="zt_scope_scores"),
    path(f"{_ESTATE}choice/", choice, name="zt_scope_choice"),
    path(f"{_ESTATE}roadmap/", roadmap, name="zt_scope_roadmap"),
    path(f"{_ESTATE}system/<path:system_id>/", system, name="zt_scope_system"),
]
