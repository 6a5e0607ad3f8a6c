"""Who answers for what: the register of offices, proposing, confirming, and ending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError
from panshi.governance.persons import same_person
from panshi.model.bodies.offices import Appointment
from panshi.model.zone import day_of
from panshi.node.accountability import confirm, propose, propose_end, register
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.refusing import tried
from panshi.web.words import say

MOST_NUMBER = 10**13


@action("office.view")
def offices(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the register."""
    look = looking(request, estate_id)
    found = register(node(), estate_id)
    me = request.user.get_username()
    context = look.context | {
        "register": found,
        "held": sum(len(each.holders) for each in found.offices),
        "vacant": [each for each in found.offices if each.office.required and not each.holders],
        "past": [(each.office, made) for each in found.offices for made in each.ended],
        "waiting": [(each, _may_confirm(request, each.terms, me)) for each in found.waiting],
        "ranks": node().library.offices.ranks,
        "offices": tuple(node().library.offices.offices.values()),
        "can": may(request, "office.appoint"),
        "today": day_of(node().clock()),
    }
    return render(request, "pages/offices.html", context)


@action("office.view")
def office(_request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Send to an office's place in the register."""
    known = node().library.offices.office(name)
    return redirect(f"{reverse('offices', args=[estate_id])}#{known.id}")


@require_POST
@action("office.appoint", audited=False)
def appoint(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Propose that someone holds an office."""
    terms = Appointment(
        person=_text(request, "person"),
        office=_text(request, "office"),
        since=day(_text(request, "since")),
        appointed_by="",
        seconded_by="",
        title=_text(request, "title"),
        rank=_text(request, "rank"),
        reports_to=_text(request, "reports_to"),
        concurrent_posts=_lines(request, "concurrent_posts"),
        background=_text(request, "background"),
        certificates=_lines(request, "certificates"),
        budget_twd=_number(request, "budget_twd"),
        staff=_number(request, "staff"),
        decided_by=_text(request, "decided_by"),
        authority=_text(request, "authority"),
        security_background=request.POST.get("security_background") == "1",
        independent=request.POST.get("independent") == "1",
        training_hours=_number(request, "training_hours"),
    )
    return _done(
        request,
        estate_id,
        lambda: propose(node(), terms, actor=request.user.get_username(), estate_id=estate_id),
        say("已提案，待另一人確認後生效。", "Proposed; it stands once another person confirms it."),
    )


@require_POST
@action("office.appoint", audited=False)
def end(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Propose that someone holds an office no longer."""
    until = day(_text(request, "until"))
    return _done(
        request,
        estate_id,
        lambda: propose_end(
            node(),
            _text(request, "office"),
            _text(request, "person"),
            until,
            actor=request.user.get_username(),
            decided_by=_text(request, "decided_by"),
            estate_id=estate_id,
        ),
        say("已提案解任，待另一人確認。", "Proposed; another person confirms it."),
    )


@require_POST
@action("office.appoint", audited=False)
def second(request: HttpRequest, estate_id: str, proposal: str) -> HttpResponse:
    """Confirm another person's proposal."""
    return _done(
        request,
        estate_id,
        lambda: confirm(node(), proposal, actor=request.user.get_username(), estate_id=estate_id),
        say("已確認並封存，任命生效。", "Confirmed and sealed; the appointment stands."),
    )


def day(text: str) -> date:
    """Read a day of a form."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(
            say("不是日期", "not a date"), place=text[:40], remedy=say("年-月-日", "YYYY-MM-DD")
        ) from error


def _done(
    request: HttpRequest, estate_id: str, act: Callable[[], object], said: str
) -> HttpResponse:
    tried(request, act, said)
    return redirect("offices", estate_id)


def _may_confirm(request: HttpRequest, terms: Appointment, me: str) -> bool:
    own = same_person(terms.appointed_by, me) or same_person(terms.person, me)
    return may(request, "office.appoint") and not own


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:2000]


def _lines(request: HttpRequest, name: str) -> tuple[str, ...]:
    parts = _text(request, name).replace("、", "\n").replace(",", "\n").split("\n")
    return tuple(each.strip() for each in parts if each.strip())


def _number(request: HttpRequest, name: str) -> int:
    text = _text(request, name)
    if not text:
        return 0
    if not text.isascii() or not text.isdecimal() or int(text[:14]) > MOST_NUMBER:
        raise BadInputError(say("不是整數", "not a whole number"), place=text[:40])
    return int(text)


urlpatterns = [
    path("e/<str:estate_id>/offices/", offices, name="offices"),
    path("e/<str:estate_id>/offices/appoint/", appoint, name="office_appoint"),
    path("e/<str:estate_id>/offices/end/", end, name="office_end"),
    path("e/<str:estate_id>/offices/confirm/<str:proposal>/", second, name="office_confirm"),
    path("e/<str:estate_id>/offices/<str:name>/", office, name="office"),
]
