"""The software supply chain of the demo bank: advisories, bills, and what people did about them.

Everything takes the way real things take: advisories through the snapshot, bills through the
portfolio, decisions through their desk. Advisories are fictional and say so (`DEMO-2026-…`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

import msgspec
import yaml

from panshi.errors import ContentError
from panshi.model.asset import AssetId
from panshi.model.supply_chain.vex import VexStatus
from panshi.model.zone import day_of
from panshi.node.demo_accountability import at_the_time
from panshi.node.node import Node
from panshi.node.supply_chain.feed_marks import Mark, put_mark, written
from panshi.node.supply_chain.feed_reading import Taken
from panshi.node.supply_chain.feeds import advisories, seal
from panshi.node.supply_chain.following import Saying, follow_up
from panshi.node.supply_chain.portfolio import Sending, findings, ingest_many
from panshi.node.supply_chain.vex_desk import Proposed, VexDesk
from panshi.observe.demo_bank import rounds_before
from panshi.observe.demo_bank.advisories import (
    FEED,
    DemoAdvisories,
    demo_advisories,
    identity,
    read_advisories_plan,
)
from panshi.observe.demo_bank.bills import DemoBill, demo_bills, read_bills_plan
from panshi.observe.feeds.records import Kind
from panshi.protection.supply_chain.findings.finding import Finding, FindingFilters, State
from panshi.store import library

ACTOR = "demo"
PLACE = "demo/supply_chain_steps.yaml"
WHY = "示範"


class Decision(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A decision on exploitability and what became of it."""

    advisory: int
    system: str
    status: VexStatus
    ago: int
    days: int
    by: str
    second: str
    end: str
    justification: str = ""
    impact: str = ""
    advice: str = ""


