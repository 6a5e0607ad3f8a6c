"""Campaigns at a hub: the list, and one with graph, course, reasons and what people may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, MissingError
from panshi.model.alliance.ticket import Severity
from panshi.node.alliance import campaign_decisions as decisions
from panshi.node.alliance import campaigns as register
from panshi.node.alliance import desk
from panshi.node.alliance.campaign_warnings import WarningAnswer, warnings_listed
from panshi.report.threat.words import SEVERITIES, TACTICS
from panshi.web.asked import position
from panshi.web.campaign_pictures import (
    DrawnTicket,
    SharedValue,
    campaign_picture,
    course,
    phase_word,
)
from panshi.web.gate import action, may
from panshi.web.hub_look import looked_at
from panshi.web.nodes import node
from panshi.web.pages.hub_tickets import (
    STEPS,
    chosen_of,
    member_names,
    only_at_a_hub,
    step,
)
from panshi.web.paging import page_after
from panshi.web.words import Pair, pick, say

PER_PAGE = 30
LEVELS = {"high": "failing", "severe": "failing", "emergency": "failing"}
"Red only for what burns."
CHANGES: dict[str, Pair] = {
    "formed": ("成形", "formed"),
    "grew": ("擴大", "grew"),
    "merged": ("合併", "merged"),
    "left": ("離開", "a ticket left"),
    "split": ("分割", "split"),
    "undone": ("復原", "undone"),
    "pinned": ("人工指定", "placed by a person"),
    "renewed": ("事件單有新版", "a ticket was renewed"),
    "reviewed": ("重新檢視", "reviewed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One campaign as a table shows it."""

    number: int
    name: str
    open: bool
    priority: str
    mark: str
    first: datetime
    last: datetime
    tickets: int
    members: tuple[str, ...]
    phase: str
    owner: str
    new: bool


@action("soc.view")
def listed(request: HttpRequest) -> HttpResponse:
    """List the campaigns that fit the filter."""
    only_at_a_hub()
    asked, looked, names = request.GET, looked_at(request), member_names()
    owner = asked.get("owner", "").strip()
    wanted = register.CampaignsWanted(
        open=asked.get("closed") != "1",
        owner=request.user.get_username() if owner == "me" else owner[:150],
        severity=chosen_of(Severity, asked.get("severity", "")),
        member=asked.get("member", ""),
        changed_after=looked if asked.get("new") == "1" else None,
    )
    page = register.campaigns_listed(
        node(), wanted, after=asked.get("after", "")[:20], limit=PER_PAGE
    )
    context = {
        "rows": campaign_lines(page.rows, names, looked),
        "following": page.following,
        "total": page.total,
        "touched": len({each for seen in page.rows for each in seen.members}),
        "looked": looked,
        "severities": [
            (each.value, pick(pair), each == asked.get("severity"))
            for each, pair in SEVERITIES.items()
        ],
        "members": sorted(names.items()),
    }
    return render(request, "pages/hub_campaigns.html", context)


@action("soc.view")
def campaign(request: HttpRequest, campaign_number: int) -> HttpResponse:
    """Show one campaign: graph, course, whom it hit, why its tickets belong together."""
    only_at_a_hub()
    told, names = _told(campaign_number), member_names()
    if told.seen.number != campaign_number:
        return redirect("hub_campaign", told.seen.number)
    (line,) = campaign_lines([told.seen], names, looked_at(request))
    drawn, values = _drawn(told, names)
    context = {
        "line": line,
        "told": told,
        "picture": campaign_picture(drawn, values),
        "course": course(drawn),
        "tickets": [
            (each, phase_word(each.phase)) for each in sorted(drawn, key=lambda one: one.at)
        ],
        "shared": [
            (pick((each.zh, each.en)), each, _who(each.tickets, drawn)) for each in told.shared
        ],
        "joined": [
            (
                each,
                names.get(each.member, each.member),
                phase_word(each.phase),
                [(pick((one.zh, one.en)), one) for one in each.parts],
            )
            for each in told.joined
        ],
        "hit": [(names.get(each, each), each, count) for each, count in told.hits],
        "events": [(each, pick(CHANGES[each.kind])) for each in told.events],
        "entries": [(each, pick(STEPS[each.doing])) for each in reversed(told.seen.case.entries)],
        "warnings": warning_lines(told.warnings, names),
        "me": request.user.get_username(),
        "may_act": may(request, "soc.act"),
        "severities": [
            (each.value, pick(pair), each == told.seen.severity)
            for each, pair in SEVERITIES.items()
        ],
    }
    return render(request, "pages/hub_campaign.html", context)


def _drawn(
    told: register.CampaignTold, names: dict[str, str]
) -> tuple[list[DrawnTicket], list[SharedValue]]:
    """Give what the pictures of a campaign are made of."""
    drawn = [
        DrawnTicket(
            id=each.id,
            label=each.title,
            member=each.member,
            member_name=names.get(each.member, each.member),
            at=each.occurred_at or each.detected_at or each.reported_at,
            phase=told.phases.get(each.id, ""),
            severity=each.severity,
            url=reverse("hub_ticket", args=[each.id]),
        )
        for each in told.seen.tickets
    ]
    values = [
        SharedValue(
            key=f"{each.kind} {each.value}",
            label=each.value,
            tickets=each.tickets,
            weight=each.weight,
        )
        for each in told.shared
    ]
    return drawn, values


