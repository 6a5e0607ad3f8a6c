"""How findings are decided about and until when, read from content: the tree and the clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import product

from panshi.governance.frameworks.reading import Part, parsed
from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.points import (
    Automatable,
    Exploitation,
    Exposure,
    Impact,
    Mission,
    Technical,
)
from panshi.protection.supply_chain.priority.policy import ClockRule, Clocks, Escalation, Tree
from panshi.store import library

LONGEST = 3_650


@cache
def shipped_tree() -> Tree:
    """Give the decision tree."""
    name, raw = library.supply_chain("ssvc.yaml")
    return load_tree(raw, source=name)


@cache
def shipped_clocks() -> Clocks:
    """Give the clocks before an institution changes them."""
    name, raw = library.supply_chain("clocks.yaml")
    return load_clocks(raw, source=name)


def load_tree(raw: bytes, *, source: str) -> Tree:
    """Read a tree; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(required="source table impact epss zones")
    epss = keys["epss"].keys(required="poc active jump")
    zones = keys["zones"].keys(required="open small")
    impact: dict[tuple[Mission, Technical], Impact] = {}
    for row in keys["impact"].items():
        given = row.keys(required="mission partial total")
        for each in Technical:
            impact[given["mission"].word(Mission), each] = given[each].word(Impact)
    try:
        return Tree(
            source=keys["source"].text(),
            table=_table(keys["table"]),
            impact=impact,
            epss_poc=epss["poc"].number(),
            epss_active=epss["active"].number(),
            epss_jump=epss["jump"].number(),
            open_zones=frozenset(zones["open"].texts()),
            small_zones=frozenset(zones["small"].texts()),
        )
    except ValueError as error:
        raise keys["table"].refuse(str(error)) from error


def _table(part: Part) -> Mapping[tuple[Exploitation, Exposure, Automatable, Impact], Ssvc]:
    table: dict[tuple[Exploitation, Exposure, Automatable, Impact], Ssvc] = {}
    for row in part.items():
        keys = row.keys(required="exploitation exposure automatable decisions")
        before = (
            keys["exploitation"].word(Exploitation),
            keys["exposure"].word(Exposure),
            keys["automatable"].word(Automatable),
        )
        decisions = keys["decisions"].items()
        if len(decisions) != len(Impact):
            raise keys["decisions"].refuse("one decision per human impact is expected", "four")
        for impact, decision in zip(Impact, decisions, strict=True):
            if (*before, impact) in table:
                raise row.refuse("this case occurs twice", "keep one of them")
            table[*before, impact] = decision.word(Ssvc)
    missing = set(product(Exploitation, Exposure, Automatable, Impact)) - set(table)
    if missing:
        raise part.refuse(f"{len(missing)} cases have no decision", "give all 72")
    return table


def load_clocks(raw: bytes, *, source: str) -> Clocks:
    """Read clocks; ContentError names the line of what is wrong."""
    part = parsed(raw, source=source)
    keys = part.keys(required="rules working_days escalations", optional="holidays")
    escalations = tuple(map(_escalation, keys["escalations"].items()))
    try:
        return Clocks(
            rules=tuple(map(_rule, keys["rules"].items())),
            working=keys["working_days"].flag(),
            holidays=_days(keys.get("holidays")),
            escalations=tuple(sorted(escalations, key=lambda each: -each.late)),
        )
    except ValueError as error:
        raise keys["rules"].refuse(str(error)) from error


def _rule(part: Part) -> ClockRule:
    keys = part.keys(required="id title days most", optional="kev ssvc exposure supplier_tier")
    title = keys["title"].keys(required="zh en")
    most = keys["most"].whole(low=1, high=LONGEST)
    return ClockRule(
        id=keys["id"].text(),
        title_zh=title["zh"].text(),
        title_en=title["en"].text(),
        days=keys["days"].whole(low=1, high=most),
        most=most,
        kev=keys["kev"].flag() if "kev" in keys else None,
        ssvc=keys["ssvc"].word(Ssvc) if "ssvc" in keys else None,
        exposure=keys["exposure"].word(Exposure) if "exposure" in keys else None,
        supplier_tier=keys["supplier_tier"].whole(low=1, high=4)
        if "supplier_tier" in keys
        else None,
    )


def _escalation(part: Part) -> Escalation:
    keys = part.keys(required="late office title")
    title = keys["title"].keys(required="zh en")
    return Escalation(
        late=keys["late"].whole(low=1, high=LONGEST),
        office=keys["office"].text(),
        title_zh=title["zh"].text(),
        title_en=title["en"].text(),
    )


def _days(part: Part | None) -> frozenset[date]:
    if part is None or (part.is_list() and not part.node.value):
        return frozenset()
    found = set()
    for each in part.items():
        try:
            found.add(date.fromisoformat(each.text()))
        except ValueError as error:
            raise each.refuse(f"{each.text()!r} is no day", "write 2027-01-01") from error
    return frozenset(found)
