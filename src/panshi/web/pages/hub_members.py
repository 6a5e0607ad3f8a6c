"""Members of a hub: who is heard, by which keys, who waits; invited by one, let in by another."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, MissingError
from panshi.model.alliance.member import (
    KeyState,
    Member,
    MemberKey,
    MemberKind,
    MemberState,
)
from panshi.node.alliance.member_reading import member_detail
from panshi.node.alliance.members import MemberDesk, member, members
from panshi.node.alliance.subscribing import Subscribing, end_subscription, subscriptions
from panshi.report.threat.words import SECTORS
from panshi.web.gate import action, may
from panshi.web.nodes import node
from panshi.web.pages.hub_member_trail import GLANCE, refusal_rows, sent_rows
from panshi.web.pages.hub_tickets import only_at_a_hub
from panshi.web.paging import page_after
from panshi.web.words import Pair, pick, say

PER_PAGE = 100
STATES: dict[MemberState, Pair] = {
    MemberState.INVITED: ("已邀請", "invited"),
    MemberState.WAITING: ("待核准", "to be let in"),
    MemberState.ACTIVE: ("有效", "active"),
    MemberState.SUSPENDED: ("暫停", "suspended"),
    MemberState.REVOKED: ("已終止", "ended"),
}
KINDS: dict[MemberKind, Pair] = {
    MemberKind.INSTITUTION: ("金融機構", "institution"),
    MemberKind.ASSOCIATION: ("公會", "association"),
    MemberKind.CERT: ("應變組織", "CERT"),
    MemberKind.SUPERVISOR: ("主管機關", "supervisor"),
    MemberKind.FOREIGN_ISAC: ("境外 ISAC", "ISAC abroad"),
}
KEYS: dict[KeyState, Pair] = {
    KeyState.WAITING: ("待核准", "to be let in"),
    KeyState.ACTIVE: ("有效", "in force"),
    KeyState.OVERLAPPING: ("並行至到期", "in force until it ends"),
    KeyState.ENDED: ("已到期", "ended"),
    KeyState.REVOKED: ("已撤銷", "revoked"),
    KeyState.REFUSED: ("未核准", "refused"),
}
PARTS: dict[str, Pair] = {
    "sectors": ("業別", "sector"),
    "technologies": ("技術", "technology"),
    "suppliers": ("供應商", "supplier"),
    "techniques": ("手法", "technique"),
    "vulnerabilities": ("弱點", "vulnerability"),
    "types": ("物件種類", "type"),
}
"What narrows a subscription."
MARKS = {
    MemberState.ACTIVE: "passing",
    MemberState.SUSPENDED: "failing",
    MemberState.REVOKED: "failing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One member as the table shows it."""

    member: Member
    sector: str
    kind: str
    state: str
    mark: str
    keys: int
    "In force."


@action("hub_member.view")
def listed(request: HttpRequest) -> HttpResponse:
    """List the members."""
    only_at_a_hub()
    every = members(node())
    wanted = request.GET.get("state", "")
    fitting = [each for each in every if not wanted or each.state == wanted]
    shown, following = page_after(
        fitting, request.GET.get("after", ""), PER_PAGE, lambda each: each.id
    )
    context = {
        "rows": [_line(each) for each in shown],
        "following": following,
        "active": sum(each.heard for each in every),
        "waiting": sum(each.state is MemberState.WAITING for each in every),
        "states": [(each.value, pick(word)) for each, word in STATES.items()],
        "state": wanted,
        "sectors": [(each.value, pick(word)) for each, word in SECTORS.items()],
        "kinds": [(each.value, pick(word)) for each, word in KINDS.items()],
        "may_invite": may(request, "hub_member.invite"),
        "code": request.session.pop("hub_code", ""),
    }
    return render(request, "pages/hub_members.html", context)


@action("hub_member.view")
def one(request: HttpRequest, member_id: str) -> HttpResponse:
    """Show one member with its keys."""
    only_at_a_hub()
    found, now = _member(member_id), timezone.now()
    keys: list[tuple[MemberKey, KeyState, str]] = []
    for key in reversed(found.keys):
        state = key.state(now)
        keys.append((key, state, pick(KEYS[state])))
    context = {
        "line": _line(found),
        "member": found,
        "keys": keys,
        "may_decide": may(request, "hub_member.decide"),
        "may_stand": may(request, "hub_member.stand"),
        "may_terms": may(request, "hub_member.terms"),
        "invited_by": _name(request, found.invited_by),
        "approved_by": _name(request, found.approved_by),
        "tokens": member_detail(node(), found.id).tokens,
        "subscriptions": _subscriptions(request, found),
        "may_subscribe": may(request, "intel.subscribe"),
        **_glance(found),
    }
    return render(request, "pages/hub_member.html", context)