@require_POST
@action("soc.act", audited=False)
def act(request: HttpRequest, campaign_number: int) -> HttpResponse:
    """Take a step at the desk with a campaign."""
    only_at_a_hub()
    step(request, desk.about_campaign(_told(campaign_number).seen.number))
    return redirect("hub_campaign", campaign_number)


@require_POST
@action("soc.act", audited=False)
def shape(request: HttpRequest, campaign_number: int) -> HttpResponse:
    """Merge with another campaign, split tickets off, or undo the last of these."""
    only_at_a_hub()
    given, actor = request.POST, request.user.get_username()
    why = given.get("why", "").strip()
    number = _told(campaign_number).seen.number
    match given.get("do", ""):
        case "merge":
            other = position(given.get("other", "").removeprefix("C-"))
            if other is None:
                raise BadInputError(
                    say("請填寫另一件攻擊行動的編號", "name the other campaign by its number"),
                    place=given.get("other", "")[:40],
                )
            number = decisions.merge(node(), number, other, actor=actor, why=why)
        case "split":
            number = decisions.split(node(), number, given.getlist("ticket"), actor=actor, why=why)
        case "undo":
            decisions.undo_last(node(), number, actor=actor, why=why)
            messages.success(request, say("已復原。", "Taken back."))
            return redirect("hub_campaigns")
        case wrong:
            raise BadInputError("no such step", place=wrong[:40])
    messages.success(request, say("已記錄，可復原。", "Recorded; it can be undone."))
    return redirect("hub_campaign", number)


def campaign_lines(
    rows: Iterable[register.CampaignSeen], names: dict[str, str], looked: datetime | None
) -> list[Line]:
    """Put campaigns into words."""
    return [
        Line(
            number=each.number,
            name=each.label(),
            open=each.case.open,
            priority=pick((each.priority.zh, each.priority.en)),
            mark=LEVELS.get(each.priority.level, "within"),
            first=each.first_at,
            last=each.last_at,
            tickets=each.size,
            members=tuple(names.get(one, one) for one in each.members),
            phase=_furthest(register.phases(each).values()),
            owner=each.case.owner,
            new=looked is not None and each.changed_at > looked,
        )
        for each in rows
    ]


def _furthest(phases: Iterable[str]) -> str:
    order = list(TACTICS)
    known = [each for each in phases if each in TACTICS]
    return phase_word(max(known, key=order.index)) if known else phase_word("")


def _who(tickets: Iterable[str], drawn: Iterable[DrawnTicket]) -> list[str]:
    wanted = set(tickets)
    return list(dict.fromkeys(each.member_name for each in drawn if each.id in wanted))


def _told(number: int) -> register.CampaignTold:
    try:
        return register.campaign_told(node(), number)
    except MissingError as error:
        raise Http404(str(number)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningLine:
    """One warning as a list shows it."""

    campaign: int
    member: str
    at: datetime
    because: str
    "What the member has in common with the campaign."
    answer: str
    mark: str


ANSWERS: dict[str, Pair] = {
    "": ("尚未回覆", "no answer yet"),
    "exposed": ("確認曝險", "exposed"),
    "not-exposed": ("未曝險", "not exposed"),
    "in-hand": ("處理中", "in hand"),
}
MARKS = {"exposed": "failing", "not-exposed": "passing"}


def warning_lines(found: Iterable[WarningAnswer], names: dict[str, str]) -> list[WarningLine]:
    """Put warnings into words."""
    return [
        WarningLine(
            campaign=int(each.campaign.removeprefix("C-")),
            member=names.get(each.member, each.member),
            at=each.at,
            because=say("、", ", ").join(one.value for one in each.shared),
            answer=pick(ANSWERS.get(each.answer, (each.answer, each.answer))),
            mark=MARKS.get(each.answer, "unseen"),
        )
        for each in found
    ]


@action("soc.view")
def warned(request: HttpRequest) -> HttpResponse:
    """List the early warnings, the newest first."""
    only_at_a_hub()
    names = member_names()
    every = warnings_listed(node(), limit=register.MOST_WARNINGS)
    wanted = request.GET.get("answer", "any")
    fitting = [each for each in reversed(every) if wanted in {"any", each.answer or "none"}]
    shown, following = page_after(
        fitting, request.GET.get("after", ""), PER_PAGE, lambda each: str(each.number)
    )
    context = {
        "warnings": warning_lines(shown, names),
        "following": following,
        "total": len(every),
        "silent": sum(not each.answer for each in every),
        "exposed": sum(each.answer == register.EXPOSED for each in every),
        "answers": [(value or "none", pick(pair)) for value, pair in ANSWERS.items()],
        "answer": wanted,
    }
    return render(request, "pages/hub_warnings.html", context)


urlpatterns = [
    path("hub/warnings/", warned, name="hub_warnings"),
    path("hub/campaigns/", listed, name="hub_campaigns"),
    path("hub/campaigns/<int:campaign_number>/", campaign, name="hub_campaign"),
    path("hub/campaigns/<int:campaign_number>/act/", act, name="hub_campaign_act"),
    path("hub/campaigns/<int:campaign_number>/shape/", shape, name="hub_campaign_shape"),
]
