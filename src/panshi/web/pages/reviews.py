"""The quarterly review as a page a chair can run the meeting from, and its actions afterwards."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.reviews.actions import Action, ActionState, ActionStepName
from panshi.governance.reviews.meeting import ReviewState
from panshi.model.bodies.reviews import AgendaLine
from panshi.model.zone import day_of
from panshi.node.accountability import register
from panshi.node.reviews import (
    agenda_now,
    close_review,
    decide,
    every_action,
    every_review,
    open_review,
    review_page,
    set_action,
    step_action,
)
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.pages.offices import day
from panshi.web.refusing import tried
from panshi.web.words import say

USUAL_DAYS = 60
PER_PAGE = 20


@action("review.view")
def reviews(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List the reviews, every action, and what would be on the agenda today."""
    look = looking(request, estate_id)
    every = tuple(reversed(every_review(node(), estate_id)))
    actions = every_action(node(), estate_id)
    wanted = request.GET.get("state", "")
    rows = [each for each in actions if not wanted or each.state == wanted]
    after = request.GET.get("after", "")
    numbers = [each.number for each in rows]
    start = numbers.index(after) + 1 if after in numbers else 0
    shown = rows[start : start + PER_PAGE]
    last = Quarter.of(node().clock()).after(-1)
    context = look.context | {
        "reviews": every,
        "actions": shown,
        "count": len(rows),
        "following": shown[-1].number if len(rows) > start + PER_PAGE else "",
        "states": [(s, sum(a.state is s for a in actions)) for s in ActionState],
        "state_chosen": wanted,
        "overdue": sum(each.state is ActionState.OVERDUE for each in actions),
        "open_actions": sum(not each.finished for each in actions),
        "agenda": grouped(agenda_now(node(), estate_id)),
        "to_open": "" if any(r.number == str(last) for r in every) else str(last),
        "can_hold": may(request, "review.hold"),
        "today": day_of(node().clock()),
    }
    return render(request, "pages/reviews.html", context)


@action("review.view")
def review(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one review: run it while it is open, read its minutes afterwards."""
    look = looking(request, estate_id)
    found = review_page(node(), number, estate_id)
    held = register(node(), estate_id)
    today = day_of(node().clock())
    context = look.context | {
        "page": found,
        "review": found.review,
        "open": found.review.state is ReviewState.OPEN,
        "agenda": grouped(found.agenda_now or found.review.agenda),
        "points": len(found.agenda_now or found.review.agenda),
        "actions": found.actions,
        "overdue": sum(each.state is ActionState.OVERDUE for each in found.actions),
        "holders": [
            (each.office, made.terms.person) for each in held.offices for made in each.holders
        ],
        "offices": tuple(node().library.offices.offices.values()),
        "can_hold": may(request, "review.hold"),
        "can_act": may(request, "review.act"),
        "usual_due": today + timedelta(days=USUAL_DAYS),
        "today": today,
    }
    return render(request, "pages/review.html", context)


@action("review.view")
def one_action(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one action with its history."""
    look = looking(request, estate_id)
    found = _action(estate_id, number)
    context = look.context | {
        "action": found,
        "can_act": may(request, "review.act"),
        "today": day_of(node().clock()),
        "usual_due": max(found.due, day_of(node().clock())) + timedelta(days=USUAL_DAYS),
    }
    return render(request, "pages/action.html", context)


@require_POST
@action("review.hold", audited=False)
def opened(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Open a review."""
    quarter, held_on = Quarter.read(_text(request, "quarter")), day(_text(request, "held_on"))
    actor = request.user.get_username()
    done = tried(
        request,
        lambda: open_review(node(), quarter, held_on, actor=actor, estate_id=estate_id),
        say("檢討會已開啟，議程已封存。", "The review is open; its agenda is sealed."),
    )
    return redirect("review", estate_id, str(quarter)) if done else redirect("reviews", estate_id)


@require_POST
@action("review.hold", audited=False)
def decided(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Record a decision, or set an action."""
    actor, text = request.user.get_username(), _text(request, "text")
    about = _text(request, "about")
    if request.POST.get("what") == "action":
        owner, due = _text(request, "owner"), day(_text(request, "due"))
        tried(
            request,
            lambda: set_action(
                node(),
                number,
                text,
                owner=owner,
                due=due,
                actor=actor,
                about=about,
                estate_id=estate_id,
            ),
            say("行動已設定並封存。", "The action was set and sealed."),
        )
    else:
        tried(
            request,
            lambda: decide(node(), number, text, actor=actor, about=about, estate_id=estate_id),
            say("決議已封存。", "The decision was sealed."),
        )
    return redirect("review", estate_id, number)


@require_POST
@action("review.hold", audited=False)
def closed(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Close a review with its minutes."""
    actor = request.user.get_username()
    tried(
        request,
        lambda: close_review(
            node(),
            number,
            chair=_text(request, "chair"),
            attendance=request.POST.getlist("present")[:200],
            minutes=_text(request, "minutes"),
            actor=actor,
            estate_id=estate_id,
        ),
        say("檢討會已結束，紀錄已封存，不再變更。", "Closed; the minutes are sealed and stay."),
    )
    return redirect("review", estate_id, number)


@require_POST
@action("review.act", audited=False)
def stepped(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Report an action done, extend or drop it."""
    known = _action(estate_id, number)
    step = _text(request, "step")
    if step not in set(ActionStepName):
        raise BadInputError(say("沒有這個步驟", "there is no such step"), place=step[:40])
    due = day(_text(request, "due")) if step == ActionStepName.EXTEND else None
    actor = request.user.get_username()
    tried(
        request,
        lambda: step_action(
            node(),
            known.number,
            ActionStepName(step),
            actor=actor,
            why=_text(request, "why"),
            due=due,
            evidence=tuple(_text(request, "evidence").split()),
            estate_id=estate_id,
        ),
        say("已更新並封存。", "Updated and sealed."),
    )
    return redirect("action", estate_id, number)


def grouped(lines: tuple[AgendaLine, ...]) -> list[tuple[str, list[AgendaLine]]]:
    """Put the points of an agenda under their topics."""
    return [(topic, list(found)) for topic, found in groupby(lines, key=lambda each: each.topic)]


def _action(estate_id: str, number: str) -> Action:
    found = next((e for e in every_action(node(), estate_id) if e.number == number), None)
    if found is None:
        raise Http404(number)
    return found


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:20_000]


urlpatterns = [
    path("e/<str:estate_id>/reviews/", reviews, name="reviews"),
    path("e/<str:estate_id>/reviews/open/", opened, name="review_open"),
    path("e/<str:estate_id>/reviews/<str:number>/", review, name="review"),
    path("e/<str:estate_id>/reviews/<str:number>/decide/", decided, name="review_decide"),
    path("e/<str:estate_id>/reviews/<str:number>/close/", closed, name="review_close"),
    path("e/<str:estate_id>/actions/<str:number>/", one_action, name="action"),
    path("e/<str:estate_id>/actions/<str:number>/step/", stepped, name="action_step"),
]
