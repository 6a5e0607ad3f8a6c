"""Governed thresholds."""

from __future__ import annotations

from dataclasses import replace

from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.node.authority import permitted
from panshi.node.node import Node


def parameters(node: Node, asked: Asked) -> Answered:
    """Answer the governed thresholds."""
    shown = node.parameters()
    if not permitted(asked.role, "evidence.personal"):
        shown = tuple(
            (replace(now, changed_by=""), tuple(replace(each, changed_by="") for each in past))
            for now, past in shown
        )
    return answered([{"in_force": now, "history": past} for now, past in shown])


ROUTES = (
    Route(
        method="GET",
        path="/parameters",
        action="parameter.view",
        handler=parameters,
        summary="Governed thresholds with their history",
    ),
)
