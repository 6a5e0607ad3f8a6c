"""The board of due dates: who repairs what by when, whether it is done; one finding; alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from panshi.errors import BadInputError, PanshiError
from panshi.model.asset import AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.node.supply_chain.clocks import clocks_answer
from panshi.node.supply_chain.following import (
    BoardFilters,
    Saying,
    board,
    finding_named,
    follow_up,
    row_of,
)
from panshi.node.supply_chain.standing import board_sentence
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.board import BoardRow, Standing
from panshi.protection.supply_chain.priority.points import Point
from panshi.report.supply_chain_priority_words import ALERTS, CHANNELS, STANDINGS, reason_words
from panshi.store.alerts import Alert, ToldFinding
from panshi.web.gate import action, may
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.supply_chain_words import DECISIONS
from panshi.web.words import Pair, pick, say

PER_PAGE = 50
SYSTEMS_SHOWN = 5
HIDDEN: Pair = ("（依角色遮蔽）", "(hidden for your role)")
MARKS = {
    Standing.UNOWNED: "unseen",
    Standing.OWNED: "within",
    Standing.PLANNED: "within",
    Standing.EXCEPTED: "stale_pass",
    Standing.CLAIMED: "stale_pass",
    Standing.CONTRADICTED: "failing",
    Standing.FIXED: "passing",
}
POINTS: dict[Point, Pair] = {
    Point.EXPLOITATION: ("利用情形", "Exploitation"),
    Point.EXPOSURE: ("暴露程度", "Exposure"),
    Point.AUTOMATABLE: ("可自動化", "Automatable"),
    Point.TECHNICAL: ("技術衝擊", "Technical impact"),
    Point.MISSION: ("任務衝擊", "Mission"),
    Point.SUPPLIER: ("供應商", "Supplier"),
    Point.CLOCK: ("時限", "Clock"),
    Point.EXCEPTION: ("例外", "Exception"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as the page shows it."""

    row: BoardRow
    system: str
    services: tuple[str, ...]
    standing: str
    mark: str
    owner: str
    escalated: str


