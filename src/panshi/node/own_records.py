"""The records of one institution: those sealed about its asset, whatever else the log holds."""

from __future__ import annotations

from datetime import datetime

from panshi.model.observation import Sealed
from panshi.node.node import Node
from panshi.node.records import institution_of


def own_records(
    node: Node, kind: str, estate_id: str | None = None, as_of: datetime | None = None
) -> tuple[Sealed, ...]:
    """Give the records of a kind about an estate's institution, in the order of the log."""
    subject = institution_of(node.estate(estate_id))
    found = node.log.records(kind, as_of=as_of)
    return tuple(each for each in found if each.observation.subject == subject)
