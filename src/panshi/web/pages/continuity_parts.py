"""What the plan bears: layers taken away, concentration, drills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.model.resilience.graph import Graph, Layer, NodeKind
from panshi.node.resilience.drill_calendar import DrillRow, DrillState, calendar_of
from panshi.node.resilience.sealing import Bearing, bearing_of
from panshi.report.disaster_words import LAYERS, NODE_KINDS, duration_words, name_of
from panshi.resilience.story.removal import Fallen, SwitchOver
from panshi.resilience.story.tale import ServiceTale
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import Pair, chinese, pick, say

PER_PAGE = 50
NAMED = 6
LISTED = 8
"Services named in a row of what something takes down."
STATES: dict[DrillState, Pair] = {
    DrillState.PASSED: ("成功", "passed"),
    DrillState.FAILED: ("失敗", "failed"),
    DrillState.OVERDUE: ("逾一年", "more than a year ago"),
    DrillState.NEVER: ("從未演練", "never drilled"),
}
MARKS = {
    DrillState.PASSED: "met",
    DrillState.FAILED: "not_met",
    DrillState.OVERDUE: "unknown",
    DrillState.NEVER: "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerLine:
    """One layer of one service, and what happens without it."""

    name: str
    kind: str
    drilled: str
    in_time: bool
    minutes: float | None
    by: str
    "What serves in its place."
    layer: Layer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLines:
    """One service with its layers."""

    id: str
    name: str
    critical: bool
    rto: float | None
    found: SwitchOver
    lines: tuple[LayerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What one shared thing takes down."""

    id: str
    name: str
    kind: str
    found: Fallen
    late: str
    carried: str


@action("continuity.view")
def layers(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what becomes of each service when one of its layers is gone."""
    look = looking(request, estate_id)
    bearing = bearing_of(node(), estate_id)
    rows = [_lines(bearing.graph, each) for each in bearing.switching]
    rows.sort(key=lambda each: (not each.critical, each.found.survives_each, each.id))
    critical = [each for each in rows if each.critical]
    others = [each for each in rows if not each.critical]
    failing = [each for each in critical if not each.found.survives_each]
    return render(
        request,
        "pages/continuity_layers.html",
        look.context
        | {
            "rows": critical,
            "others": others,
            "others_failing": sum(not each.found.survives_each for each in others),
            "critical": len(critical),
            "failing": len(failing),
            "names": say("、", ", ").join(each.name for each in failing[:NAMED]),
        },
    )


@action("continuity.view")
def concentration(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what any supplier, site, cloud, platform or team takes down."""
    look = looking(request, estate_id)
    bearing = bearing_of(node(), estate_id)
    kinds = [each for each in NodeKind if any(f.node.kind is each for f in bearing.concentration)]
    wanted = request.GET.get("kind", "")
    fitting = [each for each in bearing.concentration if wanted in ("", each.node.kind)]
    placed = [(f"{place:06}", each) for place, each in enumerate(fitting)]
    rows, following = page_after(
        placed, request.GET.get("after", ""), PER_PAGE, lambda each: each[0]
    )
    worst = bearing.concentration[0] if bearing.concentration else None
    widest = max(
        bearing.concentration,
        key=lambda each: (
            len(each.late) + len(each.carried),
            each.node.kind in {NodeKind.SUPPLIER, NodeKind.SITE},
            each.node.kind is NodeKind.SUPPLIER,
        ),
        default=None,
    )
    return render(
        request,
        "pages/continuity_concentration.html",
        look.context
        | {
            "rows": [_taking(bearing.graph, each) for _place, each in rows],
            "following": following,
            "kinds": [(each.value, pick(NODE_KINDS[each])) for each in kinds],
            "kind": wanted,
            "total": len(fitting),
            "worst": _taking(bearing.graph, worst) if worst is not None else None,
            "widest": _taking(bearing.graph, widest) if widest is not None else None,
            "touched": len(widest.late) + len(widest.carried) if widest is not None else 0,
            "services": len(bearing.graph.services),
        },
    )


@action("continuity.view")
def drills(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show which layer was really switched to, when, and how long it took."""
    look = looking(request, estate_id)
    bearing = bearing_of(node(), estate_id)
    rows = calendar_of(node(), bearing.graph, bearing.day, estate_id)
    wanted = request.GET.get("state", "")
    fitting = [each for each in rows if wanted in ("", each.state)]
    done = [each for each in rows if each.state is DrillState.PASSED]
    late = [each for each in done if each.late]
    return render(
        request,
        "pages/continuity_drills.html",
        look.context
        | {
            "rows": [_drill(bearing, each) for each in fitting],
            "states": [(each.value, pick(STATES[each])) for each in DrillState],
            "state": wanted,
            "layers": len(rows),
            "done": len(done),
            "failed": sum(each.state is DrillState.FAILED for each in rows),
            "missing": sum(each.state in {DrillState.NEVER, DrillState.OVERDUE} for each in rows),
            "late": len(late),
            "today": bearing.day,
        },
    )


def _lines(graph: Graph, found: SwitchOver) -> ServiceLines:
    return ServiceLines(
        id=found.service.id,
        name=name_of(graph, found.service.id, chinese=chinese()),
        critical=found.service.critical,
        rto=found.service.rto,
        found=found,
        lines=tuple(
            LayerLine(
                name=_layer_name(each.layer)
                if each.layer
                else say("只失去主要作業", "Primary only"),
                kind=pick(LAYERS[each.layer.kind]) if each.layer else "",
                drilled=each.layer.drilled_on.isoformat()
                if each.layer and each.layer.drilled_on
                else "",
                in_time=each.in_time,
                minutes=each.minutes,
                by=_layer_name(each.by) if each.by else "",
                layer=each.layer,
            )
            for each in found.rows
        ),
    )


def _layer_name(layer: Layer) -> str:
    return layer.name_zh if chinese() else layer.name_en or layer.name_zh


def _taking(graph: Graph, each: Fallen) -> Taking:
    return Taking(
        id=each.node.id,
        name=name_of(graph, each.node.id, chinese=chinese()),
        kind=pick(NODE_KINDS[each.node.kind]),
        found=each,
        late=_named(
            [
                f"{name_of(graph, tale.node.id, chinese=chinese())}"
                f"（{duration_words(tale.outage, chinese=chinese())}）"
                for tale in sorted(each.late, key=_critical_first)
            ]
        ),
        carried=_named(
            [
                name_of(graph, tale.node.id, chinese=chinese())
                for tale in sorted(each.carried, key=_critical_first)
            ]
        ),
    )


def _critical_first(tale: ServiceTale) -> bool:
    return not tale.node.critical


def _named(names: Sequence[str]) -> str:
    """Name so many; of the others say how many they are."""
    listed = say("、", ", ").join(names[:LISTED])
    more = len(names) - LISTED
    return listed + (
        say("等 {} 項", " and {} more").format(len(names) if chinese() else more)
        if more > 0
        else ""
    )


def _drill(bearing: Bearing, row: DrillRow) -> dict[str, object]:
    return {
        "it": row,
        "service": name_of(bearing.graph, row.layer.serves, chinese=chinese()),
        "layer": _layer_name(row.layer),
        "kind": pick(LAYERS[row.layer.kind]),
        "state": pick(STATES[row.state]),
        "mark": MARKS[row.state],
    }


urlpatterns = [
    path("e/<str:estate_id>/continuity/layers/", layers, name="continuity_layers"),
    path(
        "e/<str:estate_id>/continuity/concentration/",
        concentration,
        name="continuity_concentration",
    ),
    path("e/<str:estate_id>/continuity/drills/", drills, name="continuity_drills"),
]
