"""The cheapest path: what it is, why, what else there is; adopting it and following it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError
from panshi.governance.path.plan import Plan
from panshi.governance.path.targets import targets_of
from panshi.governance.path.wishes import wishes_of
from panshi.model.bodies.projects import ProjectStatus
from panshi.node.planning import adopt, how_far, plan, withdraw
from panshi.node.projects import projects
from panshi.report.path_words import (
    comparison_words,
    headline,
    obstacle_words,
    relaxation_words,
    standing_words,
    target_words,
)
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.path_pictures import curve, gantt
from panshi.web.refusing import tried
from panshi.web.words import chinese, say

USUAL = "zt36"
QUARTERS = 8
MOST_QUARTERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """One thing that could be otherwise, one click away."""

    word: str
    url: str


@action("plan.view")
def cheapest(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the cheapest path to a target under the limits the address names."""
    look = looking(request, estate_id)
    framework = node().library.framework(request.GET.get("framework", USUAL) or USUAL)
    refused: PanshiError | None = None
    found: Plan | None = None
    try:
        found = _asked(request.GET, estate_id, framework.id)
    except PanshiError as error:
        refused = error
    known = projects(node(), estate_id)
    followed = how_far(node(), framework.id, estate_id)
    context = look.context | {
        "framework": framework,
        "frameworks": tuple(node().library.frameworks.values()),
        "targets": targets_of(framework),
        "target": found.target.name if found else request.GET.get("target", ""),
        "plan": found,
        "refused": refused,
        "projects": known,
        "open": [each for each in known.values() if each.status.open],
        "followed": followed,
        "can_adopt": may(request, "plan.adopt"),
        "sees_people": may(request, "evidence.personal"),
        "adopting": parse_qsl(_passed_on(request.GET, framework=framework.id)),
        "statuses": tuple(ProjectStatus),
    }
    if found is not None:
        context |= _told(found) | {
            "gantt": gantt(found),
            "curve": curve(found),
            "what_ifs": _what_ifs(request.GET, found),
        }
    return render(request, "pages/plan.html", context, status=422 if refused else 200)


@require_POST
@action("plan.adopt", audited=False)
def adopted(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Seal the path that these limits give now as the one followed."""
    framework = node().library.framework(request.POST.get("framework", USUAL) or USUAL)
    actor, note = request.user.get_username(), request.POST.get("note", "").strip()[:2000]
    tried(
        request,
        lambda: adopt(
            node(), _asked(request.POST, estate_id, framework.id), actor=actor, note=note
        ),
        say("路徑已採行並封存。", "The path was adopted and sealed."),
    )
    return redirect(f"{reverse('plan', args=[estate_id])}?{_passed_on(request.POST)}")


@require_POST
@action("plan.adopt", audited=False)
def withdrawn(request: HttpRequest, estate_id: str) -> HttpResponse:
    """End the adopted path."""
    framework = request.POST.get("framework", USUAL)
    actor = request.user.get_username()
    tried(
        request,
        lambda: withdraw(node(), framework, estate_id, actor=actor),
        say("採行的路徑已撤回，紀錄仍在。", "The adopted path was withdrawn; its record stays."),
    )
    return redirect(f"{reverse('plan', args=[estate_id])}?{urlencode({'framework': framework})}")


def _asked(given: QueryDict, estate_id: str, framework_id: str) -> Plan:
    """Find the path that an address or a form asks for."""
    quarters = given.get("quarters", "")
    known = quarters.isascii() and quarters.isdecimal() and len(quarters) <= len("40")
    return plan(
        node(),
        framework_id,
        given.get("target", ""),
        estate_id,
        wishes=wishes_of(
            quarters=int(quarters) if known else QUARTERS,
            begins=given.get("begins", "").strip(),
            budget=given.get("budget", ""),
            total=given.get("total", ""),
            hours=given.getlist("hours"),
            without=given.getlist("without"),
            force=given.getlist("force"),
        ),
    )


_KEPT = ("framework", "target", "quarters", "begins", "budget", "total")
_MANY = ("hours", "without", "force")


def _passed_on(given: QueryDict, **changes: object) -> str:
    """Give the part of an address that says what was asked for, with changes."""
    pairs = [(name, given.get(name, "")) for name in _KEPT if name not in changes]
    pairs += [(name, each) for name in _MANY if name not in changes for each in given.getlist(name)]
    for name, value in changes.items():
        pairs += [(name, each) for each in (value if isinstance(value, list) else [str(value)])]
    return urlencode([(name, value) for name, value in pairs if value])


def _what_ifs(given: QueryDict, found: Plan) -> list[WhatIf]:
    """Offer the usual questions: half the money, no such project, longer."""
    made: list[WhatIf] = []

    def offer(word: str, **changes: object) -> None:
        made.append(WhatIf(word=word, url=f"?{_passed_on(given, **changes)}"))

    if found.wishes.budget:
        halved = ",".join(str(each // 2) for each in found.wishes.budget)
        offer(say("預算減半", "half the budget"), budget=halved)
    elif found.projects:
        most = max(each.cost for each in found.quarters)
        offer(say("每季預算減為最高季的一半", "half of the dearest quarter"), budget=most // 2)
    without = given.getlist("without")
    for step in sorted(found.projects, key=lambda each: -each.cost)[:3]:
        word = say("不做 {}", "without {}").format(step.id)
        offer(word, without=[*without, step.id])
    later = min(MOST_QUARTERS, found.wishes.quarters + 4)
    offer(say("期程放寬為 {} 季", "{} quarters").format(later), quarters=later)
    if without or given.getlist("force") or given.get("budget"):
        offer(
            say("去除所有條件", "without any condition"),
            without=[],
            force=[],
            hours=[],
            budget="",
            total="",
        )
    return made


def _told(found: Plan) -> dict[str, object]:
    zh = chinese()

    def all_of[T](words: Callable[..., str], things: tuple[T, ...]) -> list[tuple[T, str]]:
        return [(each, words(each, chinese=zh)) for each in things]

    return {
        "headline": headline(found, chinese=zh),
        "goal": target_words(found.target, chinese=zh),
        "today": standing_words(found.before, found.target, chinese=zh),
        "then": standing_words(found.after, found.target, chinese=zh),
        "obstacles": all_of(obstacle_words, found.obstacles),
        "relaxations": all_of(relaxation_words, found.relaxations),
        "comparisons": all_of(comparison_words, found.comparisons),
        "quarters": [
            (each, standing_words(each.standing, found.target, chinese=zh))
            for each in found.quarters
        ],
    }


urlpatterns = [
    path("e/<str:estate_id>/path/", cheapest, name="plan"),
    path("e/<str:estate_id>/path/adopt/", adopted, name="plan_adopt"),
    path("e/<str:estate_id>/path/withdraw/", withdrawn, name="plan_withdraw"),
]
