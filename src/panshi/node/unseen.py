"""Use case: what nobody has looked at, with names; and which observers could look."""

from __future__ import annotations

from panshi.governance.unseen import Unseen
from panshi.governance.unseen import unseen as told
from panshi.node.node import Node
from panshi.node.remembered import remembered


def unseen(node: Node, estate_id: str | None = None, in_field: str = "") -> Unseen:
    """Tell what is unseen in an estate, now."""
    estate = node.estate(estate_id).id
    return remembered(
        node,
        ("unseen", in_field),
        estate,
        lambda: node.judging.ask(lambda assessor: told(assessor, in_field), estate),
    )


def observers_of(node: Node, kind: str) -> tuple[str, ...]:
    """Names of the observers that yield observations of a kind."""
    return tuple(each.name for each in node.observers() if kind in each.kinds)
