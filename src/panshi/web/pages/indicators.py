"""Indicators: the table, one of them through time, freezing a quarter, changing a definition."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.governance.indicators.definition import Direction, Unit
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.trend import Standing
from panshi.model.bodies.indicators import IndicatorDefinition
from panshi.node.indicators import (
    IndicatorStanding,
    body_of,
    define,
    freeze,
    indicator_named,
    snapshots,
    standings,
)
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.refusing import tried
from panshi.web.trends import Spark, picture, spark
from panshi.web.words import say

PER_PAGE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    found: IndicatorStanding
    spark: Spark

    @property
    def standing(self) -> Standing:
        """How the last frozen quarter stands; where none is frozen, how it stands now."""
        last = self.found.last
        return last.standing if last else self.found.now.standing


@action("indicator.view")
def indicators(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show every indicator."""
    look = looking(request, estate_id)
    every = [Row(found=each, spark=spark(each.trend)) for each in standings(node(), estate_id)]
    counts = Counter(row.standing for row in every)
    wanted, measure = request.GET.get("standing", ""), request.GET.get("measure", "")
    owner = request.GET.get("owner", "")
    rows = [
        row
        for row in every
        if (not wanted or row.standing == wanted)
        and (not measure or measure in row.found.indicator.measures)
        and (not owner or owner == row.found.indicator.owner)
    ]
    after = request.GET.get("after", "")
    names = [row.found.indicator.id for row in rows]
    start = names.index(after) + 1 if after in names else 0
    shown = rows[start : start + PER_PAGE]
    quarters = snapshots(node(), estate_id)
    current = Quarter.of(node().clock())
    context = look.context | {
        "rows": shown,
        "count": len(rows),
        "total": len(every),
        "following": shown[-1].found.indicator.id if len(rows) > start + PER_PAGE else "",
        "counts": [(each, counts[each]) for each in Standing if counts[each]],
        "on": counts[Standing.ON_TARGET],
        "off": counts[Standing.OFF],
        "standing_chosen": wanted,
        "measures": sorted({each for row in every for each in row.found.indicator.measures}),
        "owners": sorted({row.found.indicator.owner for row in every}),
        "last": quarters[-1] if quarters else None,
        "to_freeze": _to_freeze(current, {each.quarter for each in quarters}),
        "current": current,
        "can_freeze": may(request, "indicator.freeze"),
    }
    return render(request, "pages/indicators.html", context)


@action("indicator.view")
def indicator(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Show one indicator."""
    look = looking(request, estate_id)
    found = indicator_named(node(), name, estate_id)
    context = look.context | {
        "found": found,
        "indicator": found.indicator,
        "picture": picture(found.indicator, found.trend),
        "revisions": tuple(reversed(found.defined.revisions)),
        "points": tuple(reversed(found.trend.points)),
        "body": body_of(found.indicator),
        "units": tuple(Unit),
        "directions": tuple(Direction),
        "offices": tuple(node().library.offices.offices.values()),
        "current": Quarter.of(node().clock()),
        "sees_people": may(request, "evidence.personal"),
    }
    return render(request, "pages/indicator.html", context)


@require_POST
@action("indicator.define", audited=False)
def change(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Change what an indicator means from now on."""
    before = indicator_named(node(), name, estate_id).indicator
    body: IndicatorDefinition = replace(
        body_of(before),
        title_zh=_text(request, "title_zh"),
        title_en=_text(request, "title_en"),
        formula=_text(request, "formula"),
        unit=_text(request, "unit"),
        direction=_text(request, "direction"),
        owner=_text(request, "owner"),
        tolerance=_number(request, "tolerance"),
        targets=tuple(_text(request, "targets").replace(",", " ").split()),
        why=_text(request, "why"),
    )
    actor = request.user.get_username()
    tried(
        request,
        lambda: define(node(), body, actor=actor, estate_id=estate_id),
        say(
            "定義已變更並封存；先前定稿的季別不變。",
            "The definition was changed and sealed; frozen quarters stay as they are.",
        ),
    )
    return redirect("indicator", estate_id, name)


@require_POST
@action("indicator.freeze", audited=False)
def frozen(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Freeze a quarter that ended."""
    quarter = Quarter.read(_text(request, "quarter"))
    actor = request.user.get_username()
    tried(
        request,
        lambda: freeze(node(), quarter, actor=actor, estate_id=estate_id),
        say(f"{quarter} 已定稿並封存。", f"{quarter} was frozen and sealed."),
    )
    return redirect("indicators", estate_id)


def _to_freeze(current: Quarter, known: set[Quarter]) -> Quarter | None:
    """Give the last quarter that ended, where nobody froze it yet."""
    last = current.after(-1)
    return None if last in known else last


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:4000]


def _number(request: HttpRequest, name: str) -> float:
    try:
        return float(_text(request, name) or "0")
    except ValueError as error:
        raise BadInputError(say("不是數字", "not a number"), place=name) from error


urlpatterns = [
    path("e/<str:estate_id>/indicators/", indicators, name="indicators"),
    path("e/<str:estate_id>/indicators/freeze/", frozen, name="indicator_freeze"),
    path("e/<str:estate_id>/indicators/<str:name>/", indicator, name="indicator"),
    path("e/<str:estate_id>/indicators/<str:name>/define/", change, name="indicator_define"),
]
