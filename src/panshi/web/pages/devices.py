"""Devices that attest: who vouched for each, what its newest quote proved, why not, and when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timesince import timesince
from django.views.decorators.http import require_POST

from panshi.errors import PanshiError, UsageError
from panshi.node.zero_trust import devices as enrolment
from panshi.node.zero_trust.device_register import DeviceAnswer, Standing, register
from panshi.protection.zero_trust.devices.facts import Outcome
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.words import Pair, chinese, pick, say

PER_PAGE = 50
STANDINGS: dict[str, Pair] = {
    Standing.ASKED: ("申請中", "asked"),
    Standing.PROVEN: ("待核可", "waits for somebody to vouch"),
    Standing.ENROLLED: ("已登錄", "enrolled"),
    Standing.REVOKED: ("已撤銷", "revoked"),
}
OUTCOMES: dict[str, Pair] = {
    Outcome.ATTESTED: ("通過", "attested"),
    Outcome.IDENTITY_ONLY: ("僅證明身分", "identity only"),
    Outcome.FAILED: ("未通過", "failed"),
}
OUTCOME_MARKS: dict[str, str] = {Outcome.ATTESTED: "passing", Outcome.FAILED: "failing"}
CONDITIONS: dict[str, Pair] = {
    "attested": ("通過", "attested"),
    "stale": ("逾時", "stale"),
    "identity_only": ("僅證明身分", "identity only"),
    "failed": ("未通過", "failed"),
    "none": ("尚無證明", "no attestation yet"),
    "waiting": ("待核可", "waiting"),
    "revoked": ("已撤銷", "revoked"),
}
"What the table is narrowed to."


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One device as the table shows it."""

    one: DeviceAnswer
    standing: str
    outcome: str
    mark: str
    age: str
    stale: bool
    reasons: tuple[str, ...]


@action("device.view")
def devices(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show every device by its id."""
    look = looking(request, estate_id)
    found = register(node(), people=may(request, "evidence.personal"))
    counts = Counter(_condition(each) for each in found)
    wanted = request.GET.get("state", "")
    sought = [each for each in found if not wanted or _condition(each) == wanted]
    shown, following = page_after(
        sought, request.GET.get("after", ""), PER_PAGE, lambda each: each.device
    )
    context = look.context | {
        "rows": [_row(each) for each in shown],
        "following": following,
        "enrolled": sum(each.standing is Standing.ENROLLED for each in found),
        "counts": counts,
        "any": bool(found),
        "states": [(name, pick(word)) for name, word in CONDITIONS.items() if counts[name]],
        "state": wanted,
        "may_revoke": may(request, "device.revoke"),
        "sees_people": may(request, "evidence.personal"),
    }
    return render(request, "pages/devices.html", context)


@require_POST
@action("device.revoke", audited=False)
def revoke(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Believe a device no more."""
    device, why = request.POST.get("device", ""), request.POST.get("why", "").strip()[:300]
    try:
        if not why:
            raise UsageError(say("請說明為何撤銷", "say why it is revoked"), place=device)
        enrolment.revoke(node(), device, actor=request.user.get_username(), why=why)
    except PanshiError as error:
        messages.error(request, say(f"未成立：{error.problem}", f"Refused: {error.problem}"))
    else:
        said = say(
            f"{device} 已撤銷，不再採信其證明。",
            f"{device} is revoked; its quotes are believed no more.",
        )
        messages.success(request, said)
    return redirect("devices", estate_id)


def _condition(one: DeviceAnswer) -> str:
    """Say in one of `CONDITIONS` how a device stands."""
    if one.standing is Standing.REVOKED:
        return "revoked"
    if one.standing is not Standing.ENROLLED:
        return "waiting"
    if one.attestation is None:
        return "none"
    if one.attestation.passed and not one.attestation.fresh:
        return "stale"
    return one.attestation.outcome


def _row(one: DeviceAnswer) -> Row:
    told = one.attestation
    reasons: tuple[str, ...]
    if told is None:
        outcome, age, stale, reasons = "", "", False, ()
    else:
        outcome, stale = pick(OUTCOMES.get(told.outcome, (told.outcome,) * 2)), not told.fresh
        age = timesince(told.at, node().clock(), depth=1)
        reasons = told.reasons_zh if chinese() else told.reasons_en
    mark = OUTCOME_MARKS.get(told.outcome, "unseen") if told else "unseen"
    return Row(
        one=one,
        standing=pick(STANDINGS[one.standing]),
        outcome=outcome,
        mark="stale_pass" if stale and mark == "passing" else mark,
        age=age,
        stale=stale,
        reasons=reasons,
    )


_HERE = "e/<str:estate_id>/zero-trust/devices/"
urlpatterns = [
    path(_HERE, devices, name="devices"),
    path(f"{_HERE}revoke/", revoke, name="device_revoke"),
]
