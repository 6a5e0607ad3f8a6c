"""Lists of findings, whom an advisory reaches, and what changed since somebody looked last.

    findings(node, filters=FindingFilters(kev=True), sort=Sort.DUE, after="", limit=50)
    affected(node, "CVE-2024-35195")
    rematch(node, changes_after=cursor)

Columns answer which findings; only those shown are made into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panshi.errors import BadInputError
from panshi.node.supply_chain.portfolio.asking import Asking, Counts, wanted
from panshi.node.supply_chain.portfolio.keeping_up import keep_up
from panshi.node.supply_chain.portfolio.memory import memory_of
from panshi.node.supply_chain.portfolio.wording import Wording
from panshi.protection.supply_chain.findings.differences import CHANGED, CHANGES
from panshi.protection.supply_chain.findings.finding import (
    Finding,
    FindingChange,
    FindingFilters,
    Page,
    Sort,
    State,
)
from panshi.protection.supply_chain.findings.querying import Place, choose, fitting
from panshi.protection.supply_chain.findings.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from panshi.node.node import Node

EVERY_OPEN = FindingFilters()
MOST = 5_000
"Findings on one page."
TOLD_AT_ONCE = 50_000
"Changes given in one answer, rounded up to whole causes."


def findings(
    node: Node,
    *,
    filters: FindingFilters = EVERY_OPEN,
    sort: Sort = Sort.SSVC,
    reverse: bool = False,
    after: str = "",
    limit: int = 50,
    scope: Collection[str] | None = None,
) -> Page:
    """Give one page of a list; `scope` names the systems somebody may see, None all."""
    keep_up(node)
    with memory_of(node).lock:
        asking = Asking(node)
        question = wanted(asking, filters, scope)
        if question is None:
            return Page(items=(), total=0, next="")
        chosen = choose(
            asking.rows,
            asking.facts,
            question,
            sort,
            reverse=reverse,
            after=_place(after),
            limit=max(1, min(limit, MOST)),
        )
        items = Wording(asking).findings(asking.rows.where(chosen.rows))
    last = chosen.last
    return Page(
        items=items,
        total=chosen.total,
        next=f"{last.value!r}.{last.identity:x}" if last else "",
    )


def _place(text: str) -> Place | None:
    if not text:
        return None
    value, _, number = text.rpartition(".")
    try:
        return Place(float(value), int(number, 16))
    except ValueError as error:
        raise BadInputError(
            f"{text[:40]!r} is no place in a list", remedy="take it from the page before"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One system an advisory reaches."""

    system: str
    findings: tuple[Finding, ...]
    services: tuple[str, ...]
    critical: bool
    acted: bool
    "Whether nothing is open any more: repaired, or stated to do no harm."


def affected(
    node: Node, name: str, *, scope: Collection[str] | None = None
) -> tuple[Affected, ...]:
    """Give every system a vulnerability or advisory reaches or reached; the open ones first."""
    keep_up(node)
    with memory_of(node).lock:
        asking = Asking(node)
        rows = asking.rows_of(name)
        question = wanted(asking, FindingFilters(state=State.ALL), scope)
        if rows is None or question is None:
            return ()
        found: dict[str, list[Finding]] = {}
        chosen = rows.where(fitting(rows, asking.facts, question))
        for each in Wording(asking).findings(chosen):
            found.setdefault(each.system, []).append(each)
    made = [
        Affected(
            system=system,
            findings=tuple(listed),
            services=listed[0].services,
            critical=listed[0].critical,
            acted=all(each.closed for each in listed),
        )
        for system, listed in found.items()
    ]
    return tuple(sorted(made, key=lambda each: (each.acted, not each.critical, each.system)))


def rematch(
    node: Node, *, changes_after: int, limit: int = TOLD_AT_ONCE
) -> tuple[FindingChange, ...]:
    """Bring everything up to date and give what changed after a sequence number, oldest first.

    Nothing is told twice to whoever keeps the last number, and nothing is left out: changes of one
    cause come together. An index made anew tells what is open once more, under higher numbers.
    """
    keep_up(node)
    memory = memory_of(node)
    told: list[FindingChange] = []
    with memory.lock:
        with memory.index.reading() as reading:
            changes = []
            count = 0
            for each in reading.changes(changes_after):
                changes.append(each)
                count += len(each[3]) // CHANGED.itemsize
                if count >= limit:
                    break
        if not changes:
            return ()
        wording = Wording(Asking(node))
        for sequence, at, cause, blob in changes:
            rows = np.frombuffer(blob, dtype=CHANGED)
            names = ("system", "key", "package", "vulnerability", "status", "since", "until")
            items = wording.findings(Rows(**{name: rows[name] for name in names}))
            told += (
                FindingChange(
                    what=CHANGES[what],
                    finding=finding,
                    cause=cause,
                    sequence=sequence,
                    at=wording.moment(at),
                )
                for what, finding in zip(rows["what"].tolist(), items, strict=True)
            )
    return tuple(told)


def sequence(node: Node) -> int:
    """Give the number of the newest change: where whoever begins to follow now begins."""
    keep_up(node)
    with memory_of(node).index.reading() as reading:
        return reading.last_change()


def counts(node: Node, *, scope: Collection[str] | None = None) -> Counts:
    """Count what is open."""
    keep_up(node)
    with memory_of(node).lock:
        asking = Asking(node)
        question = wanted(asking, FindingFilters(), scope)
        if question is None:
            return Counts(total=0, by_status={}, by_ssvc={}, exploited=0, by_system={})
        rows = asking.rows.where(fitting(asking.rows, asking.facts, question))
        return asking.counted(rows)
