"""Statements on exploitability (VEX): what a vulnerability does here, said by two people.

A list with state and last day, one decision with what it covers now, the proposal, the approval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError, UsageError
from panshi.governance.persons import pair_defect, same_person
from panshi.model.asset import AssetId, AssetKind
from panshi.model.supply_chain.vex import VexStatus
from panshi.model.zone import day_of
from panshi.node.supply_chain.vex import Decision, decision, decisions, longest_days
from panshi.node.supply_chain.vex_desk import Proposed, VexDesk
from panshi.node.supply_chain.vex_reach import AGAIN_WORDS, reach
from panshi.protection.supply_chain.vex import Fit
from panshi.protection.supply_chain.vex.proposals import JUSTIFICATIONS
from panshi.protection.supply_chain.vex.steps import AffairState
from panshi.report.vex.words import STATES, justification_word, state_word, status_word
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import Pair, chinese, pick, say

PER_PAGE = 50
USUAL_DAYS = 90
EXCEPTED = "blueprint/BP-08"
"Control a risk that is accepted is excepted from: vulnerabilities of what is built upon."
HIDDEN: Pair = ("（依角色遮蔽）", "(hidden for your role)")
MARKS = {
    AffairState.PROPOSED: "stale_pass",
    AffairState.IN_FORCE: "passing",
    AffairState.EXPIRED: "stale_fail",
    AffairState.LAPSED: "stale_fail",
    AffairState.REFUSED: "failing",
    AffairState.WITHDRAWN: "failing",
    AffairState.VOID: "failing",
}
FITS: dict[Fit, Pair] = {
    Fit.OTHER_VERSION: ("版本不在範圍內", "its version is outside"),
    Fit.OTHER_SYSTEM: ("限於別的系統", "confined to another system"),
    Fit.OTHER_PART: ("同一產品的別的元件", "another part of the same product"),
    Fit.UNTOLD: ("版本無法判定", "its version cannot be told"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One decision as the pages show it."""

    one: Decision
    state: AffairState
    word: str
    mark: str
    says: str
    reason: str
    system: str
    days_left: int
    proposed_by: str
    approved_by: str
    ended_by: str


