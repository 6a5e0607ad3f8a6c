"""Shared signals: which feeds are heard and alive, what came last, what could not be taken."""

from __future__ import annotations

import asyncio

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError
from panshi.node.zero_trust.stream_answers import (
    HEALTH_ZH,
    FeedAnswer,
    StreamsAnswer,
    arrivals_answer,
    feed_answer,
    sentence,
    streams_answer,
)
from panshi.node.zero_trust.stream_home import Streams, streams_of
from panshi.node.zero_trust.streams import (
    ask_verification,
    feed_named,
    pause_feed,
    resume_feed,
)
from panshi.web.asked import position
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
HEALTH: dict[str, Pair] = {name: (zh, name) for name, zh in HEALTH_ZH.items()}
OUTCOMES: dict[str, Pair] = {
    "taken": ("已處理", "taken"),
    "unmatched": ("與本機構無關", "about nobody here"),
    "discarded": ("依約捨棄", "discarded"),
}
STATUS: dict[str, Pair] = {
    "enabled": ("啟用", "enabled"),
    "paused": ("暫停，事件保留中", "paused, events are held"),
    "disabled": ("停用，事件不保留", "disabled, events are dropped"),
}
MARKS = {"alive": "passing", "new": "unseen", "late": "unseen", "blind": "failing"}


@action("access.view")
def streams(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show all feeds and streams, and one feed with what came over it."""
    look, now = looking(request, estate_id), node().clock().timestamp()
    with streams_of(node()) as store:
        found = streams_answer(store, now)
        context = look.context | _all(found) | _one(request, store, now)
    context["may_change"] = may(request, "zt_stream.change")
    return render(request, "pages/signal_streams.html", context)


@require_POST
@action("zt_stream.change")
def change(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Pause a feed, listen again, or ask it for a sign of life."""
    name = request.POST.get("feed", "")
    try:
        with streams_of(node()) as store:
            match request.POST.get("do", ""):
                case "pause":
                    pause_feed(store, name, request.POST.get("why", "")[:300])
                    said = say(
                        "已暫停；此來源的訊號自此視為不可用。",
                        "Paused; its signals are unavailable from now on.",
                    )
                case "resume":
                    resume_feed(store, name)
                    said = say("已恢復聽取。", "It is heard again.")
                case _:
                    row, now = feed_named(store, name), node().clock().timestamp()
                    asyncio.run(ask_verification(store, row, now=now))
                    said = say("已要求驗證事件。", "A verification event was asked for.")
    except PanshiError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    where = redirect("signal_streams", estate_id)
    where["Location"] += "?" + urlencode({"feed": name})
    return where


def _all(found: StreamsAnswer) -> dict[str, object]:
    return {
        "found": found,
        "sentence": pick(sentence(found)),
        "feeds": [(each, *_standing(each)) for each in found.feeds],
        "sent": [(each, pick(STATUS[each.status])) for each in found.streams],
    }


def _one(request: HttpRequest, store: Streams, now: float) -> dict[str, object]:
    name = request.GET.get("feed", "")
    row = store.feed(name) if name else None
    if row is None:
        return {"asked_about": name}
    before = position(request.GET.get("after", ""))
    arrivals = arrivals_answer(store, name, most=PER_PAGE + 1, before=before)
    shown = arrivals[:PER_PAGE]
    one = feed_answer(store, row, now)
    return {
        "asked_about": name,
        "one": one,
        "standing": _standing(one),
        "arrivals": [
            (each, pick(OUTCOMES.get(each.outcome, (each.outcome, each.outcome)))) for each in shown
        ],
        "following": shown[-1].place if len(arrivals) > PER_PAGE else None,
    }


def _standing(feed: FeedAnswer) -> tuple[str, str]:
    return pick(HEALTH[feed.health]), MARKS.get(feed.health, "unseen")


_HERE = "e/<str:estate_id>/zero-trust/streams/"
urlpatterns = [
    path(_HERE, streams, name="signal_streams"),
    path(f"{_HERE}change/", change, name="signal_stream_change"),
]
