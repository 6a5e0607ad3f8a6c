"""Access decisions: a list with filters, one with its proof, and "what if"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.errors import PanshiError
from panshi.node.zero_trust import accesses as desk
from panshi.node.zero_trust import watching
from panshi.protection.zero_trust.policies.comparing import Recorded
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
ACTIONS: dict[str, Pair] = {
    "connect": ("連線", "connect"),
    "read": ("讀取", "read"),
    "write": ("寫入", "write"),
    "administer": ("管理", "administer"),
    "operate": ("維運", "operate"),
    "transfer": ("移轉", "transfer"),
}


@action("access.view")
def decisions(request: HttpRequest, estate_id: str) -> HttpResponse:
    """List recorded decisions, newest first."""
    look = looking(request, estate_id)
    asked = request.GET
    answer = asked.get("answer", "")
    sought = desk.Sought(
        user=asked.get("user", "").strip(),
        resource=asked.get("resource", "").strip(),
        action=asked.get("action", ""),
        policy=asked.get("policy", "").strip(),
        allowed={"allow": True, "deny": False}.get(answer),
    )
    before = desk.at_of(asked.get("after", ""), node().clock())
    found, following = desk.accesses(node(), sought, before=before, limit=PER_PAGE)
    context = look.context | {
        "rows": [(each, _moment(each.at), word_of(each.request.action.id)) for each in found],
        "following": f"{following:.6f}" if following is not None else "",
        "counts": watching.counts_of(node()),
        "hours": watching.WATCHED_HOURS,
        "sought": sought,
        "answer": answer,
        "actions": [(name, pick(pair)) for name, pair in ACTIONS.items()],
    }
    return render(request, "pages/access_decisions.html", context)


@action("access.view")
def decision(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show one decision with its proof, and what would be answered if something were different."""
    look = looking(request, estate_id)
    asked = request.GET
    recorded, problem, explained = None, "", None
    changed: list[str] = []
    if asked.get("at"):
        at = desk.at_of(asked.get("at", ""), node().clock())
        recorded = desk.access(node(), asked.get("id", ""), at)
    proof = None
    try:
        proof = desk.proof(node(), recorded.id) if recorded else None
        wanted, changed = _wanted(request, recorded)
        explained = desk.explain(node(), wanted, estate_id) if wanted else None
    except PanshiError as error:
        problem = error.problem
    context = look.context | {
        "one": recorded,
        "at": _moment(recorded.at) if recorded else None,
        "explained": explained,
        "proof": proof,
        "read": [(name, desk.shown(value)) for name, value in proof.attributes.items()]
        if proof
        else [],
        "word": word_of(recorded.request.action.id) if recorded else "",
        "problem": problem,
        "changed": changed,
        "asked": {name: asked.get(name, "") for name in _NAMES},
        "actions": [(name, pick(pair)) for name, pair in ACTIONS.items()],
        "answer": _answer(explained, recorded),
    }
    return render(request, "pages/access_decision.html", context)


_NAMES = ("user", "action", "resource", "assurance", "level", "country", "hour", "compliant")


def _wanted(request: HttpRequest, recorded: Recorded | None) -> tuple[Any, list[str]]:
    """Give the request to judge: the recorded one with what the form changes, or a new one."""
    asked = request.GET
    if recorded is None and not asked.get("user"):
        return None, []
    base = recorded.request if recorded else None
    context: dict[str, Any] = dict(base.context) if base else dict(_NOW)
    changed = []
    for name, (part, attribute) in _CONTEXT.items():
        text = asked.get(name, "").strip()
        if text:
            changed.append(name)
            context[part] = {**context.get(part, {}), attribute: _read(name, text)}
    made = desk.asked_request(
        asked.get("user") or (base.principal.id if base else ""),
        asked.get("action") or (base.action.id if base else ""),
        asked.get("resource") or (base.resource.id if base else ""),
        context,
    )
    return made, changed


_CONTEXT = {
    "assurance": ("session", "assurance"),
    "level": ("trust", "level"),
    "country": ("place", "country"),
    "hour": ("time", "hour"),
    "compliant": ("device", "compliant"),
}
_NOW: dict[str, Any] = {
    "signals": {"missing": (), "stale": (), "conflicting": ()},
    "time": {"hour": 10, "weekday": 2},
    "break_glass": False,
}
"What is put where the form says nothing: nothing known, a working day at ten."


def _read(name: str, text: str) -> object:
    if name == "country":
        return text.upper()[:2]
    if name == "compliant":
        return text == "yes"
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("1000000") else 0


def _answer(explained: desk.Explained | None, recorded: Recorded | None) -> str:
    if explained is None:
        return ""
    said = say("准許", "Allowed") if explained.ruling.allowed else say("拒絕", "Denied")
    if recorded is not None and recorded.allowed is not explained.ruling.allowed:
        return say(f"若如此，將改為{said}。", f"It would be otherwise: {said}.")
    return say(f"{said}。", f"{said}.")


def word_of(name: str) -> str:
    """Name an action of the shipped schema; another one by its own name."""
    return pick(ACTIONS[name]) if name in ACTIONS else name


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


_HERE = "e/<str:estate_id>/zero-trust/decisions/"
urlpatterns = [
    path(_HERE, decisions, name="access_decisions"),
    path(f"{_HERE}one/", decision, name="access_decision"),
]