@action("vex.view")
def every(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Answer how many decisions count; then each with state and last day."""
    look = looking(request, estate_id)
    found = decisions(node(), estate_id)
    states = [each.state(today_here()) for each in found]
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip().casefold()
    sought = [
        each
        for each, held in zip(found, states, strict=True)
        if state in {"", held} and text in _searched(each)
    ]
    shown, following = page_after(
        sought, request.GET.get("after", ""), PER_PAGE, lambda each: each.number
    )
    soon = today_here() + timedelta(days=30)
    context = look.context | {
        "rows": [_row(request, estate_id, each, today_here()) for each in shown],
        "following": following,
        "any": bool(found),
        "in_force": states.count(AffairState.IN_FORCE),
        "waiting": states.count(AffairState.PROPOSED),
        "ending": sum(
            held is AffairState.IN_FORCE and each.expires <= soon
            for each, held in zip(found, states, strict=True)
        ),
        "states": [(each, pick(STATES[each])) for each in AffairState if each in states],
        "state": state,
        "q": request.GET.get("q", ""),
        "may_propose": may(request, "vex.propose"),
    }
    return render(request, "pages/vex.html", context)


@action("vex.view")
def one(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one decision: what it says, what it covers now, and what may be done with it."""
    look = looking(request, estate_id)
    found = decision(node(), number, estate_id)
    row, person = _row(request, estate_id, found, today_here()), request.user.get_username()
    reached = reach(node(), found, estate_id)
    waiting = row.state is AffairState.PROPOSED
    apart = not pair_defect(person, found.said.by)
    decides = waiting and may(request, "vex.approve")
    context = look.context | {
        "row": row,
        "one": found,
        "said": found.said,
        "sentence": _sentence(row, len(reached.covered)),
        "covered": [
            (each, _system(estate_id, each.finding.system), each.ruling) for each in reached.covered
        ],
        "near": [
            (each, _system(estate_id, each.finding.system), pick(FITS.get(each.fit, ("", ""))))
            for each in reached.near
        ],
        "again": [pick(AGAIN_WORDS[each]) for each in reached.again],
        "may_approve": decides and apart,
        "own": decides and not apart,
        "may_withdraw": row.state in {AffairState.PROPOSED, AffairState.IN_FORCE}
        and may(request, "vex.propose"),
        "again_url": _again_url(estate_id, found),
        "exception_url": _exception_url(estate_id, found),
        "may_propose": may(request, "vex.propose"),
        "may_except": may(request, "exception.request"),
    }
    return render(request, "pages/vex_decision.html", context)


@action("vex.propose", audited=False)
def propose(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the form, filled from a finding; or take the proposal."""
    look = looking(request, estate_id)
    status = 200
    if request.method == "POST":
        try:
            number = _desk(request, estate_id).propose(_proposed(request))
        except PanshiError as error:
            messages.error(request, _refusal(error))
            status = 400
        else:
            said = say(f"已提出 {number}，待另一人核准。", f"{number} waits for another person.")
            messages.success(request, said)
            return redirect("vex_decision", estate_id, number)
    given = request.POST if request.method == "POST" else request.GET
    longest = longest_days(node())(node().clock())
    context = look.context | {
        "given": {name: given.get(name, "")[:4000] for name in FORM},
        "statuses": [(each, status_word(each, chinese=chinese())) for each in VexStatus],
        "justifications": [(name, pick(words)) for name, words in JUSTIFICATIONS.items()],
        "systems": sorted(look.estate.by_kind.get(AssetKind.SYSTEM, ()), key=lambda each: each.id),
        "longest": longest,
        "latest": (today_here() + timedelta(days=longest)).isoformat(),
        "usual": (today_here() + timedelta(days=min(USUAL_DAYS, longest))).isoformat(),
        "today_iso": today_here().isoformat(),
    }
    return render(request, "pages/vex_propose.html", context, status=status)


@require_POST
@action("vex.approve", fresh=True)
def decide(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Approve or refuse what another person proposed."""
    why = request.POST.get("why", "")[:4000]

    def step(desk: VexDesk) -> object:
        if request.POST.get("ruling") == "approve":
            return desk.approve(number, why=why)
        return desk.refuse(number, why=why)

    return taken(request, estate_id, number, step)


@require_POST
@action("vex.propose", audited=False)
def withdraw(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """End it before its last day."""
    why = request.POST.get("why", "")[:4000]
    return taken(request, estate_id, number, lambda desk: desk.withdraw(number, why=why))


# -- what the pages are made of -----------------------------------------------------------------

FORM = (
    "vulnerability",
    "alias",
    "purl",
    "versions",
    "system",
    "status",
    "justification",
    "impact",
    "advice",
    "why",
    "expires",
    "adopts",
)


def taken(
    request: HttpRequest, estate_id: str, number: str, step: Callable[[VexDesk], object]
) -> HttpResponse:
    """Take a step and lead back; what the rules refuse is said there."""
    try:
        step(_desk(request, estate_id))
    except PanshiError as error:
        messages.error(request, _refusal(error))
    else:
        messages.success(request, say("已封存。", "It is sealed."))
    if number.startswith("VEX-"):
        return redirect("vex_decision", estate_id, number)
    return redirect("vex_received", estate_id)


def today_here() -> date:
    """Give the institution's day by the node's clock, by which everything here counts."""
    return day_of(node().clock())


def day(text: str) -> date | None:
    """Read a date of a form; None where none is given."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(say("不是日期", "not a date"), place=text[:20]) from error


def who(request: HttpRequest, name: str) -> str:
    """Name a person to those who may know, to whoever decides, and to themselves."""
    sees = may(request, "evidence.personal") or may(request, "vex.approve")
    own = not name or same_person(name, request.user.get_username())
    return name if sees or own else pick(HIDDEN)


def _desk(request: HttpRequest, estate_id: str) -> VexDesk:
    return VexDesk(node(), actor=request.user.get_username(), estate_id=estate_id)


def _refusal(error: PanshiError) -> str:
    return say(f"未成立：{error.problem}", f"Refused: {error.problem}")


def _proposed(request: HttpRequest) -> Proposed:
    post = {name: request.POST.get(name, "")[:4001] for name in FORM}
    if post["status"] not in set(VexStatus):
        raise UsageError(say("未選擇判斷", "no status is chosen"))
    return Proposed(
        vulnerability=post["vulnerability"],
        purl=post["purl"],
        status=VexStatus(post["status"]),
        expires=day(post["expires"]),
        aliases=tuple(post["alias"].split()),
        versions=post["versions"],
        system=post["system"],
        justification=post["justification"],
        impact=post["impact"],
        advice=post["advice"],
        why=post["why"],
        adopts=post["adopts"],
    )


def _row(request: HttpRequest, estate_id: str, each: Decision, today: date) -> Row:
    state, said = each.state(today), each.said
    return Row(
        one=each,
        state=state,
        word=state_word(state, chinese=chinese()),
        mark=MARKS[state],
        says=status_word(said.status or VexStatus.UNDER_INVESTIGATION, chinese=chinese()),
        reason=justification_word(said.justification, chinese=chinese()),
        system=_system(estate_id, said.system),
        days_left=(each.expires - today).days,
        proposed_by=who(request, said.by),
        approved_by=who(request, each.approved_by),
        ended_by=who(request, each.withdrawn_by or each.refused_by),
    )


def _sentence(row: Row, covered: int) -> str:
    one, said = row.one, row.one.said
    if row.state is AffairState.IN_FORCE:
        return say(
            f"{said.vulnerability}：{row.says}，有效至 {one.expires}，目前涵蓋 {covered} 項發現。",
            f"{said.vulnerability}: {row.says} until {one.expires}; findings it covers now: "
            f"{covered}.",
        )
    return say(
        f"{said.vulnerability}：{row.word}，不影響任何發現；若有效將涵蓋 {covered} 項。",
        f"{said.vulnerability}: {row.word}; it decides nothing. Findings it would cover: "
        f"{covered}.",
    )


def _system(estate_id: str, system: str) -> str:
    asset = node().estate(estate_id).by_id.get(AssetId(system)) if system else None
    return asset.name if asset else system


def _searched(each: Decision) -> str:
    said = each.said
    return " ".join((each.number, said.vulnerability, *said.aliases, said.purl)).casefold()


def _again_url(estate_id: str, each: Decision) -> str:
    """Lead to a new proposal that says what this one said."""
    said = each.said
    told = {
        "vulnerability": said.vulnerability,
        "alias": " ".join(said.aliases),
        "purl": said.purl,
        "versions": said.versions,
        "system": said.system,
        "status": said.status or "",
        "justification": said.justification,
        "impact": said.impact,
        "advice": said.advice,
    }
    kept = urlencode({name: value for name, value in told.items() if value})
    return f"{reverse('vex_propose', args=[estate_id])}?{kept}"


def _exception_url(estate_id: str, each: Decision) -> str:
    said = each.said
    return exception_url(estate_id, said.vulnerability, said.purl, said.system)


def exception_url(estate_id: str, vulnerability: str, purl: str, system: str) -> str:
    """Lead to the register of exceptions, filled: a risk that is accepted belongs there."""
    told = {
        "control": EXCEPTED,
        "more": system,
        "reason": say(
            f"{vulnerability}（{purl}）未能於期限內修補：", f"{vulnerability} ({purl}): "
        ),
    }
    return f"{reverse('exception_request', args=[estate_id])}?{urlencode(told)}"


_HERE = "e/<str:estate_id>/supply-chain/vex/"
urlpatterns = [
    path(_HERE, every, name="vex"),
    path(f"{_HERE}propose/", propose, name="vex_propose"),
    path(f"{_HERE}d/<str:number>/", one, name="vex_decision"),
    path(f"{_HERE}d/<str:number>/decide/", decide, name="vex_decide"),
    path(f"{_HERE}d/<str:number>/withdraw/", withdraw, name="vex_withdraw"),
]
