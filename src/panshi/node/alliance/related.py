"""Tickets related to one, with the values they share and what each counts.

    for each in related(node, ticket.id, STAFF_READER): each.ticket, each.parts, each.total

What its reader may not see (`may_see`) is left out whole. Nothing is taken in for it: a ticket that
correlation has not reached yet is related to nothing so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from panshi.alliance.correlation.alike import alike, weight_of
from panshi.alliance.intelligence.release import may_see
from panshi.model.alliance.marking import Reader, ReaderRole
from panshi.model.alliance.ticket import Ticket
from panshi.node.alliance.campaigns import ReasonPart, reason_parts, ticket_at
from panshi.node.alliance.correlating import campaigns_store, picture_held, words_at
from panshi.node.node import Node

MOST = 20
STAFF_READER = Reader(member=None, role=ReaderRole.HUB)
"People at the hub's own desk."


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """One ticket and what it shares."""

    ticket: Ticket
    parts: tuple[ReasonPart, ...]
    "The heaviest first."
    total: float
    "Natural logarithm of odds, of what is shared alone."


def related(
    node: Node, ticket: str, reader: Reader = STAFF_READER, *, most: int = MOST
) -> tuple[Related, ...]:
    """Give the tickets that share most with the newest version of one, the most first."""
    placed = campaigns_store(node).home_of(ticket)
    if placed is None:
        return ()
    with picture_held(node) as correlator:
        found = alike(correlator, placed.place)
    words = words_at(node, placed.place)
    told: list[Related] = []
    for place, shared in found:
        other = ticket_at(node, place)
        if other.id == ticket or not may_see(other.marking, reader):
            continue
        named = (replace(each, value=words.get(each.trait, "")) for each in shared)
        told.append(
            Related(ticket=other, parts=tuple(reason_parts(named)), total=weight_of(shared))
        )
        if len(told) == most:
            break
    return tuple(told)
