"""Who may act with privilege on which system: by a grant for a while, or standing."""

from __future__ import annotations

from collections.abc import Iterator

from panshi.model.estate import Estate
from panshi.node.node import Node
from panshi.node.zero_trust.entities import entities_of
from panshi.node.zero_trust.grants import grants
from panshi.protection.cedar import Uid
from panshi.protection.zero_trust.evidence.systems import Grant

ADMINISTRATOR = Uid("Role", "administrator")
EMERGENCY = Uid("Role", "emergency")


def grants_of(node: Node) -> Iterator[Grant]:
    """Give the grants that two people made, for as long as they held."""
    for each in grants(node):
        if each.approved_by and not each.refused_by:
            ends = each.asked.ends
            if each.ended_at is not None:
                ends = min(ends, each.ended_at)
            yield Grant(
                person=each.asked.for_person,
                system=each.asked.system.partition(":")[2] or each.asked.system,
                since=each.asked.begins.timestamp(),
                until=ends.timestamp(),
            )


def standing_of(estate: Estate) -> dict[str, int]:
    """Count the privileged accounts of each system of an estate.

    Emergency accounts do not count: break-glass opens them, by two people and for a while.
    """
    counts: dict[str, int] = {}
    for each in entities_of(estate).entities:
        if each.uid.type == "System":
            counts.setdefault(each.uid.id, 0)
        elif (
            each.uid.type == "User"
            and ADMINISTRATOR in each.parents
            and EMERGENCY not in each.parents
            and each.attributes.get("enabled") is not False
        ):
            for team in each.parents:
                if team.type == "Team":
                    counts[team.id] = counts.get(team.id, 0) + 1
    return counts
