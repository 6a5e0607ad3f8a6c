"""The trail of who did what: audit events and records, overall or of one object; for audit."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.node.searching import trail
from panshi.store.search_index import Trace, TraceFilter
from panshi.web.asked import beginning_of, position
from panshi.web.exporting import csv_lines
from panshi.web.frame import chosen_estate
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.objects import address_of, name_of

PER_PAGE = 50
EXPORTED = 100_000


@action("activity.view")
def show(request: HttpRequest) -> HttpResponse:
    """List what was done, newest first."""
    asked = request.GET
    wanted = _wanted(request)
    found = trail(
        node(),
        wanted,
        before=position(asked.get("before", "")),
        limit=PER_PAGE + 1,
    )
    shown = found[:PER_PAGE]
    estate_id = chosen_estate(request)
    context = {
        "rows": [
            (each, name_of(each.about, estate_id), address_of(each.about, estate_id))
            for each in shown
        ],
        "following": shown[-1].position if len(found) > PER_PAGE else "",
        "filtered": any(
            asked.get(name) for name in ("actor", "action", "about", "refused", "since", "until")
        ),
        "about_name": name_of(wanted.about, estate_id) if wanted.about else "",
    }
    return render(request, "pages/activity.html", context)


@action("activity.view")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Give the filtered trail as CSV."""
    node().audit(request.user.get_username(), "activity.export", request.GET.urlencode()[:200])
    header = ("position", "at", "actor", "action", "target", "allowed", "about", "observation")
    return csv_lines("panshi-activity.csv", header, _rows(_wanted(request)))


def _rows(wanted: TraceFilter) -> Iterator[tuple[object, ...]]:
    before: int | None = None
    given = 0
    while given < EXPORTED:
        page = trail(node(), wanted, before=before, limit=500)
        if not page:
            return
        for each in page:
            yield _row(each)
        before = page[-1].position
        given += len(page)


def _row(each: Trace) -> tuple[object, ...]:
    return (
        each.position,
        each.at.isoformat(timespec="seconds"),
        each.actor,
        each.action,
        each.target,
        each.allowed,
        each.about,
        each.observation,
    )


def _wanted(request: HttpRequest) -> TraceFilter:
    asked = request.GET
    return TraceFilter(
        actor=asked.get("actor", "").strip(),
        action=asked.get("action", "").strip(),
        about=asked.get("about", "").strip(),
        refused=asked.get("refused") == "1",
        since=beginning_of(asked.get("since", "")),
        until=beginning_of(asked.get("until", "")),
    )


urlpatterns = [
    path("activity/", show, name="activity"),
    path("activity/export/", export, name="activity_export"),
]
