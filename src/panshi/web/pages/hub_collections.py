"""Collections of a hub's TAXII server: who reads and writes each, what it holds, what waits.

What opens one further waits until another person approves it; what narrows or ends it counts at
once. Each object is released by its own marking all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.alliance.intelligence.collections import MEMBERS, PARTNERS, Step, Waiting, address
from panshi.errors import BadInputError
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import COMMUNITY, Tlp
from panshi.model.bodies.hub_collections import HubCollection, HubCollectionDecision
from panshi.node.alliance import collections as kept
from panshi.node.alliance.feeds import PREFIX, feeds
from panshi.node.alliance.members import members
from panshi.node.alliance.objects import Held, held
from panshi.web.gate import action, may
from panshi.web.nodes import node
from panshi.web.pages.hub_tickets import chosen_of, only_at_a_hub
from panshi.web.paging import page_after
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
SHOWN: dict[str, Pair] = {
    "": ("使用中", "in use"),
    "feeds": ("訂閱", "subscriptions"),
    "retired": ("已停用", "ended"),
}
PARTS: dict[str, Pair] = {
    "title": ("標題", "Title"),
    "description": ("說明", "Description"),
    "readers": ("可讀取者", "Readers"),
    "writers": ("可寫入者", "Writers"),
    "unmarked": ("未標示者視為", "Unmarked is read as"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who reads or writes, in words."""

    word: str
    known: bool = True
    "Whether there is such a member or community."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One collection as a page shows it."""

    one: Collection
    readers: tuple[Party, ...]
    writers: tuple[Party, ...]
    held: Held
    address: str
    "Of its TAXII resource."
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What waits for another person."""

    waiting: Waiting
    by: str
    own: bool
    "Whether whoever looks asked for it."
    new: bool
    parts: tuple[tuple[str, str, str], ...]
    "What would be otherwise: its word, how it is, how it would be."


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One step of the past."""

    at: datetime
    by: str
    word: str
    why: str


@action("hub_member.view")
def listed(request: HttpRequest) -> HttpResponse:
    """List the collections, and what waits for a second person."""
    only_at_a_hub()
    shelf, named = kept.shelf(node()), _named()
    wanted = request.GET.get("show", "")
    shown, following = page_after(
        _wanted(wanted), request.GET.get("after", ""), PER_PAGE, lambda each: each.alias
    )
    every = _wanted("")
    context = {
        "rows": _lines(request, shown, named),
        "following": following,
        "many": len(every),
        "objects": sum(each.objects for each in held(node(), every).values()),
        "wishes": [_wish(request, each, named) for each in shelf.waiting.values()],
        "tabs": [(value, pick(word)) for value, word in SHOWN.items()],
        "show": wanted,
        "may_change": may(request, "taxii.collections"),
        "markings": list(Tlp),
        "usual": Tlp.AMBER_STRICT,
    }
    return render(request, "pages/hub_collections.html", context)


@action("hub_member.view")
def one(request: HttpRequest, collection_alias: str) -> HttpResponse:
    """Show one collection, what waits about it, and the steps that made it what it is."""
    only_at_a_hub()
    found, named = _found(collection_alias), _named()
    waiting = kept.shelf(node()).waiting.get(found.id)
    (line,) = _lines(request, [found], named)
    feed = found.alias.startswith(PREFIX)
    context = {
        "line": line,
        "feed": feed,
        "wish": _wish(request, waiting, named) if waiting else None,
        "history": _history(request, found),
        "may_change": may(request, "taxii.collections") and not feed,
        "markings": list(Tlp),
    }
    return render(request, "pages/hub_collection.html", context)


@require_POST
@action("taxii.collections", audited=False)
def ask(request: HttpRequest) -> HttpResponse:
    """Make a collection, change one, or end it."""
    only_at_a_hub()
    given = request.POST
    alias = given.get("alias", "").strip()
    match given.get("do", ""):
        case "retire":
            change = kept.Change(retired=True)
        case "change":
            change = kept.Change(
                title=given.get("title", "").strip() or None,
                description=given.get("description", "").replace("\r\n", "\n"),
                readers=_parties(given.get("readers", "")),
                writers=_parties(given.get("writers", "")),
                unmarked=chosen_of(Tlp, given.get("unmarked", "")),
            )
        case other:
            raise BadInputError("no such step", place=other[:40])
    waiting = kept.ask(
        node(),
        alias,
        change,
        actor=request.user.get_username(),
        why=given.get("why", "").strip(),
    )
    if waiting is not None:
        messages.success(request, say("已提出，等待另一人核定。", "Asked for; another decides."))
        return redirect("hub_collections")
    messages.success(request, say("已生效。", "It counts from now on."))
    return redirect("hub_collection", alias)


@require_POST
@action("taxii.collections", audited=False)
def decide(request: HttpRequest) -> HttpResponse:
    """Approve or refuse what waits, as another person."""
    only_at_a_hub()
    given = request.POST
    answer = given.get("do", "")
    if answer not in {"approve", "refuse"}:
        raise BadInputError("no such step", place=answer[:40])
    kept.decide(
        node(),
        given.get("alias", ""),
        approved=answer == "approve",
        actor=request.user.get_username(),
        why=given.get("why", "").strip(),
    )
    messages.success(request, say("已記錄。", "Recorded."))
    return redirect("hub_collections")


def _wanted(show: str) -> list[Collection]:
    """Give the collections a tab shows, by alias."""
    match show:
        case "feeds":
            found = feeds(node()).collections
        case "retired":
            found = tuple(e for e in kept.shelf(node()).collections.values() if e.retired)
        case _:
            found = tuple(e for e in kept.shelf(node()).collections.values() if not e.retired)
    return sorted(found, key=lambda each: each.alias)


def _found(alias: str) -> Collection:
    """Find a collection, one that was ended too."""
    every = (*kept.shelf(node()).collections.values(), *feeds(node()).collections)
    found = next((each for each in every if alias in {each.alias, each.id}), None)
    if found is None:
        raise Http404(alias)
    return found


def _lines(
    request: HttpRequest, shown: Iterable[Collection], named: Mapping[str, Party]
) -> list[Line]:
    found = list(shown)
    holds, waiting = held(node(), found), kept.shelf(node()).waiting
    return [
        Line(
            one=each,
            readers=_words(each.readers, named),
            writers=_words(each.writers, named),
            held=holds[each.id],
            address=request.build_absolute_uri(address(each)),
            waits=each.id in waiting,
        )
        for each in found
    ]


def _wish(request: HttpRequest, waiting: Waiting, named: Mapping[str, Party]) -> Wish:
    """Say what would be otherwise."""
    now = kept.shelf(node()).collections.get(waiting.collection.id)
    new = now is None or now.retired
    before = _told(now, named) if now is not None and not new else {}
    after = _told(waiting.collection, named)
    return Wish(
        waiting=waiting,
        by=_name(request, waiting.by),
        own=waiting.by == request.user.get_username(),
        new=new,
        parts=tuple(
            (pick(word), before.get(part, "—"), after[part])
            for part, word in PARTS.items()
            if before.get(part, "") != after[part]
        ),
    )


def _told(one: Collection, named: Mapping[str, Party]) -> dict[str, str]:
    """Give every part of a collection in words."""
    return {
        "title": one.title,
        "description": one.description,
        "readers": _sentence(_words(one.readers, named)),
        "writers": _sentence(_words(one.writers, named)),
        "unmarked": one.unmarked.label,
    }


def _sentence(parties: Iterable[Party]) -> str:
    return say("、", ", ").join(each.word for each in parties) or say(
        "僅樞紐人員", "hub staff only"
    )


def _named() -> dict[str, Party]:
    """Give whoever may be named, in words."""
    every = members(node())
    circles = {name for each in every for name in each.communities}
    return {
        MEMBERS: Party(word=say("所有會員", "all members")),
        PARTNERS: Party(word=say("境外夥伴", "partners abroad")),
        **{f"{COMMUNITY}{name}": Party(word=_circle(name)) for name in circles},
        **{each.id: Party(word=each.name) for each in every},
    }


def _words(names: Iterable[str], named: Mapping[str, Party]) -> tuple[Party, ...]:
    return tuple(named.get(name) or _unknown(name) for name in names)


def _unknown(name: str) -> Party:
    circle = name.startswith(COMMUNITY)
    return Party(word=_circle(name.removeprefix(COMMUNITY)) if circle else name, known=False)


def _circle(name: str) -> str:
    return say(f"社群 {name}", f"community {name}")


def _parties(text: str) -> tuple[str, ...]:
    """Read names set apart by spaces, commas or line ends."""
    return tuple(filter(None, re.split(r"[\s,，、;；]+", text)))


def _history(request: HttpRequest, one: Collection) -> list[Done]:
    """Tell the steps about a collection, the newest first."""
    return [_done(request, each) for each in reversed(kept.steps_of(node(), one.id))]


def _done(request: HttpRequest, step: Step) -> Done:
    match step.body:
        case HubCollection() as body:
            word = say("停用", "ended it") if body.retired else say("提出", "asked for a change")
            return Done(at=step.at, by=_name(request, body.asked_by), word=word, why=body.why)
        case HubCollectionDecision() as body:
            word = say("核定", "approved") if body.approved else say("不核定", "refused")
            return Done(at=step.at, by=_name(request, body.decided_by), word=word, why=body.why)
        case None:
            return Done(at=step.at, by="", word=say("內容已刪除", "erased"), why="")


def _name(request: HttpRequest, person: str) -> str:
    """Give a person's name to those who decide with them, or who may see it."""
    shown = may(request, "taxii.collections") or may(request, "evidence.personal")
    return person if shown else say("一位同仁", "somebody")


urlpatterns = [
    path("hub/collections/", listed, name="hub_collections"),
    path("hub/collections/<str:collection_alias>/", one, name="hub_collection"),
    path("hub/collection-steps/ask/", ask, name="hub_collection_ask"),
    path("hub/collection-steps/decide/", decide, name="hub_collection_decide"),
]
