"""Search over everything: as one types, and as a page with all hits of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.node.objects import ObjectKind
from panshi.node.searching import Hit, search, search_kind
from panshi.web import people
from panshi.web.asked import position
from panshi.web.frame import chosen_estate
from panshi.web.gate import action, may
from panshi.web.navigation import places
from panshi.web.nodes import node
from panshi.web.objects import KIND_WORDS, address_of
from panshi.web.words import pick, say

PER_PAGE = 50
SUGGESTED = 20
PER_KIND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One hit as it is shown."""

    title: str
    url: str
    snippet: str = ""
    about: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The hits of one kind."""

    title: str
    kind: str
    lines: tuple[Line, ...]
    more: bool


@action("home.view")
def show(request: HttpRequest) -> HttpResponse:
    """Show what a query finds, by kind; of one kind all of it, page by page."""
    query = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    estate_id = chosen_estate(request)
    context: dict[str, object] = {"query": query, "kind": kind}
    if kind in set(ObjectKind):
        hits = search_kind(
            node(),
            query,
            ObjectKind(kind),
            may=partial(may, request),
            estate_id=estate_id,
            after=position(request.GET.get("after", "")) or 0,
            limit=PER_PAGE + 1,
        )
        shown = [_line(each, estate_id) for each in hits[:PER_PAGE]]
        context |= {
            "groups": [
                Group(
                    title=pick(KIND_WORDS[ObjectKind(kind)]),
                    kind=kind,
                    lines=tuple(shown),
                    more=False,
                )
            ]
            if shown
            else [],
            "following": shown[-1].number if len(hits) > PER_PAGE else "",
            "complete": True,
        }
    else:
        groups, complete = _groups(request, query, estate_id)
        context |= {"groups": groups, "complete": complete, "following": ""}
    groups_shown = context["groups"]
    context["count"] = (
        sum(len(each.lines) for each in groups_shown) if isinstance(groups_shown, list) else 0
    )
    return render(request, "pages/search.html", context)


@action("home.view")
def suggest(request: HttpRequest) -> HttpResponse:
    """Offer the first hits while somebody types."""
    query = request.GET.get("q", "").strip()
    left = SUGGESTED
    groups = []
    for each in _groups(request, query, chosen_estate(request))[0] if query else ():
        lines = each.lines[: min(left, PER_KIND)]
        left -= len(lines)
        if lines:
            groups.append(Group(title=each.title, kind=each.kind, lines=lines, more=each.more))
    return render(request, "parts/suggest.html", {"groups": groups, "query": query})


def _groups(request: HttpRequest, query: str, estate_id: str) -> tuple[list[Group], bool]:
    if not query:
        return [], True
    found = search(node(), query, may=partial(may, request), estate_id=estate_id, per_kind=PER_KIND)
    groups = [*_pages(request, query, estate_id), *_people(request, query)]
    for kind, hits in found.groups:
        lines = tuple(line for each in hits if (line := _line(each, estate_id)).url)
        if lines:
            groups.append(
                Group(
                    title=pick(KIND_WORDS[ObjectKind(kind)]),
                    kind=kind,
                    lines=lines,
                    more=kind in found.more,
                )
            )
    return groups, found.complete


def _pages(request: HttpRequest, query: str, estate_id: str) -> Iterator[Group]:
    low = query.casefold()
    lines = tuple(
        Line(title=each.name, url=each.url)
        for each in places(request, estate_id)
        if low in each.name.casefold()
    )
    if lines:
        yield Group(title=say("頁面", "page"), kind="", lines=lines[:PER_KIND], more=False)


def _people(request: HttpRequest, query: str) -> Iterator[Group]:
    if not may(request, "comment.view"):
        return
    activity = may(request, "activity.view")
    lines = tuple(
        Line(title=each, url=f"/activity/?actor={each}" if activity else "")
        for each in people.beginning_with(query)[:PER_KIND]
    )
    if lines:
        yield Group(title=say("帳號", "account"), kind="", lines=lines, more=False)


def _line(hit: Hit, estate_id: str) -> Line:
    about = hit.about
    if about.startswith("comment/"):
        url = address_of(about.removeprefix("comment/"), estate_id)
        url = f"{url}#talk" if url else ""
    else:
        url = address_of(about, estate_id)
    return Line(
        title=pick((hit.title_zh, hit.title_en)),
        url=url,
        snippet=hit.snippet,
        about=about,
        number=hit.number,
    )


urlpatterns = [
    path("search/", show, name="search"),
    path("search/suggest/", suggest, name="suggest"),
]
