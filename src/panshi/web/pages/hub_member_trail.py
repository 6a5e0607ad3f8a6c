"""What a member of a hub sent and what was refused to it, page by page; its quotas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, MissingError
from panshi.model.alliance.member import Member, Quotas, Reason
from panshi.node.alliance.member_reading import UNKNOWN, refusals, submissions
from panshi.node.alliance.members import MemberDesk, member
from panshi.report.hub_member_answers import RefusalAnswer
from panshi.web.gate import action
from panshi.web.nodes import node
from panshi.web.pages.hub_tickets import only_at_a_hub
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
GLANCE = 5
"Rows on the page of the member itself."
SKEW = re.compile(r"skew (?P<sign>[+-])(?P<seconds>\d+) s")
MORE = re.compile(r"(?P<count>\d+) more within a minute of ")
KINDS: dict[str, Pair] = {
    "tickets": ("事件單", "tickets"),
    "objects": ("情資物件", "objects"),
}
REASONS: dict[Reason, Pair] = {
    Reason.UNSIGNED: ("未簽章", "not signed"),
    Reason.MALFORMED: ("簽章格式不正確", "a malformed signature"),
    Reason.NOT_COVERED: ("簽章未涵蓋必要欄位", "a part left out of the signature"),
    Reason.WRONG_HOST: ("簽給其他樞紐", "signed for another hub"),
    Reason.UNKNOWN_KEY: ("金鑰不明", "an unknown key"),
    Reason.KEY_NOT_IN_FORCE: ("金鑰已失效或待核准", "a key not in force"),
    Reason.MEMBER_NOT_ACTIVE: ("會員未生效", "the member is not active"),
    Reason.SIGNATURE: ("簽章不符", "a signature that does not fit"),
    Reason.CLOCK: ("時鐘偏差", "a clock that is off"),
    Reason.REPLAYED: ("重送已用過的簽章", "a request that came before"),
    Reason.DIGEST: ("內容與摘要不符", "a body that does not fit its digest"),
    Reason.IDEMPOTENCY_KEY: ("缺少或錯誤的送件識別碼", "no idempotency key, or a wrong one"),
    Reason.IDEMPOTENCY_CONFLICT: ("同一送件識別碼內容不同", "a key used for another content"),
    Reason.TOKEN: ("權杖無效", "no valid token"),
    Reason.SCOPE: ("權杖範圍不足", "a scope the token lacks"),
    Reason.POLICY: ("政策不允許", "not offered to this kind of member"),
    Reason.CONTENT_TYPE: ("內容型別不符", "a wrong content type"),
    Reason.TOO_SLOW: ("傳送逾時", "a body that came too slowly"),
    Reason.TOO_LARGE: ("內容過大", "too large"),
    Reason.TOO_MANY_IN_BATCH: ("單批筆數過多", "too many in one batch"),
    Reason.TOO_FAST: ("請求過於頻繁", "too many requests"),
    Reason.TOO_MANY_BYTES: ("流量超過配額", "too many bytes"),
    Reason.TOO_MANY_AT_ONCE: ("同時請求過多", "too much at the same time"),
    Reason.BUSY: ("樞紐忙碌", "the hub was busy"),
    Reason.CODE: ("註冊碼無效", "an invalid code"),
    Reason.CONTENT: ("內容不被接受", "content that was not accepted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One submission as the table shows it."""

    at: datetime
    kind: str
    items: int
    size: int
    done: bool
    idempotency_key: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One refusal as the table shows it."""

    at: datetime
    why: str
    detail: str
    key: str


def sent_rows(member_id: str, *, before: int | None = None, most: int) -> tuple[list[Sent], int]:
    """Give submissions, newest first, and after which to go on; 0 at the end."""
    found = submissions(node(), member_id, before=before, limit=most + 1)
    rows = [
        Sent(
            at=each.accepted_at or each.at,
            kind=pick(KINDS.get(each.kind.partition(".")[0], (each.kind, each.kind))),
            items=each.items,
            size=each.size,
            done=each.accepted_at is not None,
            idempotency_key=each.idempotency_key,
            sha256=each.sha256,
        )
        for each in found[:most]
    ]
    return rows, found[most - 1].id if len(found) > most else 0


def refusal_rows(
    member_id: str, *, before: int | None = None, most: int
) -> tuple[list[Refusal], int]:
    """Give refusals, newest first, and after which to go on; 0 at the end."""
    found = refusals(node(), member_id, before=before, limit=most + 1)
    rows = [_refusal(told) for _position, told in found[:most]]
    return rows, found[most - 1][0] if len(found) > most else 0


def _refusal(told: RefusalAnswer) -> Refusal:
    known = told.reason in list(Reason)
    return Refusal(
        at=told.at,
        why=pick(REASONS[Reason(told.reason)]) if known else told.reason,
        detail=_detail(told.detail),
        key=told.key,
    )


def _detail(told: str) -> str:
    """Put into words how far a clock was off, and how many more there were."""
    skewed, more = SKEW.fullmatch(told), MORE.match(told)
    if skewed:
        ahead, seconds = skewed["sign"] == "+", skewed["seconds"]
        way = pick(("快", "ahead") if ahead else ("慢", "behind"))
        return say(f"時鐘{way} {seconds} 秒", f"clock {seconds} s {way}")
    if more:
        return say(f"一分鐘內另有 {more['count']} 次", f"{more['count']} more within a minute")
    return told


@action("hub_member.view")
def sent(request: HttpRequest, member_id: str) -> HttpResponse:
    """Show what a member submitted."""
    found = _member(member_id)
    rows, following = sent_rows(found.id, before=_before(request), most=PER_PAGE)
    context = {"member": found, "sent": rows, "following": following or None, "key": "before"}
    return render(request, "pages/hub_member_sent.html", context)


@action("hub_member.view")
def refused(request: HttpRequest, member_id: str) -> HttpResponse:
    """Show what was refused to a member, or to senders nobody vouched for."""
    only_at_a_hub()
    found = None if member_id == UNKNOWN else _member(member_id)
    rows, following = refusal_rows(member_id, before=_before(request), most=PER_PAGE)
    context = {"member": found, "refused": rows, "following": following or None, "key": "before"}
    return render(request, "pages/hub_member_refused.html", context)


@require_POST
@action("hub_member.terms", audited=False)
def set_terms(request: HttpRequest, member_id: str) -> HttpResponse:
    """Set quotas and communities."""
    found, given = _member(member_id), request.POST
    numbers = {
        name: _number(given.get(name, ""), name)
        for name in ("bytes_per_minute", "body_bytes", "batch", "at_once")
    }
    quotas = Quotas(requests_per_second=_rate(given.get("requests_per_second", "")), **numbers)
    circles = tuple(given.get("communities", "").split())
    desk = MemberDesk(node(), actor=request.user.get_username())
    desk.set_terms(found.id, quotas, circles, why=given.get("why", ""))
    messages.success(request, say("已記錄。", "Recorded."))
    return redirect("hub_member", found.id)


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > len("64000000000"):
        raise BadInputError(f"{name} is no whole number: {text[:20]!r}", place=name)
    return int(text)


def _rate(text: str) -> float:
    try:
        found = float(text[:20])
    except ValueError as error:
        raise BadInputError(f"{text[:20]!r} is no rate", place="requests_per_second") from error
    return found if isfinite(found) else 0.0


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("9" * 19) else None


def _member(name: str) -> Member:
    only_at_a_hub()
    try:
        return member(node(), name)
    except MissingError as error:
        raise Http404(name) from error


urlpatterns = [
    path("hub/members/<str:member_id>/sent/", sent, name="hub_member_sent"),
    path("hub/members/<str:member_id>/refused/", refused, name="hub_member_refused"),
    path("hub/members/<str:member_id>/terms/", set_terms, name="hub_member_terms"),
]
