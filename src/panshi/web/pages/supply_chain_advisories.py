"""Vulnerabilities that reach us: the list, and of each who is hit and who has acted."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.node.supply_chain.reach import (
    Reach,
    ServiceReach,
    Vulnerable,
    by_service,
    pressing,
    reach,
    services_of,
    vulnerabilities,
)
from panshi.node.supply_chain.systems import Around
from panshi.protection.supply_chain.findings.finding import Finding, FindingFilters, State
from panshi.web.finding_rows import FindingRow, Rows
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.paging import page_after
from panshi.web.supply_chain_words import STATES
from panshi.web.words import many, pick, say

PER_PAGE = 50
ROWS = 100
SERVICES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One service with the rows shown below it."""

    name: str
    critical: bool
    open: int
    fixed: int
    rows: tuple[FindingRow, ...]


@action("supply_chain.view")
def advisories(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show every vulnerability that reaches a system, the most urgent first."""
    look, asked = looking(request, estate_id), request.GET
    state = State(asked["state"]) if asked.get("state") in set(State) else State.OPEN
    kev = asked.get("kev") == "1"
    filters = FindingFilters(state=state, kev=True if kev else None)
    every = vulnerabilities(node(), look.estate, filters)
    wanted = asked.get("q", "").strip().lower()
    fitting = [
        each
        for each in every
        if wanted in f"{each.name} {each.summary} {' '.join(each.packages)}".lower()
    ]
    shown, following = page_after(fitting, asked.get("after", ""), PER_PAGE, lambda x: x.name)
    context = look.context | {
        "sentence": _list_sentence(every, state),
        "rows": [_line(each) for each in shown],
        "following": following,
        "fitting": len(fitting),
        "q": asked.get("q", ""),
        "kev": kev,
        "state": state,
        "states": [(each, pick(word)) for each, word in STATES.items()],
    }
    return render(request, "pages/supply_chain_advisories.html", context)


def _line(each: Vulnerable) -> dict[str, object]:
    return {
        "name": each.name,
        "summary": each.summary,
        "worst": each.worst,
        "kev": each.kev,
        "epss": each.epss,
        "severity": each.severity,
        "systems": each.systems,
        "unknown": each.open.unknown,
        "services": [one.name for one in each.services[:SERVICES_SHOWN]],
        "more_services": max(0, len(each.services) - SERVICES_SHOWN),
        "packages": each.packages[:SERVICES_SHOWN],
        "due": each.open.due,
        "overdue": each.open.overdue,
    }


def _list_sentence(every: tuple[Vulnerable, ...], state: State) -> str:
    if state is not State.OPEN:
        return say(
            f"{len(every)} 個弱點屬於「{STATES[state][0]}」。",
            f"Vulnerabilities, {STATES[state][1]}: {len(every)}.",
        )
    exploited = sum(each.kev for each in every)
    overdue = sum(bool(each.open.overdue) for each in every)
    return say(
        f"{len(every)} 個弱點影響我們的系統，其中 {exploited} 個已遭利用，{overdue} 個有逾期未修。",
        f"{many(len(every), 'vulnerability', 'vulnerabilities')} in our systems; "
        f"exploited: {exploited}, "
        f"overdue somewhere: {overdue}.",
    )


@action("supply_chain.view")
def advisory(request: HttpRequest, estate_id: str, name: str) -> HttpResponse:
    """Answer who is hit by one vulnerability and who has acted."""
    look = looking(request, estate_id)
    found = reach(node(), name)
    if not found.known:
        raise Http404(name)
    around = Around(look.estate)
    rows = Rows(request, look.estate)
    groups = by_service(sorted(found.findings, key=pressing), around)
    flat = [(group, each) for group in groups for each in group.findings]
    shown, following = page_after(flat, request.GET.get("after", ""), ROWS, lambda each: each[1].id)
    context = look.context | {
        "reach": found,
        "sentence": _sentence(found, groups, rows),
        "services": _groups(shown, rows, around),
        "following": following,
        "systems": len(found.systems),
        "acted": len({each.system for each in found.open if rows.acted(each)}),
        "quiet": len({each.system for each in found.quiet} - found.systems),
        "fixed": _proven(found),
        "reached_services": len([each for each in groups if each.open and each.service]),
    }
    return render(request, "pages/supply_chain_advisory.html", context)


def _groups(shown: list[tuple[ServiceReach, Finding]], rows: Rows, around: Around) -> list[Group]:
    made: dict[str, tuple[ServiceReach, list[FindingRow]]] = {}
    for group, each in shown:
        name = group.service.id if group.service else ""
        others = [one.name for one in services_of(each.system, around)[1:]]
        made.setdefault(name, (group, []))[1].append(rows.row(each, others=others))
    return [
        Group(
            name=group.service.name if group.service else say("未支撐任何服務", "below no service"),
            critical=group.critical,
            open=group.open,
            fixed=group.fixed,
            rows=tuple(found),
        )
        for group, found in made.values()
    ]


def _proven(found: Reach) -> int:
    """Count systems whose newer bill has nothing of it any more."""
    return len({each.system for each in found.fixed} - found.systems)


def _sentence(found: Reach, groups: tuple[ServiceReach, ...], rows: Rows) -> str:
    if all(each.withdrawn for each in found.advisories) and found.advisories:
        return say(
            "公告已撤回，不再影響任何系統。", "It was withdrawn and reaches no system any more."
        )
    if not found.findings:
        return say(
            "公告所述的版本不在任何現行清單中。", "No newest bill lists a version it speaks of."
        )
    proven = _proven(found)
    if not found.open:
        return say(
            f"沒有系統仍受影響；{proven} 個系統已修復，並由新清單驗證。",
            f"No system is reached any more; fixed, proven by a newer bill: {proven}.",
        )
    services = [each for each in groups if each.open and each.service]
    critical = sum(each.critical for each in services)
    nobody = len({each.system for each in found.open if not rows.acted(each)})
    told = say(
        f"影響 {len(found.systems)} 個系統、{critical} 項關鍵服務",
        f"It reaches {many(len(found.systems), 'system')} below "
        f"{many(critical, 'critical service')}",
    )
    if found.due:
        told += say(f"，最遲 {found.due} 修復", f", to be repaired by {found.due}")
    told += say(
        f"；{proven} 個系統已修復並驗證，{nobody} 個尚無人處理",
        f"; fixed and proven: {proven}, taken up by nobody: {nobody}",
    )
    if found.overdue:
        told += say(f"，{found.overdue} 項逾期", f", {found.overdue} overdue")
    return told + say("。", ".")


_HERE = "e/<str:estate_id>/supply-chain/advisories/"
urlpatterns = [
    path(_HERE, advisories, name="supply_chain_advisories"),
    path(f"{_HERE}<path:name>/", advisory, name="supply_chain_advisory"),
]
