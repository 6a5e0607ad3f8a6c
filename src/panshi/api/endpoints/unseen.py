"""What nobody has looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.governance.unseen import Unseen
from panshi.node.node import Node
from panshi.node.unseen import unseen


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenQuery:
    """Of which field."""

    field: Annotated[str, Meta(max_length=60)] = ""
    "Field (場域) the populations are narrowed to; empty: the whole estate."


def look(node: Node, asked: Asked) -> Answered:
    """Answer what is unseen in an estate."""
    return answered(unseen(node, asked.names["estate"], queried(asked, UnseenQuery).field))


ROUTES = (
    Route(
        method="GET",
        path="/estates/{estate}/unseen",
        action="verdict.view",
        handler=look,
        query=UnseenQuery,
        answers=Unseen,
        summary="Assets nobody has seen, kinds of look gone silent, controls nothing feeds",
    ),
)
