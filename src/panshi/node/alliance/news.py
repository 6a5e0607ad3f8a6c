"""How the hub stands at a glance, and what is new since a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from panshi.node.alliance.campaign_warnings import warnings_listed
from panshi.node.alliance.campaigns import EXPOSED, MOST_WARNINGS, every_campaign
from panshi.node.alliance.correlating import campaigns_store
from panshi.node.alliance.desk import cases_of, position_at
from panshi.node.alliance.members import members
from panshi.node.alliance.tickets import tickets_of
from panshi.node.node import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """How the hub stands now."""

    campaigns: int
    "Open."
    members: int
    "Touched by an open campaign."
    tickets: int
    "Not closed."
    heard: int
    "Members that are heard."
    warnings: int = 0
    answered: int = 0
    exposed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What came since a moment."""

    tickets: int
    campaigns: int
    answers: int = 0


def at_a_glance(node: Node) -> Glance:
    """Give how the hub stands."""
    open_ones = [each for each in every_campaign(node) if each.case.open]
    closed = sum(
        not case.open for about, case in cases_of(node).items() if about.startswith("ticket/")
    )
    warned = warnings_listed(node, limit=MOST_WARNINGS)
    return Glance(
        campaigns=len(open_ones),
        members=len({member for each in open_ones for member in each.members}),
        tickets=tickets_of(node).count() - closed,
        heard=sum(each.heard for each in members(node)),
        warnings=len(warned),
        answered=sum(bool(each.answer) for each in warned),
        exposed=sum(each.answer == EXPOSED for each in warned),
    )


def new_since(node: Node, moment: datetime) -> News:
    """Give what came since a moment."""
    changed = [each for each in every_campaign(node) if each.changed_at > moment]
    answers = [each for each in warnings_listed(node, limit=MOST_WARNINGS) if each.answered_at]
    return News(
        tickets=tickets_of(node).chain().position - position_at(node, moment),
        campaigns=len(changed),
        answers=sum(each.answered_at > moment for each in answers if each.answered_at),
    )


def hub_news(node: Node) -> dict[str, int]:
    """Give how far everything has come, for whoever waits for changes."""
    with campaigns_store(node).reading() as turn:
        _place, changes = turn.reached()
    return {
        "tickets": tickets_of(node).chain().position,
        "changes": changes,
        "warnings": len(warnings_listed(node, limit=MOST_WARNINGS)),
    }
