"""Sealing what is done with intelligence, at an institution or at a hub."""

from __future__ import annotations

from panshi.model.observation import Body, ObservationId
from panshi.node.node import THIS_MACHINE, Node
from panshi.node.records import record

NOBODY = "institution:unknown"
"Subject of records of a home whose estate is not known yet."


def seal(
    node: Node, kind: str, body: Body, *, facet: str, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Seal a record about the institution, or about a home without an estate."""
    if any(each != THIS_MACHINE for each in node.estate_ids()):
        return node.record(kind, body, facet=facet, actor=actor, estate_id=estate_id)
    made = record(kind, body, subject=NOBODY, facet=facet, at=node.clock())
    sealed = node.log.append((made,), node.clock()).ids[0]
    node.audit(actor, kind, facet)
    node.checkpoint()
    return sealed
