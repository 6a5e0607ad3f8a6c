"""The inbox 待辦: what awaits me, each with its age and one press to act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from panshi.node.inbox import CALLS, Awaiting, Call, inbox
from panshi.web.desk import marks, undo
from panshi.web.desk.models import Mark
from panshi.web.frame import chosen_estate
from panshi.web.gate import action, roles_of
from panshi.web.identity.views import signed_in
from panshi.web.nodes import node
from panshi.web.objects import address_of, kind_word
from panshi.web.paging import page_after
from panshi.web.words import pick, say

PER_PAGE = 50
SNOOZES = (1, 7, 30)
"Days one can put something off."


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One item as the list shows it."""

    item: Awaiting
    word: str
    "What is asked, in a word."
    kind: str
    url: str
    days: int
    "Age in days."
    mark: Mark | None

    @property
    def overdue(self) -> bool:
        """Whether its day has passed."""
        return self.item.due is not None and self.item.due < timezone.localdate()


def lines(request: HttpRequest) -> list[Line]:
    """Give everything that awaits whoever asks, marked or not."""
    estate_id = chosen_estate(request)
    if not estate_id:
        return []
    user = signed_in(request)
    today = timezone.localdate()
    held = marks.marks_of(user, today)
    return [
        _line(each, estate_id, today, held.get(each.key))
        for each in inbox(node(), user.get_username(), roles_of(request), estate_id)
    ]


def waiting(request: HttpRequest) -> int:
    """Count what awaits whoever asks and is neither done nor put off."""
    return sum(each.mark is None for each in lines(request))


@action("home.view")
def show(request: HttpRequest) -> HttpResponse:
    """List what awaits whoever asks."""
    every = lines(request)
    state = request.GET.get("state", "")
    fitting = [each for each in every if _in_state(each, state)]
    counts = Counter(each.item.call for each in fitting)
    wanted = request.GET.get("call", "")
    rows = [each for each in fitting if not wanted or each.item.call == wanted]
    shown, following = page_after(
        rows, request.GET.get("after", ""), PER_PAGE, lambda row: row.item.key
    )
    context = {
        "rows": shown,
        "count": len(rows),
        "following": following,
        "open": sum(each.mark is None for each in every),
        "oldest": max((each.days for each in every if each.mark is None), default=0),
        "calls": [(call, pick(CALLS[call]), counts[call]) for call in Call if counts[call]],
        "call": wanted,
        "state": state,
        "snoozes": SNOOZES,
    }
    return render(request, "pages/inbox.html", context)


@require_POST
@action("account.self", audited=False)
def mark(request: HttpRequest) -> HttpResponse:
    """Mark what is chosen as done or put it off; all that fit the filter where asked."""
    user = signed_in(request)
    keys = _chosen(request)
    days = request.POST.get("days", "")
    until = timezone.localdate() + timedelta(days=int(days)) if days in map(str, SNOOZES) else None
    done = marks.mark(user, keys, until)
    request.session["undo"] = {
        "text": say("已處理 {} 件。", "{} dealt with.").format(len(done))
        if until is None
        else say("{} 件延後至 {}。", "{} put off until {}.").format(len(done), until),
        "token": undo.note(user.get_username(), "marks", done),
        "view": "inbox_undo",
    }
    return redirect("inbox")


@require_POST
@action("account.self", audited=False)
def take_back(request: HttpRequest) -> HttpResponse:
    """Take the last marks back."""
    user = signed_in(request)
    keys = undo.read(request.POST.get("token", ""), user.get_username(), "marks")
    marks.take_back(user, map(str, keys))
    return redirect("inbox")


@require_POST
@action("account.self", audited=False)
def reopen(request: HttpRequest) -> HttpResponse:
    """Put what is chosen back among what is open."""
    marks.take_back(signed_in(request), request.POST.getlist("key"))
    return redirect("inbox")


def _chosen(request: HttpRequest) -> list[str]:
    if request.POST.get("all") != "1":
        return request.POST.getlist("key")
    wanted = request.POST.get("call", "")
    every = [each for each in lines(request) if each.mark is None]
    return [each.item.key for each in every if not wanted or each.item.call == wanted]


def _line(item: Awaiting, estate_id: str, today: date, mark: Mark | None) -> Line:
    return Line(
        item=item,
        word=pick(CALLS[item.call]),
        kind=kind_word(item.about),
        url=address_of(item.about, estate_id),
        days=max(0, (today - item.since).days),
        mark=mark,
    )


def _in_state(line: Line, state: str) -> bool:
    match state:
        case "done":
            return line.mark is not None and line.mark.until is None
        case "snoozed":
            return line.mark is not None and line.mark.until is not None
        case _:
            return line.mark is None


def first(every: Sequence[Line], most: int) -> list[Line]:
    """Give the first open items."""
    return [each for each in every if each.mark is None][:most]


urlpatterns = [
    path("inbox/", show, name="inbox"),
    path("inbox/mark/", mark, name="inbox_mark"),
    path("inbox/reopen/", reopen, name="inbox_reopen"),
    path("inbox/undo/", take_back, name="inbox_undo"),
]
