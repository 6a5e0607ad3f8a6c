"""Live sessions: who is in with what, how far they are trusted and why, and what was taken back.

The page is drawn by the server. While it is open a stream tells that something changed, and the
table is fetched anew; nothing of it is computed in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError
from panshi.node.zero_trust import live, watching
from panshi.node.zero_trust.trust_content import trust_model
from panshi.protection.zero_trust.sessions.facts import Consequence
from panshi.protection.zero_trust.sessions.views import LiveSession
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.pages.access_decisions import word_of
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
FAR = 32_503_680_000.0
"The year 3000: what never comes."
CAUSES: dict[str, Pair] = {
    "policy": ("政策變更", "policies changed"),
    "entity": ("資產或帳號變更", "entities changed"),
    "leaver": ("人員離職或停用", "somebody left"),
    "signal": ("訊號", "a signal"),
    "trust_crossing": ("信任隨時間下降", "trust faded"),
    "time": ("時間改變", "the hour changed"),
    "attestation_failed": ("設備證明失敗", "a device failed to attest"),
    "session_revoked": ("工作階段被撤銷", "a session was revoked"),
    "credential": ("憑據異動", "a credential changed"),
    "lost_feed": ("訊號來源中斷", "a feed was lost"),
    "feed_back": ("訊號來源恢復", "a feed came back"),
    "break_glass_begin": ("緊急使用開始", "break-glass began"),
    "break_glass_end": ("緊急使用結束", "break-glass ended"),
    "expired": ("到期", "it expired"),
    "idle": ("閒置", "it lay idle"),
    "step_up_overdue": ("未於期限內提升鑑別", "the stronger sign-in did not come"),
    "manual": ("人工結束", "ended by hand"),
    "signed_out": ("登出", "signed out"),
    "restart": ("決策點重新啟動", "the decision point started anew"),
}
STATES: dict[str, Pair] = {
    "fresh": ("新鮮", "fresh"),
    "false": ("不利", "unfavourable"),
    "stale": ("過期", "stale"),
    "missing": ("缺漏", "missing"),
    "unavailable": ("來源中斷", "feed lost"),
    "conflicting": ("互相矛盾", "conflicting"),
}
GRANTS: dict[str, Pair] = {
    "requested": ("待核准", "to be approved"),
    "void": ("逾期未核准", "never approved"),
    "in_force": ("進行中", "in force"),
    "ended": ("已結束，待檢視", "ended, to be reviewed"),
    "reviewed": ("已檢視", "reviewed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One session as the table shows it."""

    id: str
    user: str
    device: str
    assurance: int
    since: datetime
    level: int
    word: str
    doubts: tuple[tuple[str, str, str], ...]
    "State, the same in words, and the kinds of signal that are in it."
    accesses: tuple[tuple[str, str, str, str], ...]
    "Action, system, what is left of it, the sign-in that is due."
    look_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One change with what it did."""

    at: datetime
    cause: str
    what: str
    whom: str
    ended: int
    closed: int
    narrowed: int
    step_ups: int
    kept: int
    milliseconds: float


@action("access.view")
def sessions(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show the page with everything on it."""
    look = looking(request, estate_id)
    context = look.context | _table(request, estate_id)
    context |= _drawer(request) | {
        "may_end": may(request, "access.end"),
        "may_decide": may(request, "break_glass.decide"),
    }
    return render(request, "pages/live_sessions.html", context)


