"""Exceptions: the register, one of them, asking for one, and the steps somebody may take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState
from panshi.governance.exceptions.views import ExceptionDetail, ExceptionView
from panshi.governance.persons import pair_defect, same_person
from panshi.model.control import Control
from panshi.model.verdict import Item, ItemState
from panshi.node.accountability import appointments
from panshi.node.exception_steps import Asked, ExceptionDesk
from panshi.node.exceptions import detail, register
from panshi.report.exception_answers import detail_without_persons, without_persons
from panshi.report.exception_words import flaw_words, register_words
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.timelines import stops, timeline
from panshi.web.words import chinese, say

PER_PAGE = 30
SHOWN_ITEMS = 200
"Failing items that the form offers to choose from."
USUAL_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What whoever looks may do now."""

    review: bool = False
    offices: tuple[str, ...] = ()
    "Offices they hold that have yet to decide."
    withdraw: bool = False
    close: bool = False
    renew: bool = False
    own: bool = False
    "They asked for it, so that somebody else decides."
    stranger: bool = False
    "They may open the form, yet hold no office that it takes."


@action("exception.view")
def exceptions(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the register."""
    look = looking(request, estate_id)
    found = register(node(), estate_id)
    state, lapsing = request.GET.get("state", ""), request.GET.get("lapsing", "")
    rows = [
        each
        for each in (found.lapsing if lapsing else found.exceptions)
        if not state or each.state == state
    ]
    shown, following = page_after(
        rows, request.GET.get("after", ""), PER_PAGE, lambda row: row.number
    )
    counts = Counter(each.state for each in found.exceptions)
    context = look.context | {
        "register": found,
        "sentence": register_words(found, chinese=chinese()),
        "rows": [_shown(request, each) for each in shown],
        "following": following,
        "states": [(each, counts[each]) for each in ExceptionState if counts[each]],
        "state": state,
        "lapsing": lapsing,
        "timeline": timeline(found),
        "effects": [each for each in found.effects if each.met or each.staged],
        "table": node().library.authority,
    }
    return render(request, "pages/exceptions.html", context)


@action("exception.view")
def exception(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one exception."""
    look = looking(request, estate_id)
    found = detail(node(), number, estate_id)
    told = found if may(request, "evidence.personal") else detail_without_persons(found)
    names = {each.id: each for each in look.estate.assets if each.id in set(found.view.scope[:50])}
    context = look.context | {
        "one": told,
        "view": told.view,
        "control": node().library.control(found.view.control) if _known(found.view) else None,
        "stops": stops(found.view),
        "scope": [(each, names.get(each)) for each in found.view.scope[:50]],
        "scope_more": max(0, len(found.view.scope) - 50),
        "differs": [_difference(each, found) for each in found.differs],
        "steps": _steps(request, estate_id, found.view),
        "sees_people": may(request, "evidence.personal"),
        "today": found_day(estate_id),
        "usual_end": found_day(estate_id) + timedelta(days=USUAL_DAYS),
    }
    return render(request, "pages/exception.html", context)


@action("exception.request")
def ask(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the form, or take the request."""
    look = looking(request, estate_id)
    key = request.POST.get("control", request.GET.get("control", ""))
    control = node().library.control(key)
    status = 200
    if request.method == "POST":
        desk = ExceptionDesk(node(), actor=request.user.get_username(), estate_id=estate_id)
        try:
            number = desk.request(_asked(request, control))
        except PanshiError as error:
            messages.error(request, _refusal(error))
            status = 400
        else:
            said = say("已申請 {}，等待審查。", "{} was requested and awaits its review.")
            messages.success(request, said.format(number))
            return redirect("exception", estate_id, number)
    today, names = found_day(estate_id), look.estate.by_id
    context = look.context | {
        "control": control,
        "failing": [(each, names[each.asset].name) for each in _failing(estate_id, control)],
        "compensating": _sound(estate_id),
        "today": today,
        "usual_end": today + timedelta(days=USUAL_DAYS),
        "table": node().library.authority,
        "scope_chosen": request.POST.getlist("scope"),
        "compensating_chosen": request.POST.getlist("compensating"),
    }
    return render(request, "pages/exception_request.html", context, status=status)


@require_POST
@action("exception.review", audited=False)
def review(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Open the review."""
    return _taken(
        request,
        estate_id,
        lambda desk: desk.review(number, note=request.POST.get("note", "")) and number,
        say("{} 已開始審查。", "The review of {} is open."),
        number,
    )


@require_POST
@action("exception.decide", fresh=True)
def decide(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Approve or reject, on what was shown."""
    why, office = request.POST.get("why", ""), request.POST.get("office", "")
    seen, resolution = request.POST.get("seen", ""), request.POST.get("resolution", "")

    def step(desk: ExceptionDesk) -> str:
        if request.POST.get("ruling") == "reject":
            desk.reject(number, why=why, office=office, seen=seen)
        else:
            desk.approve(number, why=why, office=office, resolution=resolution, seen=seen)
        return number

    return _taken(
        request, estate_id, step, say("{} 的決定已封存。", "The decision on {} is sealed."), number
    )


@require_POST
@action("exception.request", audited=False)
def withdraw(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Take one's own request back."""
    return _taken(
        request,
        estate_id,
        lambda desk: desk.withdraw(number, why=request.POST.get("why", "")) and number,
        say("{} 已撤回。", "{} was withdrawn."),
        number,
    )


@require_POST
@action("exception.close", audited=False)
def close(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """End it before its date."""
    why, revoked = request.POST.get("why", ""), "revoked" in request.POST
    return _taken(
        request,
        estate_id,
        lambda desk: desk.close(number, why=why, revoked=revoked) and number,
        say("{} 已終止，即日起不計。", "{} has ended and counts no longer."),
        number,
    )


@require_POST
@action("exception.request", audited=False)
def renew(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Ask for a new one in place of one that ends."""
    return _taken(
        request,
        estate_id,
        lambda desk: desk.renew(
            number,
            reason=request.POST.get("reason", ""),
            effective=_day(request, "effective"),
            expires=_day(request, "expires"),
        ),
        say("已申請展延為 {}，須重新審查。", "The renewal {} was requested; it is reviewed anew."),
        number,
    )


# -- what the pages are made of --------------------------------------------------------------


def found_day(estate_id: str) -> date:
    """Day on which exceptions are looked at."""
    return node().judging.ask(lambda each: each.judge.grounds.signing_day, estate_id)


def _taken(
    request: HttpRequest,
    estate_id: str,
    step: Callable[[ExceptionDesk], str],
    done: str,
    number: str,
) -> HttpResponse:
    """Take a step, and lead to the exception; what the rules refuse is said there."""
    desk = ExceptionDesk(node(), actor=request.user.get_username(), estate_id=estate_id)
    try:
        number = step(desk)
    except PanshiError as error:
        messages.error(request, _refusal(error))
        return redirect("exception", estate_id, number)
    messages.success(request, done.format(number))
    return redirect("exception", estate_id, number)


def _refusal(error: PanshiError) -> str:
    """Say what the rules refused; what is no refusal of theirs goes on to the page of errors."""
    flaw = next((each for each in getattr(error, "__notes__", ()) if each in set(Flaw)), "")
    if not flaw and not isinstance(error, UsageError | BadInputError):
        raise error
    said = flaw_words(Flaw(flaw), chinese=chinese()) if flaw else error.problem
    return say(f"未成立：{said}。", f"Refused: {said}.")


def _asked(request: HttpRequest, control: Control) -> Asked:
    post = request.POST
    whole = post.get("whole") == "1" or control.check is None
    named = post.get("more", "").replace(",", " ").split()
    scope = () if whole else (*post.getlist("scope"), *named)
    if not whole and not scope:
        raise BadInputError(
            say("沒有選擇範圍", "nothing was chosen that it covers"),
            remedy=say("請勾選資產或選擇整個母體", "choose assets, or the whole population"),
        )
    return Asked(
        control=control.key,
        scope=scope,
        reason=post.get("reason", ""),
        residual_risk=post.get("residual_risk", ""),
        compensating=tuple(filter(None, post.getlist("compensating"))),
        effective=_day(request, "effective"),
        expires=_day(request, "expires"),
    )


def _day(request: HttpRequest, name: str) -> date:
    text = request.POST.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(
            say("不是日期", "not a date"), place=name, remedy="2026-12-31"
        ) from error


def _steps(request: HttpRequest, estate_id: str, view: ExceptionView) -> Steps:
    """Say what whoever looks may do: by the policies, and by the rules of exceptions."""
    person = request.user.get_username()
    own = same_person(person, view.requested_by)
    two = not pair_defect(person, view.requested_by)
    held = appointments(node(), estate_id).offices_of(person, node().clock())
    decides = may(request, "exception.decide") and view.state is ExceptionState.UNDER_REVIEW
    again = any(pair_defect(person, each.person) for each in view.approvals)
    offices = tuple(each for each in view.missing if each in held) if decides and two else ()
    return Steps(
        review=may(request, "exception.review") and two and view.state is ExceptionState.REQUESTED,
        offices=() if again else offices,
        withdraw=own and view.state.open and may(request, "exception.request"),
        close=view.state.live and may(request, "exception.close"),
        renew=may(request, "exception.request")
        and not view.renewed_by
        and (view.state.live or (view.state is ExceptionState.LAPSED and bool(view.approvals))),
        own=own and view.state.open,
        stranger=decides and two and not offices,
    )


def _failing(estate_id: str, control: Control) -> list[Item]:
    if control.check is None:
        return []
    proof = node().proof(control.key, estate_id)
    population = next((each for each in proof.children if each.rule == "population"), None)
    states = {ItemState.FAILING, ItemState.STALE_FAIL}
    items = population.items if population is not None else ()
    return [each for each in items if each.state in states][:SHOWN_ITEMS]


def _sound(estate_id: str) -> list[tuple[str, str]]:
    """Give the controls met by evidence alone, for an exception to lean on."""
    frameworks = node().library.frameworks.values()
    every = {each.key: each for one in frameworks for each in one.controls}

    def asked(assessor: Assessor) -> list[str]:
        return [key for key in every if assessor.judge.evidenced(key)]

    met = node().judging.ask(asked, estate_id)
    return [(key, say(every[key].title_zh, every[key].title_en)) for key in met]


def _difference(name: str, found: ExceptionDetail) -> tuple[str, object, object]:
    return name, getattr(found.decided_on, name, None), getattr(found.now, name)


def _shown(request: HttpRequest, view: ExceptionView) -> ExceptionView:
    return view if may(request, "evidence.personal") else without_persons(view)


def _known(view: ExceptionView) -> bool:
    framework = node().library.frameworks.get(view.framework)
    return framework is not None and view.control.partition("/")[2] in framework.by_id


_ONE = "e/<str:estate_id>/exceptions/<path:number>/"
urlpatterns = [
    path("e/<str:estate_id>/exceptions/", exceptions, name="exceptions"),
    path("e/<str:estate_id>/exceptions/request/", ask, name="exception_request"),
    path(f"{_ONE}review/", review, name="exception_review"),
    path(f"{_ONE}decide/", decide, name="exception_decide"),
    path(f"{_ONE}withdraw/", withdraw, name="exception_withdraw"),
    path(f"{_ONE}close/", close, name="exception_close"),
    path(f"{_ONE}renew/", renew, name="exception_renew"),
    path(_ONE, exception, name="exception"),
]