class Repair(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who repairs what, as somebody said so many days ago."""

    advisory: int
    systems: tuple[str, ...]
    owner: str
    ticket: str
    by: str
    ago: int
    planned: int
    "Days from today; below zero: it has passed."
    note: str = ""
    done: bool = False


class Steps(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The whole file."""

    decisions: tuple[Decision, ...]
    repairs: tuple[Repair, ...]


def seed_supply_chain(node: Node, estate_id: str, now: datetime) -> None:
    """Bring advisories in, then bills as they came over the years, then what people did."""
    plan = read_advisories_plan(library.demo("supply_chain_advisories.yaml")[1])
    _bring_advisories(node, demo_advisories(plan, now), now)
    _deliver(node, estate_id, now)
    steps = msgspec.convert(
        yaml.load(library.demo("supply_chain_steps.yaml")[1], Loader=yaml.CSafeLoader), Steps
    )
    for each in sorted(steps.decisions, key=lambda one: -one.ago):
        _decide(node, each, estate_id, now)
    for repair in sorted(steps.repairs, key=lambda one: -one.ago):
        _repair(node, repair, estate_id, now)


def _bring_advisories(node: Node, known: DemoAdvisories, now: datetime) -> None:
    """Apply each advisory as of the day it appeared; the feed itself is of today."""
    yesterday = now - timedelta(days=1)
    newest = max(at for at, _ in known.advisories)
    with advisories(node) as store:

        def work() -> None:
            for at, group in groupby(known.advisories, key=lambda each: each[0]):
                store.apply([each for _, each in group], feed=FEED, at=at)
            store.put_epss(_lines(known.epss_before), day_of(yesterday), yesterday)
            store.put_epss(_lines(known.epss), day_of(now), now)
            store.put_kev([each for _, each in known.exploited], now)
            put_mark(store, FEED, _mark(known, newest, now))

        store.together(work)
        records = len({each.id for _, each in known.advisories})
        taken = Taken(feed=FEED, kind=Kind.OWN, source=PLACE)
        taken.records = taken.new = records
        taken.newest = written(newest)
        seal(node, store, taken, via="import", actor=ACTOR)


def _lines(scores: dict[str, tuple[float, float]]) -> Iterator[tuple[str, float, float]]:
    return ((name, score, percentile) for name, (score, percentile) in scores.items())


def _mark(known: DemoAdvisories, newest: datetime, now: datetime) -> Mark:
    return Mark(
        kind=Kind.OWN,
        source=PLACE,
        via="import",
        newest=written(newest),
        as_of=written(now),
        brought_at=written(now),
        changed=len(known.advisories),
        records=len({each.id for _, each in known.advisories}),
    )


def _deliver(node: Node, estate_id: str, now: datetime) -> None:
    """Take bills in quarter by quarter, so that the bank can be looked at as it stood then."""
    plan = read_bills_plan(library.demo("supply_chain.yaml")[1])
    bills = demo_bills(plan, node.estate(estate_id), now)
    moments = sorted(rounds_before(now))

    def quarter(bill: DemoBill) -> datetime:
        return next(each for each in moments if each >= bill.received)

    for moment, group in groupby(bills, key=quarter):
        ingest_many(at_the_time(node, moment), [_sending(each) for each in group])


def _sending(bill: DemoBill) -> Sending:
    return Sending(
        source=bill.document,
        system=bill.system,
        supplier=bill.supplier,
        service=bill.service,
        at=bill.received,
        name=f"{bill.system}（示範）",
    )


def _decide(node: Node, plan: Decision, estate_id: str, now: datetime) -> None:
    """Propose, and let the second person do what the plan says."""
    proposed = now - timedelta(days=plan.ago)
    desk = VexDesk(node, actor=plan.by, estate_id=estate_id, at=proposed)
    number = desk.propose(_proposed(node, plan, day_of(proposed)))
    second = VexDesk(node, actor=plan.second, estate_id=estate_id, at=proposed + timedelta(hours=5))
    match plan.end:
        case "":
            pass
        case "approved":
            second.approve(number, why=f"與系統負責人核對（{WHY}）")
        case "refused":
            second.refuse(number, why=f"連線位址可由設定變更，理由不足（{WHY}）")
        case "withdrawn":
            second.approve(number, why=f"與系統負責人核對（{WHY}）")
            later = VexDesk(node, actor=plan.by, estate_id=estate_id, at=now - timedelta(days=3))
            later.withdraw(number, why=f"已排入升版，改以修補處理（{WHY}）")
        case _:
            raise ContentError(f"unknown end {plan.end!r}", place=PLACE)


def _proposed(node: Node, plan: Decision, day: date) -> Proposed:
    found = _finding(node, identity(plan.advisory), AssetId(f"system:{plan.system}"))
    return Proposed(
        vulnerability=found.vulnerability,
        purl=found.purl,
        system=found.system,
        status=plan.status,
        justification=plan.justification,
        impact=plan.impact,
        advice=plan.advice,
        expires=day + timedelta(days=plan.days),
        why=WHY,
    )


def _repair(node: Node, plan: Repair, estate_id: str, now: datetime) -> None:
    then = at_the_time(node, now - timedelta(days=plan.ago))
    said = Saying(
        owner=plan.owner,
        ticket=plan.ticket,
        planned=day_of(now) + timedelta(days=plan.planned),
        note=plan.note,
        claimed_done=plan.done,
    )
    systems = tuple(f"system:{each}" for each in plan.systems)
    filters = FindingFilters(
        vulnerability=identity(plan.advisory), systems=systems, state=State.OPEN
    )
    for each in findings(node, filters=filters, limit=100).items:
        follow_up(then, each.id, said, actor=plan.by, estate_id=estate_id)


def _finding(node: Node, vulnerability: str, system: str) -> Finding:
    filters = FindingFilters(vulnerability=vulnerability, systems=(system,), state=State.ALL)
    page = findings(node, filters=filters, limit=1)
    if not page.items:
        raise ContentError(f"{vulnerability} does not reach {system}", place=PLACE)
    return page.items[0]