@action("supply_chain.view")
def due_dates(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what is to be repaired by due date, overdue first."""
    look, asked = looking(request, estate_id), request.GET
    wanted = _filters(asked.get("owner", ""), asked)
    page = board(node(), wanted, after=asked.get("after", ""), limit=PER_PAGE, estate_id=estate_id)
    late = board(node(), BoardFilters(overdue=True), limit=1, estate_id=estate_id).total
    said = board_sentence(node(), estate_id=estate_id)
    services = look.estate.by_kind.get(AssetKind.SERVICE, ())
    context = look.context | {
        "sentence": pick((said.zh, said.en)),
        "late": late,
        "rows": [_line(request, look.estate, each) for each in page.rows],
        "total": page.total,
        "following": page.next,
        "on": page.on,
        "services": services,
        "service": wanted.service,
        "owner": asked.get("owner", ""),
        "overdue": wanted.overdue,
        "kev": wanted.kev,
        "ssvc": wanted.ssvc[0] if wanted.ssvc else "",
        "decisions": [(each, pick(word)) for each, (word, _mark) in DECISIONS.items()],
        "standing": wanted.standing or "",
        "standings": [
            (each, pick(word)) for each, word in STANDINGS.items() if each is not Standing.FIXED
        ],
        "clocks": clocks_answer(node(), people=may(request, "evidence.personal")),
        "people": may(request, "evidence.personal"),
    }
    return render(request, "pages/supply_chain_board.html", context)


def _filters(owner: str, asked: object) -> BoardFilters:
    given = dict(asked.items()) if hasattr(asked, "items") else {}
    decision, standing = given.get("ssvc", ""), given.get("standing", "")
    return BoardFilters(
        owner=owner or None,
        service=given.get("service", ""),
        ssvc=(Ssvc(decision),) if decision in set(Ssvc) else (),
        overdue=given.get("overdue") == "1",
        kev=True if given.get("kev") == "1" else None,
        standing=Standing(standing) if standing in set(Standing) else None,
    )


@action("supply_chain.view")
def finding(request: HttpRequest, estate_id: str, finding_id: str) -> HttpResponse:
    """Show one finding: why it is as urgent as it is, and who repairs it."""
    look = looking(request, estate_id)
    found = row_of(node(), finding_named(node(), finding_id), estate_id=estate_id)
    context = look.context | {
        "line": _line(request, look.estate, found),
        "one": found.finding,
        "row": found,
        "said": found.follow_up,
        "hidden": found.follow_up is not None and not may(request, "evidence.personal"),
        "least": pick(DECISIONS[found.priority.least][0]),
        "reasons": [
            (pick(POINTS[each.point]), pick(reason_words(each))) for each in found.priority.reasons
        ],
        "may_follow": may(request, "finding.follow") and found.standing is not Standing.FIXED,
    }
    return render(request, "pages/supply_chain_finding.html", context)


@require_POST
@action("finding.follow", audited=False)
def follow(request: HttpRequest, estate_id: str, finding_id: str) -> HttpResponse:
    """Seal who repairs a finding, in which ticket, until when."""
    given = request.POST
    try:
        planned = date.fromisoformat(given["planned"]) if given.get("planned") else None
        said = Saying(
            owner=given.get("owner", "").strip()[:200],
            ticket=given.get("ticket", "").strip()[:200],
            planned=planned,
            note=given.get("note", "").strip()[:4_000],
            exception=given.get("exception", "").strip()[:40] or None,
            claimed_done=given.get("done") == "1",
        )
        follow_up(node(), finding_id, said, actor=request.user.get_username(), estate_id=estate_id)
    except ValueError as error:
        problem = BadInputError("the day is none", remedy="2026-11-24")
        raise problem from error
    except PanshiError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            say(
                "已封存。是否修復，由系統的下一份清單驗證。",
                "Sealed. The next bill verifies the repair.",
            ),
        )
    return redirect("supply_chain_finding", estate_id, finding_id)


@action("supply_chain.view")
def alerts(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what was told, newest first, and whether it arrived."""
    look = looking(request, estate_id)
    store = alerts_of(node())
    before = request.GET.get("after", "")
    number = int(before) if before.isascii() and before.isdecimal() else 0
    found = store.alerts(before=number, limit=PER_PAGE + 1)
    shown = found[:PER_PAGE]
    states = store.states()
    context = look.context | {
        "rows": [
            (
                each,
                pick(ALERTS[each.what]),
                _decision(each),
                _systems(look.estate, told),
                _channels(each),
            )
            for each, told in ((each, store.findings_of(each.id)) for each in shown)
        ],
        "following": str(shown[-1].id) if len(found) > PER_PAGE else "",
        "newest": shown[0] if shown else None,
        "waiting": states.get("waiting", 0) + states.get("sending", 0),
        "dead": states.get("dead", 0),
        "sent": states.get("sent", 0),
    }
    return render(request, "pages/supply_chain_alerts.html", context)


@action("supply_chain.view")
def alerts_anywhere(request: HttpRequest) -> HttpResponse:
    """Lead from a message to the alerts of the estate looked at last."""
    known = node().estate_ids()
    last = request.session.get("estate", "")
    estate_id = last if last in known else node().estate().id
    query = urlencode(request.GET)
    return redirect(
        reverse("supply_chain_alerts", args=[estate_id]) + (f"?{query}" if query else "")
    )


def _line(request: HttpRequest, estate: Estate, each: BoardRow) -> Line:
    people = may(request, "evidence.personal")
    to = each.escalation
    return Line(
        row=each,
        system=_name(estate, each.finding.system),
        services=tuple(_name(estate, name) for name in each.finding.services),
        standing=pick(STANDINGS[each.standing]),
        mark=MARKS[each.standing],
        owner=each.owner if people or not each.owner else pick(HIDDEN),
        escalated=pick((to.title_zh, to.title_en)) if to else "",
    )


def _decision(each: Alert) -> Ssvc | None:
    return Ssvc(each.ssvc) if each.ssvc else None


def _channels(each: Alert) -> tuple[str, ...]:
    return tuple(pick(CHANNELS[channel]) for channel in each.channels)


def _systems(estate: Estate, told: tuple[ToldFinding, ...]) -> tuple[str, ...]:
    names = dict.fromkeys(_name(estate, each.system) for each in told)
    shown = tuple(names)[:SYSTEMS_SHOWN]
    left = len(names) - len(shown)
    return (*shown, say(f"另 {left} 個", f"and {left} more")) if left else shown


def _name(estate: Estate, asset: str) -> str:
    found = estate.by_id.get(AssetId(asset))
    return found.name if found else asset


urlpatterns = [
    path("supply-chain/alerts/", alerts_anywhere, name="supply_chain_alerts_anywhere"),
    path("e/<str:estate_id>/supply-chain/board/", due_dates, name="supply_chain_board"),
    path(
        "e/<str:estate_id>/supply-chain/findings/<str:finding_id>/",
        finding,
        name="supply_chain_finding",
    ),
    path(
        "e/<str:estate_id>/supply-chain/findings/<str:finding_id>/follow/",
        follow,
        name="supply_chain_follow",
    ),
    path("e/<str:estate_id>/supply-chain/alerts/", alerts, name="supply_chain_alerts"),
]