@action("access.view")
def table(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Give what changes while the page is open."""
    return render(request, "parts/live_sessions.html", _table(request, estate_id))


@require_POST
@action("access.end", audited=False)
def end(request: HttpRequest, estate_id: str) -> HttpResponse:
    """End a session, narrow it, or take the narrowing back."""
    name, actor = request.POST.get("session", ""), request.user.get_username()
    match request.POST.get("do", ""):
        case "narrow":
            told = watching.narrow(node(), name, actor=actor)
        case "lift":
            told = watching.narrow(node(), name, actor=actor, lift=True)
        case _:
            told = live.end(node(), name, actor=actor)
    said = say(f"已送出 {told.orders} 道命令。", f"{told.orders} orders were given.")
    messages.success(request, said)
    return redirect("live_sessions", estate_id)


@require_POST
@action("break_glass.decide", fresh=True)
def grant(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Approve, end or review break-glass."""
    actor, name = request.user.get_username(), request.POST.get("grant", "")
    try:
        match request.POST.get("step", ""):
            case "approve":
                live.approve_break_glass(node(), name, actor=actor)
            case "end":
                live.end_break_glass(node(), name, actor=actor)
            case _:
                finding = request.POST.get("finding", "")
                live.review_break_glass(node(), name, finding=finding, actor=actor)
    except PanshiError as error:
        messages.error(request, say(f"未成立：{error.problem}", f"Refused: {error.problem}"))
    else:
        messages.success(request, say("已封存。", "It is sealed."))
    return redirect(f"{reverse('live_sessions', args=[estate_id])}#grants")


# -- what the pages are made of -----------------------------------------------------------------


def _table(request: HttpRequest, estate_id: str) -> dict[str, object]:
    user, after = request.GET.get("user", "").strip(), request.GET.get("after", "")
    found = watching.look(node(), user=user, after=after, limit=PER_PAGE)
    asked = {name: value for name, value in (("user", user), ("after", after)) if value}
    done = found.consequences if found else ()
    return {
        "live": found,
        "estate_id": estate_id,
        "rows": [_row(each) for each in found.sessions] if found else [],
        "following": found.after if found else "",
        "taken": [_taken(each) for each in done],
        "grants": [(pick(GRANTS[each.state]), each) for each in found.grants] if found else [],
        "table_url": f"{reverse('live_sessions_table', args=[estate_id])}?{urlencode(asked)}",
        "ended": sum(each.sessions_ended for each in done),
        "closed": sum(each.accesses_closed for each in done),
    }


def _row(told: LiveSession) -> Row:
    session = told.session
    doubts = (
        ("missing", told.missing),
        ("stale", told.stale),
        ("conflicting", told.conflicting),
        ("false", told.unfavourable),
    )
    return Row(
        id=session.id,
        user=session.user.id,
        device=session.device or "",
        assurance=session.assurance,
        since=_moment(session.established_at),
        level=told.level,
        word=say(told.name_zh, told.name_en),
        doubts=tuple(
            (name, pick(STATES[name]), "、".join(map(_signal, kinds)))
            for name, kinds in doubts
            if kinds
        ),
        accesses=tuple(
            (word_of(each.access.action.id), each.access.resource.id, each.narrowed, each.step_up)
            for each in told.accesses
        ),
        look_at=_moment(told.next_look_at) if told.next_look_at else None,
    )


def _signal(kind: str) -> str:
    family = trust_model().families.get(kind)
    return say(family.title_zh, family.title_en) if family else kind


def _drawer(request: HttpRequest) -> dict[str, object]:
    """Explain the trust in the session that was asked about."""
    name = request.GET.get("session", "")
    told = watching.look_closely(node(), name) if name else None
    if told is None:
        return {"asked_about": name, "one": None}
    lines = [
        (say(each.title_zh, each.title_en), pick(STATES[each.state]), each)
        for each in told.contributions
    ]
    return {
        "asked_about": name,
        "one": _row(told),
        "lines": lines,
        "probability": told.probability,
    }


def _taken(told: Consequence) -> Taken:
    return Taken(
        at=_moment(told.at),
        cause=pick(CAUSES.get(told.cause, (told.cause, told.cause))),
        what=told.what,
        whom=told.whom,
        ended=told.sessions_ended,
        closed=told.accesses_closed,
        narrowed=told.accesses_narrowed,
        step_ups=told.step_ups,
        kept=told.accesses_kept,
        milliseconds=told.latency_s * 1000,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(min(seconds, FAR), UTC)


_HERE = "e/<str:estate_id>/zero-trust/sessions/"
urlpatterns = [
    path(_HERE, sessions, name="live_sessions"),
    path(f"{_HERE}table/", table, name="live_sessions_table"),
    path(f"{_HERE}end/", end, name="live_session_end"),
    path(f"{_HERE}grant/", grant, name="live_session_grant"),
]
