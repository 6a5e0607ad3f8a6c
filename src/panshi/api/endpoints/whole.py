"""What is asked of the node as a whole: whether it lives, and what it has signed."""

from __future__ import annotations

from panshi import __version__
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.node.node import Node


def health(node: Node, _asked: Asked) -> Answered:
    """Answer that the node lives."""
    return answered({"status": "ok", "version": __version__, "log_size": node.log.size()})


def checkpoint(node: Node, _asked: Asked) -> Answered:
    """Answer a signed note, as text (C2SP tlog-checkpoint)."""
    return Answered(body=node.checkpoint().encode(), media_type="text/plain; charset=utf-8")


ROUTES = (
    Route(
        method="GET",
        path="/health",
        action="",
        handler=health,
        summary="Whether the node answers, and the size of its log",
    ),
    Route(
        method="GET",
        path="/checkpoint",
        action="evidence.view",
        handler=checkpoint,
        summary="A signed checkpoint over the whole log",
    ),
)
