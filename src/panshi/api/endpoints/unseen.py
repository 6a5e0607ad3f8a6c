"""What nobody has looked at."""

from __future__ import annotations

from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.governance.unseen import Unseen
from panshi.node.node import Node
from panshi.node.unseen import unseen


def look(node: Node, asked: Asked) -> Answered:
    """Answer what is unseen in an estate."""
    return answered(unseen(node, asked.names["estate"], asked.query.get("field", "")))


ROUTES = (
    Route(
        method="GET",
        path="/estates/{estate}/unseen",
        action="verdict.view",
        handler=look,
        query=("field",),
        answers=Unseen,
        summary="Assets nobody has seen, kinds of look gone silent, controls nothing feeds",
    ),
)
