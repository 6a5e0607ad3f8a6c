"""Watched places on the observers' page: how they fare, what they refused, looking at one now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError
from panshi.node.watching import Watched, look, places, refusals, retry, watched
from panshi.observe.spool.places import Place
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.words import say

REFUSALS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One place as the page shows it."""

    name: str
    address: str
    configured: bool
    looked_at: datetime | None
    observed: int
    refused: int
    waiting: int | None
    problem: str


def watched_context() -> dict[str, object]:
    """Give what the observers' page says of watched places; a broken list is said, not raised."""
    problem = ""
    listed: tuple[Watched, ...] = ()
    try:
        listed = watched(node())
    except PanshiError as error:
        problem = str(error)
    shown = [_shown(each) for each in listed]
    return {
        "watched": shown,
        "watched_problem": problem,
        "places_failing": sum(bool(each.problem) for each in shown),
        "places_waiting": sum(each.waiting or 0 for each in shown),
        "places_refused": sum(each.refused for each in shown),
        "refusals": refusals(node(), REFUSALS),
    }


def _shown(each: Watched) -> Shown:
    fare = each.fare
    return Shown(
        name=each.name,
        address=each.address,
        configured=each.configured,
        looked_at=datetime.fromisoformat(fare.looked_at) if fare else None,
        observed=fare.observed if fare else 0,
        refused=fare.refused if fare else 0,
        waiting=each.backlog if each.backlog is not None else (fare.waiting if fare else None),
        problem=fare.problem if fare else "",
    )


@require_POST
@action("observer.run")
def look_now(request: HttpRequest, name: str) -> HttpResponse:
    """Look at a place once."""
    round_ = look(node(), _place(name))
    if round_.problem:
        messages.error(request, round_.problem)
    else:
        messages.success(
            request,
            say(
                "已觀測 {:,} 個檔案，{:,} 個遭退件，{:,} 個待處理。",
                "{:,} files observed, {:,} refused, {:,} waiting.",
            ).format(round_.observed, round_.refused, round_.waiting),
        )
    return _back()


@require_POST
@action("observer.run")
def retry_refused(request: HttpRequest, name: str) -> HttpResponse:
    """Give what a place refused another chance."""
    count = retry(node(), _place(name))
    messages.success(
        request,
        say("{:,} 個退件將再讀一次。", "{:,} refused files will be read again.").format(count),
    )
    return _back()


def _place(name: str) -> Place:
    found = next((each for each in places(node()) if each.name == name), None)
    if found is None:
        raise Http404(name)
    return found


def _back() -> HttpResponse:
    return redirect(f"{reverse('observers')}#watched")


urlpatterns = [
    path("observers/places/<str:name>/look/", look_now, name="watch_look"),
    path("observers/places/<str:name>/retry/", retry_refused, name="watch_retry"),
]
