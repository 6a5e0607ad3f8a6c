"""Privileged access: who may administer what, until when, who let them, and what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, ForbiddenError, PanshiError
from panshi.governance.persons import pair_defect, same_person
from panshi.model.asset import AssetId, AssetKind
from panshi.model.zone import INSTITUTION_ZONE
from panshi.node.zero_trust.grants import (
    Asking,
    GrantDesk,
    grant_in,
    grants_in,
    may_take_back,
    recordings_of,
)
from panshi.protection.zero_trust.privileged.grants import (
    GRANT_WORDS,
    LONGEST,
    GrantState,
    PrivilegedGrant,
)
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
MOST_MINUTES = int(LONGEST.total_seconds()) // 60
OPEN = {GrantState.REQUESTED, GrantState.APPROVED, GrantState.IN_FORCE}
HIDDEN: Pair = ("（依角色遮蔽）", "(hidden for your role)")
WAYS: dict[str, Pair] = {
    "shell": ("互動操作", "shell"),
    "exec": ("單一指令", "one command"),
    "sftp": ("檔案傳輸", "files (SFTP)"),
    "forward": ("埠轉送", "forwarded port"),
}
MARKS = {
    GrantState.REQUESTED: "stale_pass",
    GrantState.APPROVED: "stale_pass",
    GrantState.IN_FORCE: "passing",
    GrantState.REFUSED: "failing",
    GrantState.REVOKED: "failing",
}
ENDINGS: dict[str, Pair] = {
    "client": ("使用者離開", "the person left"),
    "target": ("目標主機結束", "the target ended it"),
    "order": ("決策點命令切斷", "cut by order of the decision point"),
    "grant": ("授權結束而切斷", "cut, the grant was over"),
    "limit": ("超過上限而切斷", "cut at a limit"),
    "bastion": ("堡壘主機停止", "the bastion stopped"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One grant as the pages show it."""

    grant: PrivilegedGrant
    state: GrantState
    word: str
    mark: str
    system: str
    ways: str
    requested_by: str
    for_person: str
    approved_by: str
    refused_by: str
    ended_by: str


