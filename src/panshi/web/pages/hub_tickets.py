"""The queue of incident tickets at a hub, and one ticket with what was read in it.

Filters stand in the address, so that a view can be kept and handed on. What came since one's last
look is marked. By keyboard: J and K move, Enter opens; on a ticket T takes it, N goes to the note.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, MissingError
from panshi.model.alliance.ticket import Category, Channel, Severity, Status, Ticket
from panshi.model.bodies.soc_desk import DeskDoing, DeskStep
from panshi.node.alliance import desk
from panshi.node.alliance.campaigns import CampaignSeen, campaign_seen
from panshi.node.alliance.hub import is_hub
from panshi.node.alliance.members import members
from panshi.node.alliance.related import MOST, related
from panshi.node.alliance.tickets import versions_of
from panshi.report.threat.words import CATEGORIES, CHANNELS, SEVERITIES, STATUSES
from panshi.web import people
from panshi.web.asked import position
from panshi.web.gate import action, may
from panshi.web.hub_look import looked_at
from panshi.web.hub_reading import reading
from panshi.web.nodes import node
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
AGES = (1, 4, 24, 72, 168)
"Hours a ticket may be older than."
STEPS: dict[DeskDoing, Pair] = {
    DeskDoing.TAKE: ("接手", "took it"),
    DeskDoing.HAND_OVER: ("移交", "handed it over"),
    DeskDoing.RELEASE: ("放回", "gave it back"),
    DeskDoing.TRIAGE: ("完成分類", "triaged it"),
    DeskDoing.CLOSE: ("結案", "closed it"),
    DeskDoing.REOPEN: ("重啟", "reopened it"),
    DeskDoing.NOTE: ("備註", "noted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One ticket as a table shows it."""

    row: desk.Row
    url: str
    member: str
    severity: str
    mark: str
    "Class of its severity."
    category: str
    status: str
    hours: int
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLine:
    """One related ticket as a table shows it."""

    title: str
    url: str
    member: str
    parts: tuple[tuple[str, str, float], ...]
    "Kind, value and weight of what they share."
    total: float


@action("soc.view")
def queue(request: HttpRequest) -> HttpResponse:
    """List the tickets that fit the filter, newest first."""
    only_at_a_hub()
    asked, looked = request.GET, looked_at(request)
    wanted = _wanted(request, looked)
    page = desk.queue(node(), wanted, before=position(asked.get("before", "")) or 0, limit=PER_PAGE)
    named = member_names()
    lines = [line(each, named, looked) for each in page.rows]
    context = {
        "rows": lines,
        "following": page.following or "",
        "key": "before",
        "looked": looked,
        "new": sum(each.new for each in lines),
        "loose": sum(not each.row.case.owner for each in lines),
        "severities": _choices(SEVERITIES, asked.get("severity", "")),
        "categories": _choices(CATEGORIES, asked.get("category", "")),
        "channels": _choices(CHANNELS, asked.get("channel", "")),
        "statuses": _choices(STATUSES, asked.get("status", "")),
        "members": [(each.id, each.name) for each in members(node())],
        "ages": [(str(each), _age(each)) for each in AGES],
        "me": request.user.get_username(),
        "filtered": any(asked.values()),
    }
    return render(request, "pages/hub_tickets.html", context)


@action("soc.view")
def ticket(request: HttpRequest, ticket_id: str) -> HttpResponse:
    """Show one ticket: what it says, what was read in it, to what it belongs."""
    only_at_a_hub()
    versions = _versions(ticket_id)
    newest = versions[-1]
    ((row,), named) = desk.rows_of(node(), [(0, newest)]), member_names()
    context = {
        "line": line(row, named, looked_at(request)),
        "ticket": newest,
        "versions": list(reversed(versions)),
        "case": row.case,
        "entries": [(each, pick(STEPS[each.doing])) for each in reversed(row.case.entries)],
        "channel": pick(CHANNELS[newest.channel]),
        "times": _times(newest),
        "reading": reading(newest),
        "campaign": _campaign(row.campaign),
        "related": _related(newest.id, named),
        "most_related": MOST,
        "me": request.user.get_username(),
        "may_act": may(request, "soc.act"),
        "severities": _choices(SEVERITIES, row.severity),
    }
    return render(request, "pages/hub_ticket.html", context)


def _campaign(number: int | None) -> CampaignSeen | None:
    return None if number is None else campaign_seen(node(), number)


def _related(ticket_id: str, names: dict[str, str]) -> list[RelatedLine]:
    return [
        RelatedLine(
            title=each.ticket.title,
            url=reverse("hub_ticket", args=[each.ticket.id]),
            member=names.get(each.ticket.member, each.ticket.member),
            parts=tuple((pick((one.zh, one.en)), one.value, one.weight) for one in each.parts),
            total=each.total,
        )
        for each in related(node(), ticket_id)
    ]


