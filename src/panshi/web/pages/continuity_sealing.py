"""Disasters are worked out and sealed by the serving process; the page watches it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.model.observation import Sealed
from panshi.node.resilience.sealing_order import order_sealing, sealing_of, stop_sealing
from panshi.node.resilience.story import newest_outcomes, scenarios_of
from panshi.web.gate import action, may
from panshi.web.nodes import node
from panshi.web.refusing import tried
from panshi.web.words import pick, say


class Turn(StrEnum):
    """Where a disaster of an order stands."""

    DONE = "done"
    NOW = "now"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One disaster of an order."""

    title: str
    turn: Turn
    sealed: Sealed | None


@require_POST
@action("continuity.seal", audited=False)
def order(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Order that one disaster or all of them are played, remedied and sealed."""
    actor, only = request.user.get_username(), request.POST.get("only", "")[:80]
    tried(
        request,
        lambda: order_sealing(node(), estate_id, actor=actor, wanted=(only,) if only else ()),
        say("已排入，逐一計算並封存。", "Ordered: one after another is worked out and sealed."),
    )
    return _back(request, estate_id)


@require_POST
@action("continuity.seal", audited=False)
def stop(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Take an order back."""
    actor = request.user.get_username()
    tried(
        request,
        lambda: stop_sealing(node(), estate_id, actor=actor),
        say(
            "已停止；已封存的保留，正在計算的仍會封存。",
            "Stopped: what was sealed stays, and what is being worked out is sealed still.",
        ),
    )
    return _back(request, estate_id)


@action("continuity.view")
def progress(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Give what changes while the page is open."""
    shown = sealing_shown(request, estate_id, request.GET.get("scenario", "")[:80])
    return render(
        request,
        "parts/continuity_sealing.html",
        shown | {"estate_id": estate_id, "watched": True},
    )


def sealing_shown(request: HttpRequest, estate_id: str, scenario: str) -> dict[str, object]:
    """Give what the part shows: how far an order has come, or what one may order."""
    shown: dict[str, object] = {
        "sealing": None,
        "scenario": scenario,
        "may_seal": may(request, "continuity.seal"),
    }
    state = sealing_of(node(), estate_id)
    if state is None:
        return shown
    titles = {each.id: (each.title_zh, each.title_en) for each in scenarios_of(node(), estate_id)}
    newest = newest_outcomes(node(), estate_id)
    now = state.waiting[0] if state.waiting and not state.order.stopped else ""
    lines = [
        Line(
            title=pick(titles.get(each, (each, each))),
            turn=_turn(done=each in state.done, now=each == now),
            sealed=newest.get(each) if each in state.done else None,
        )
        for each in state.order.scenarios
    ]
    return shown | {
        "sealing": state,
        "lines": lines,
        "done": len(state.done),
        "now": next((each.title for each in lines if each.turn is Turn.NOW), ""),
    }


def _turn(*, done: bool, now: bool) -> Turn:
    if done:
        return Turn.DONE
    return Turn.NOW if now else Turn.WAITING


def _back(request: HttpRequest, estate_id: str) -> HttpResponse:
    shown = urlencode({"scenario": request.POST.get("scenario", "")[:80]})
    return redirect(f"{reverse('continuity', args=(estate_id,))}?{shown}#sealing")


urlpatterns = [
    path("e/<str:estate_id>/continuity/seal/", order, name="continuity_seal"),
    path("e/<str:estate_id>/continuity/seal/stop/", stop, name="continuity_seal_stop"),
    path("e/<str:estate_id>/continuity/sealing/", progress, name="continuity_sealing"),
]
