"""Feeds: how old what matching rests on is, what each brought and refused, asking now."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError
from panshi.model.bodies.supply_chain_feeds import FeedState
from panshi.model.observation import Sealed
from panshi.node.supply_chain.feed_answers import (
    STATES_EN,
    STATES_ZH,
    FeedAnswer,
    feeds_answer,
    places_answer,
)
from panshi.node.supply_chain.feed_content import feed_content
from panshi.node.supply_chain.feed_reading import Taken
from panshi.node.supply_chain.feed_sync import sync
from panshi.node.supply_chain.feeds import NewPlace, add_place, history, remove_place
from panshi.node.supply_chain.own_advisories import own_advisories, publish, withdraw
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import Pair, pick, say

HISTORY = 20
MARKS = {"fresh": "passing", "stale": "unseen", "failing": "failing", "never": "unseen"}
WAYS: dict[str, Pair] = {
    "import": ("檔案匯入", "files brought"),
    "sync": ("同步", "asked for"),
    "bundle": ("隔離網路套件", "bundle"),
    "own": ("本機構", "our own"),
    "": ("—", "—"),
}


@action("feed.view")
def feeds(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show every feed, one with what it brought, the places, and own advisories."""
    look = looking(request, estate_id)
    found = feeds_answer(node())
    asked = request.GET.get("feed", "")
    one = next((each for each in found.feeds if each.name == asked), None)
    context = look.context | {
        "sentence": pick((found.sentence_zh, found.sentence_en)),
        "feeds": [_row(each) for each in found.feeds],
        "asked_about": asked,
        "one": _row(one) if one else None,
        "history": [_past(each) for each in history(node(), asked, HISTORY)] if one else (),
        "places": [(each, pick((each.title_zh, each.title_en))) for each in places_answer(node())],
        "own": own_advisories(node()),
        "may_sync": may(request, "feed.sync"),
        "may_change": may(request, "feed.change"),
        "may_advise": may(request, "feed.advise"),
    }
    return render(request, "pages/feeds.html", context)


@require_POST
@action("feed.sync")
def ask(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Ask one place, or all, now."""
    name = request.POST.get("feed", "")
    try:
        names = (name,) if name else ()
        taken = list(sync(node(), names, actor=request.user.get_username(), wait=False))
        node().checkpoint()
    except PanshiError as error:
        messages.error(request, str(error))
    else:
        for each in taken:
            _say(request, each)
        if not taken:
            messages.error(request, say("尚未加入任何位置。", "No place was added yet."))
    return _back(estate_id, name)


@require_POST
@action("feed.change")
def change(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Add a place to be asked, or ask one no more."""
    name, by = request.POST.get("feed", ""), request.user.get_username()
    try:
        if request.POST.get("do", "") == "remove":
            remove_place(node(), name, actor=by)
            said = say(
                "不再詢問；已取得的資料保留。", "It is asked no more; what it brought stays."
            )
        else:
            add_place(node(), NewPlace(name=name, url=request.POST.get("url", "")), actor=by)
            said = say("已加入。", "It was added.")
    except PanshiError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return _back(estate_id, "")


@require_POST
@action("feed.advise")
def advise(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Publish an own advisory, or withdraw one of another person."""
    by = request.user.get_username()
    try:
        if advisory := request.POST.get("withdraw", ""):
            withdraw(node(), advisory, why=request.POST.get("why", ""), actor=by)
            said = say("已撤回。", "It was withdrawn.")
        else:
            raw = request.POST.get("record", "").encode()
            made = publish(node(), raw, name=say("公告內容", "record"), actor=by)
            said = say("已發布 {}。", "{} was published.").format(made.id)
    except PanshiError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return _back(estate_id, "")


def _row(each: FeedAnswer) -> dict[str, object]:
    content = next(kind for kind in feed_content().kinds.values() if kind.kind == each.kind)
    return {
        "feed": each,
        "kind": pick((content.zh, content.en)),
        "word": pick((STATES_ZH[each.state], STATES_EN[each.state])),
        "mark": MARKS[each.state],
        "way": pick(WAYS[each.via]),
        "age": _span(each.age_hours),
        "limit": _span(each.stale_after_hours),
        "newest": _moment(each.newest),
        "brought_at": _moment(each.brought_at),
        "next_at": _moment(each.next_at),
        "since": _moment(each.since),
    }


def _past(sealed: Sealed) -> dict[str, object]:
    body = sealed.observation.body
    return {
        "at": sealed.observation.observed_at,
        "id": sealed.id,
        "reason": sealed.observation.reason,
        "body": body if isinstance(body, FeedState) else None,
        "way": pick(WAYS.get(body.via, WAYS[""])) if isinstance(body, FeedState) else "",
    }


def _span(hours: int | None) -> str:
    two_days = 48
    if hours is None:
        return "—"
    if hours >= two_days:
        return say("{:,} 天", "{:,} days").format(hours // 24)
    return say("{} 小時", "{} h").format(hours)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _say(request: HttpRequest, taken: Taken) -> None:
    if taken.problem:
        messages.error(request, f"{taken.feed}: {taken.problem}")
    elif taken.brought:
        words = say(
            "{}：新增 {:,}、變更 {:,}、撤回 {:,}、退件 {:,}。",
            "{}: {:,} new, {:,} changed, {:,} withdrawn, {:,} refused.",
        )
        counts = (taken.new, taken.changed, taken.withdrawn, len(taken.refused))
        messages.success(request, words.format(taken.feed, *counts))
    else:
        messages.success(request, say("{}：沒有變動。", "{}: nothing changed.").format(taken.feed))


def _back(estate_id: str, name: str) -> HttpResponse:
    where = redirect("feeds", estate_id)
    if name:
        where["Location"] += "?" + urlencode({"feed": name})
    return where


_HERE = "e/<str:estate_id>/supply-chain/feeds/"
urlpatterns = [
    path(_HERE, feeds, name="feeds"),
    path(f"{_HERE}ask/", ask, name="feed_ask"),
    path(f"{_HERE}change/", change, name="feed_change"),
    path(f"{_HERE}advise/", advise, name="feed_advise"),
]