@require_POST
@action("soc.act", audited=False)
def act(request: HttpRequest, ticket_id: str) -> HttpResponse:
    """Take, hand over, give back, note, or say where a ticket stands."""
    only_at_a_hub()
    _versions(ticket_id)
    step(request, desk.about_ticket(ticket_id))
    return redirect("hub_ticket", ticket_id)


def step(request: HttpRequest, about: str) -> None:
    """Take a step at the desk; whoever something is handed to has an account here."""
    given = request.POST
    to = given.get("to", "").strip()
    if given.get("do") == DeskDoing.HAND_OVER and not people.known(to):
        raise BadInputError(
            say("沒有這個帳號", "there is no such account"),
            place=to[:64],
            remedy=say("請填寫使用者帳號", "name an account of this console"),
        )
    taken = DeskStep(
        about=about,
        doing=given.get("do", "")[:40],
        by=request.user.get_username(),
        to=to,
        note=given.get("note", "").strip(),
        severity=given.get("severity", ""),
    )
    desk.take_step(node(), taken)
    messages.success(request, say("已記錄。", "Recorded."))


def only_at_a_hub() -> None:
    """Answer 404 on a node that is no hub."""
    if not is_hub(node()):
        raise Http404("this node is no hub")


def member_names() -> dict[str, str]:
    """Give the names of members by their ids."""
    return {each.id: each.name for each in members(node())}


def line(row: desk.Row, names: dict[str, str], looked: datetime | None) -> Line:
    """Put a row into words."""
    told, accepted = row.ticket, row.ticket.accepted_at or row.ticket.reported_at
    return Line(
        row=row,
        url=reverse("hub_ticket", args=[told.id]),
        member=names.get(told.member, told.member),
        severity=pick(SEVERITIES[row.severity]),
        mark=mark_of(row.severity),
        category=pick(CATEGORIES[told.category]),
        status=pick(STATUSES[row.case.status]),
        hours=int((timezone.now() - accepted).total_seconds() // 3600),
        new=looked is not None and accepted > looked,
    )


def mark_of(severity: str) -> str:
    """Give the class a severity is drawn with: red only for what burns."""
    if severity in {Severity.CRITICAL, Severity.HIGH}:
        return "failing"
    return "unseen" if severity == Severity.UNKNOWN else "within"


def chosen_of[E: StrEnum](kind: type[E], text: str) -> E | None:
    """Read a choice out of an address or a form."""
    return kind(text) if text in set(kind) else None


def _wanted(request: HttpRequest, looked: datetime | None) -> desk.Wanted:
    asked = request.GET
    age, owner = position(asked.get("older", "")), asked.get("owner", "").strip()
    joined = asked.get("joined", "")
    return desk.Wanted(
        member=asked.get("member", ""),
        severity=chosen_of(Severity, asked.get("severity", "")),
        category=chosen_of(Category, asked.get("category", "")),
        channel=chosen_of(Channel, asked.get("channel", "")),
        status=chosen_of(Status, asked.get("status", "")),
        open=asked.get("closed") != "1",
        owner=request.user.get_username() if owner == "me" else owner[:150],
        older_than=timezone.now() - timedelta(hours=min(age, 24 * 3650)) if age else None,
        newer_than=looked if asked.get("new") == "1" else None,
        joined=joined == "1" if joined in {"0", "1"} else None,
    )


def _versions(ticket_id: str) -> tuple[Ticket, ...]:
    try:
        return versions_of(node(), ticket_id)
    except MissingError as error:
        raise Http404(ticket_id) from error


def _times(told: Ticket) -> list[tuple[str, datetime]]:
    named = (
        (("發生", "occurred"), told.occurred_at),
        (("偵測", "detected"), told.detected_at),
        (("控制", "contained"), told.contained_at),
        (("通報", "reported"), told.reported_at),
        (("收件", "accepted"), told.accepted_at),
        (("結束", "ended"), told.closed_at),
    )
    return [(pick(words), at) for words, at in named if at is not None]


def _choices[E: StrEnum](words: dict[E, Pair], chosen: str) -> list[tuple[str, str, bool]]:
    return [(each.value, pick(pair), each == chosen) for each, pair in words.items()]


def _age(hours: int) -> str:
    if hours < 24:  # noqa: PLR2004 -- of a day
        return say(f"逾 {hours} 小時", f"over {hours} h")
    return say(f"逾 {hours // 24} 天", f"over {hours // 24} d")


urlpatterns = [
    path("hub/tickets/", queue, name="hub_tickets"),
    path("hub/tickets/<str:ticket_id>/", ticket, name="hub_ticket"),
    path("hub/tickets/<str:ticket_id>/act/", act, name="hub_ticket_act"),
]
