"""How everything stands: counted per system and sealed, and said to a board in one sentence.

board_sentence(node)      what a board has to know
seal_summaries(node)      how each system stands, sealed once a day
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from panshi.model.asset import AssetKind
from panshi.model.bodies.vulnerability_following import SUMMARY, VulnerabilityFollowUp
from panshi.model.estate import Estate
from panshi.model.observation import Observation
from panshi.model.zone import day_of
from panshi.node.node import Node
from panshi.node.supply_chain.alert_register import alerts_of
from panshi.node.supply_chain.following import every, follow_ups, rows_of
from panshi.node.supply_chain.portfolio import portfolio
from panshi.protection.supply_chain.findings.finding import QUIET, Finding, FindingFilters, State
from panshi.protection.supply_chain.priority.board import PRESSING, BoardRow, summaries, summary

COLLECTOR = "panshi sbom board"
SEALED = "summaries"


def standing_of(node: Node, estate_id: str | None = None) -> VulnerabilityFollowUp:
    """Count how everything stands."""
    today = day_of(node.clock())
    return summary(_all_rows(node, today, estate_id), today)


def _all_rows(node: Node, today: date, estate_id: str | None) -> tuple[BoardRow, ...]:
    found = [
        each
        for each in every(node, FindingFilters(state=State.ALL))
        if each.fixed_at is not None or each.status not in QUIET
    ]
    return rows_of(node, found, follow_ups(node), today, estate_id)


def seal_summaries(node: Node, *, estate_id: str | None = None, again: bool = False) -> int:
    """Seal how each system with a bill stands, once a day; give how many."""
    if not node.estate_ids():
        return 0
    today, store = day_of(node.clock()), alerts_of(node)
    with store.turn() as turn:
        if turn.reached(SEALED) == today.isoformat() and not again:
            return 0
    systems = set(portfolio(node).systems())
    if not systems:
        return 0
    counted = summaries(_all_rows(node, today, estate_id), today)
    nothing = summary((), today)
    now = node.clock()
    made = [
        Observation(
            kind=SUMMARY,
            subject=system,
            observed_at=now,
            collector=COLLECTOR,
            body=counted.get(system, nothing),
        )
        for system in sorted(systems)
    ]
    node.log.append(made, now)
    node.checkpoint()
    with store.turn() as turn:
        turn.reach(SEALED, today.isoformat())
    return len(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSentence:
    """What a board has to know, in one sentence of each language."""

    zh: str
    en: str
    services: tuple[str, ...]
    "Critical services that known exploited vulnerabilities reach."
    due: date | None
    "Day by which the last of them is to be repaired."
    overdue: int
    "Of them, findings past their day."
    pressing: tuple[str, ...]
    "Critical services with anything else to act on or attend to."
    unknown: int
    "Systems of which no bill ever came."


def board_sentence(
    node: Node, on: date | None = None, *, estate_id: str | None = None
) -> BoardSentence:
    """Say which critical services are hit and by when that ends."""
    estate, day = node.estate(estate_id), on or day_of(node.clock())
    listed = _reached(node, estate, FindingFilters(state=State.OPEN, critical=True, kev=True))
    others = _reached(
        node, estate, FindingFilters(state=State.OPEN, critical=True, ssvc=tuple(sorted(PRESSING)))
    )
    services = tuple(sorted(listed))
    dues = [each.due for found in listed.values() for each in found if each.due]
    late = {each.id for found in listed.values() for each in found if each.due and each.due < day}
    pressing = tuple(sorted(set(others) - set(listed)))
    with_bill = set(portfolio(node).systems())
    systems = estate.by_kind.get(AssetKind.SYSTEM, ())
    made = BoardSentence(
        zh="",
        en="",
        services=services,
        due=max(dues, default=None),
        overdue=len(late),
        pressing=pressing,
        unknown=sum(each.id not in with_bill for each in systems),
    )
    return replace(made, zh=_chinese(made), en=_english(made))


def _reached(node: Node, estate: Estate, filters: FindingFilters) -> Mapping[str, list[Finding]]:
    """Give findings by the critical services of the estate they reach."""
    critical = {
        str(each.id)
        for each in estate.by_kind.get(AssetKind.SERVICE, ())
        if each.attributes.get("critical") is True
    }
    found: dict[str, list[Finding]] = {}
    for each in every(node, filters):
        for service in critical.intersection(each.services):
            found.setdefault(service, []).append(each)
    return found


def _chinese(said: BoardSentence) -> str:
    parts = []
    if said.services:
        until = f"，最遲 {said.due} 前修復" if said.due else ""
        late = f"，其中 {said.overdue} 項已逾期" if said.overdue else ""
        parts.append(f"本行 {len(said.services)} 項關鍵服務受已遭利用弱點影響{until}{late}")
    else:
        parts.append("本行沒有已知關鍵服務受已遭利用弱點影響")
    if said.pressing:
        parts.append(f"另有 {len(said.pressing)} 項關鍵服務有須立即或優先處理的弱點")
    if said.unknown:
        parts.append(f"{said.unknown} 個系統從未交付軟體物料清單，情形不明")
    return "；".join(parts) + "。"


def _english(said: BoardSentence) -> str:
    parts = []
    if said.services:
        services = _many(len(said.services), "critical service is", "critical services are")
        until = f", to be repaired by {said.due} at the latest" if said.due else ""
        late = f", {_many(said.overdue, 'finding', 'findings')} overdue" if said.overdue else ""
        parts.append(f"{services} reached by known exploited vulnerabilities{until}{late}")
    else:
        parts.append("No critical service is known to be reached by exploited vulnerabilities")
    if said.pressing:
        parts.append(
            f"{_many(len(said.pressing), 'more has', 'more have')} findings to act on or attend to"
        )
    if said.unknown:
        systems = _many(said.unknown, "system has", "systems have")
        parts.append(f"{systems} never delivered a bill of materials, so nobody knows of those")
    return "; ".join(parts) + "."


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