@require_POST
@action("hub_member.invite", audited=False)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a member; the code is shown once, to be handed over by another way."""
    only_at_a_hub()
    given = request.POST
    request.session["hub_code"] = MemberDesk(node(), actor=request.user.get_username()).invite(
        given.get("id", "").strip(),
        called=given.get("name", "").strip(),
        sector=given.get("sector", ""),
        kind=given.get("kind", ""),
    )
    return redirect("hub_members")


@require_POST
@action("hub_member.decide", audited=False)
def decide(request: HttpRequest, member_id: str) -> HttpResponse:
    """Let a waiting key in, and with the first one its member, or refuse it."""
    desk, key, why = _desk(request, member_id)
    match request.POST.get("do", ""):
        case "approve":
            desk.approve(member_id, key=key, why=why)
        case "refuse":
            desk.refuse(member_id, key=key, why=why)
        case other:
            raise BadInputError("no such step", place=other[:40])
    return _done(request, member_id)


@require_POST
@action("hub_member.stand", audited=False)
def stand(request: HttpRequest, member_id: str) -> HttpResponse:
    """Suspend, resume or end a member, or end one of its keys."""
    desk, key, why = _desk(request, member_id)
    match request.POST.get("do", ""):
        case "suspend":
            desk.suspend(member_id, why=why)
        case "resume":
            desk.resume(member_id, why=why)
        case "revoke":
            desk.revoke(member_id, why=why)
        case "revoke_key":
            desk.revoke_key(member_id, key, why=why)
        case other:
            raise BadInputError("no such step", place=other[:40])
    return _done(request, member_id)


@require_POST
@action("intel.subscribe", audited=False)
def end(request: HttpRequest, member_id: str, subscription: str) -> HttpResponse:
    """End one of the member's subscriptions."""
    only_at_a_hub()
    found = _member(member_id)
    try:
        end_subscription(node(), subscription, actor=request.user.get_username(), of=found.id)
    except MissingError as error:
        raise Http404(subscription) from error
    return _done(request, member_id)


def _desk(request: HttpRequest, member_id: str) -> tuple[MemberDesk, str, str]:
    only_at_a_hub()
    _member(member_id)
    given = request.POST
    desk = MemberDesk(node(), actor=request.user.get_username())
    return desk, given.get("key", ""), given.get("why", "").strip()


def _done(request: HttpRequest, member_id: str) -> HttpResponse:
    messages.success(request, say("已記錄。", "Recorded."))
    return redirect("hub_member", member_id)


def _subscriptions(request: HttpRequest, found: Member) -> list[dict[str, object]]:
    """Give what the member asks to be told of, to those who read the hub's collections."""
    if not may(request, "taxii.read"):
        return []
    return [{"one": each, "parts": _parts(each.asked)} for each in subscriptions(node(), found.id)]


def _parts(asked: Subscribing) -> list[tuple[str, tuple[str, ...]]]:
    """Give the parts that narrow it, each with its word."""
    parts = [(pick(word), getattr(asked, part)) for part, word in PARTS.items()]
    least = [(say("最低信心", "least confidence"), (f"{asked.least}%",))] if asked.least else []
    return [(word, values) for word, values in parts if values] + least


def _glance(found: Member) -> dict[str, object]:
    """Give the newest of what was sent and refused."""
    sent, more_sent = sent_rows(found.id, most=GLANCE)
    refused, more_refused = refusal_rows(found.id, most=GLANCE)
    return {
        "sent": sent,
        "more_sent": more_sent,
        "refused": refused,
        "more_refused": more_refused,
    }


def _name(request: HttpRequest, person: str) -> str:
    """Give a person's name to those who may see it."""
    return person if may(request, "evidence.personal") else say("一位同仁", "somebody")


def _member(name: str) -> Member:
    try:
        return member(node(), name)
    except MissingError as error:
        raise Http404(name) from error


def _line(found: Member) -> Line:
    return Line(
        member=found,
        sector=pick(SECTORS[found.sector]),
        kind=pick(KINDS[found.kind]),
        state=pick(STATES[found.state]),
        mark=MARKS.get(found.state, "unseen"),
        keys=len(found.keys_in_force(timezone.now())),
    )


urlpatterns = [
    path("hub/members/", listed, name="hub_members"),
    path("hub/members/invite/", invite, name="hub_member_invite"),
    path("hub/members/<str:member_id>/", one, name="hub_member"),
    path("hub/members/<str:member_id>/decide/", decide, name="hub_member_decide"),
    path("hub/members/<str:member_id>/stand/", stand, name="hub_member_stand"),
    path(
        "hub/members/<str:member_id>/subscriptions/<str:subscription>/end/",
        end,
        name="hub_member_subscription_end",
    ),
]
