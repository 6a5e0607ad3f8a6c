"""A member's own statement, as it asks for it at the hub.

    found = own_statement(node, entry.member, "2026Q4")

A settlement reads everything that was shared, so one is kept for a minute whoever asks how often.
Of a report that was told before, the member learns that it was, and not which object told it: that
may be marked for others.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.alliance.reward.settling import Settlement
from panshi.model.alliance.member import Member
from panshi.node.alliance.reward.statements import (
    StatementAnswer,
    period_named,
    settled,
    statement_in,
)
from panshi.node.node import Node

KEPT = timedelta(minutes=1)
MOST_KEPT = 8
"Quarters whose settlement is kept."


@dataclass(slots=True)
class _Kept:
    """Settlements of a node, with when they were made."""

    lock: Lock = field(default_factory=Lock)
    quarters: dict[str, tuple[datetime, Settlement]] = field(default_factory=dict)


_kept: WeakKeyDictionary[Node, _Kept] = WeakKeyDictionary()
_opening = Lock()


def own_statement(node: Node, member: Member, quarter: str = "") -> StatementAnswer:
    """Give a member its own statement; at most a minute old."""
    told = statement_in(node, _settlement(node, quarter), member.id)
    own = {each.contribution for each in told.awards}
    awards = (each if each.behind in own else replace(each, behind="") for each in told.awards)
    return replace(told, awards=tuple(awards))


def _settlement(node: Node, quarter: str) -> Settlement:
    now = node.clock()
    name = period_named(quarter, now).name
    with _opening:
        kept = _kept.setdefault(node, _Kept())
    with kept.lock:
        made = kept.quarters.get(name)
        if made is not None and now - KEPT < made[0] <= now:
            return made[1]
        if len(kept.quarters) >= MOST_KEPT:
            kept.quarters.clear()
        found = settled(node, name)
        kept.quarters[name] = now, found
        return found