@action("grant.view")
def grants(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show every grant, newest first, and the form."""
    look, now = looking(request, estate_id), node().clock()
    found = grants_in(node(), estate_id)
    states = [each.state(now) for each in found]
    wanted = request.GET.get("state", "")
    sought = [
        each for each, state in zip(found, states, strict=True) if not wanted or state == wanted
    ]
    shown, following = page_after(
        sought, request.GET.get("after", ""), PER_PAGE, lambda each: each.number
    )
    systems = sorted(look.estate.by_kind.get(AssetKind.SYSTEM, ()), key=lambda each: each.id)
    context = look.context | {
        "rows": [_row(request, estate_id, each) for each in shown],
        "following": following,
        "in_force": states.count(GrantState.IN_FORCE),
        "waiting": states.count(GrantState.REQUESTED),
        "any": bool(found),
        "states": [(each, pick(GRANT_WORDS[each])) for each in GrantState if each in states],
        "state": wanted,
        "may_ask": may(request, "grant.request"),
        "systems": systems,
        "ways": [(name, pick(word)) for name, word in WAYS.items()],
        "most_minutes": MOST_MINUTES,
    }
    return render(request, "pages/privileged.html", context)


@action("grant.view")
def grant(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Show one grant: what it lets in, what may be done with it, and what was recorded."""
    look = looking(request, estate_id)
    found = grant_in(node(), number, estate_id)
    row, person = _row(request, estate_id, found), request.user.get_username()
    people = (found.asked.requested_by, found.asked.for_person)
    waiting = row.state is GrantState.REQUESTED
    apart = not any(pair_defect(person, each) for each in people)
    decides = waiting and may(request, "grant.decide")
    context = look.context | {
        "row": row,
        "one": found,
        "asked": found.asked,
        "may_decide": decides and apart,
        "own": decides and not apart,
        "may_end": row.state in OPEN and _may_end(request, found),
        "recordings": [
            (sealed, each, pick(WAYS.get(each.way, (each.way, each.way))), _ending(each.ended_by))
            for sealed, each in recordings_of(node(), number)
        ],
    }
    return render(request, "pages/privileged_grant.html", context)


@require_POST
@action("grant.request", audited=False)
def ask(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Ask for a grant."""
    try:
        number = _desk(request, estate_id).ask(_asked(request))
    except PanshiError as error:
        messages.error(request, _refusal(error))
        return redirect("privileged", estate_id)
    said = say(f"已申請為 {number}，待另一人核定。", f"Asked for as {number}; another decides.")
    messages.success(request, said)
    return redirect("privileged_grant", estate_id, number)


@require_POST
@action("grant.decide", fresh=True)
def decide(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Approve or refuse what another person asked for."""
    approved, note = request.POST.get("ruling") == "approve", request.POST.get("note", "")
    return _taken(
        request,
        estate_id,
        number,
        lambda: _desk(request, estate_id).decide(number, approved=approved, note=note),
    )


@require_POST
@action("grant.end", audited=False)
def end(request: HttpRequest, estate_id: str, number: str) -> HttpResponse:
    """Take a grant back at once; what is open under it is cut."""

    def step() -> object:
        if not _may_end(request, grant_in(node(), number, estate_id)):
            raise ForbiddenError(
                say("只有申請人、使用者或有權核定者可以收回", "it is not yours to take back"),
                place=number,
            )
        return _desk(request, estate_id).revoke(number, why=request.POST.get("why", ""))

    return _taken(request, estate_id, number, step)


# -- what the pages are made of -----------------------------------------------------------------


def _desk(request: HttpRequest, estate_id: str) -> GrantDesk:
    return GrantDesk(node(), actor=request.user.get_username(), estate_id=estate_id)


def _taken(
    request: HttpRequest, estate_id: str, number: str, step: Callable[[], object]
) -> HttpResponse:
    """Take a step and lead to the grant; what the rules refuse is said there."""
    grant_in(node(), number, estate_id)
    try:
        step()
    except PanshiError as error:
        messages.error(request, _refusal(error))
    else:
        messages.success(request, say("已封存。", "It is sealed."))
    return redirect("privileged_grant", estate_id, number)


def _refusal(error: PanshiError) -> str:
    return say(f"未成立：{error.problem}", f"Refused: {error.problem}")


def _may_end(request: HttpRequest, found: PrivilegedGrant) -> bool:
    """By duty whoever may decide or end sessions; else whoever asked or uses it."""
    by_duty = may(request, "grant.decide") or may(request, "access.end")
    own = may_take_back(found, request.user.get_username(), by_duty=by_duty)
    return own and may(request, "grant.end")


def _asked(request: HttpRequest) -> Asking:
    post = request.POST
    minutes = post.get("minutes", "60")
    if not (minutes.isascii() and minutes.isdecimal() and 0 < int(minutes[:5]) <= MOST_MINUTES):
        raise BadInputError(
            say(f"時間為 1 至 {MOST_MINUTES} 分鐘", f"it lasts 1 to {MOST_MINUTES} minutes"),
            place="minutes",
        )
    return Asking(
        system=post.get("system", ""),
        for_person=post.get("for_person", "")[:200],
        ways=tuple(post.getlist("ways")),
        begins=_begins(post.get("begins", "")),
        lasts=timedelta(minutes=int(minutes[:5])),
        ticket=post.get("ticket", "")[:200],
        why=post.get("why", "")[:4000],
    )


def _begins(text: str) -> datetime | None:
    """Read a local time of the institution; empty is now."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=INSTITUTION_ZONE)
    except ValueError as error:
        raise BadInputError(say("不是時間", "not a time"), place="begins") from error


def _row(request: HttpRequest, estate_id: str, found: PrivilegedGrant) -> Row:
    """People are named to those who may know, to whoever decides, and to themselves."""
    state, asked = found.state(node().clock()), found.asked
    sees = may(request, "evidence.personal") or may(request, "grant.decide")
    person, estate = request.user.get_username(), node().estate(estate_id)

    def who(name: str) -> str:
        return name if not name or sees or same_person(name, person) else pick(HIDDEN)

    asset = estate.by_id.get(AssetId(asked.system))
    return Row(
        grant=found,
        state=state,
        word=pick(GRANT_WORDS[state]),
        mark=MARKS.get(state, "unseen"),
        system=asset.name if asset else asked.system,
        ways=say("、", ", ").join(pick(WAYS.get(each, (each, each))) for each in asked.ways),
        requested_by=who(asked.requested_by),
        for_person=who(asked.for_person),
        approved_by=who(found.approved_by),
        refused_by=who(found.refused_by),
        ended_by=who(found.ended_by),
    )


def _ending(name: str) -> str:
    return pick(ENDINGS.get(name, (name, name)))


_HERE = "e/<str:estate_id>/zero-trust/privileged/"
urlpatterns = [
    path(_HERE, grants, name="privileged"),
    path(f"{_HERE}ask/", ask, name="privileged_ask"),
    path(f"{_HERE}<str:number>/", grant, name="privileged_grant"),
    path(f"{_HERE}<str:number>/decide/", decide, name="privileged_decide"),
    path(f"{_HERE}<str:number>/end/", end, name="privileged_end"),
]
