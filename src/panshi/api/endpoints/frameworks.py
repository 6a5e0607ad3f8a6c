"""Frameworks: what is asked for, and how each control is judged."""

from __future__ import annotations

from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.governance.frameworks.coverage import coverage
from panshi.model.control import Basis
from panshi.node.node import Node


def frameworks(node: Node, _asked: Asked) -> Answered:
    """Answer the list of frameworks."""
    rows = [
        {
            "id": each.id,
            "title_zh": each.title_zh,
            "title_en": each.title_en,
            "version": each.version,
            "controls": len(each.controls),
            "basis": {basis: sum(c.basis is basis for c in each.controls) for basis in Basis},
        }
        for each in node.library.frameworks.values()
    ]
    return answered(rows)


def framework(node: Node, asked: Asked) -> Answered:
    """Answer one framework."""
    return answered(node.library.framework(asked.names["framework"]))


def coverage_of(node: Node, asked: Asked) -> Answered:
    """Answer how each control of a framework is judged."""
    return answered(coverage(node.library.framework(asked.names["framework"])))


ROUTES = (
    Route(
        method="GET",
        path="/frameworks",
        action="framework.view",
        handler=frameworks,
        summary="Frameworks with their numbers of controls by basis",
    ),
    Route(
        method="GET",
        path="/frameworks/{framework}",
        action="framework.view",
        handler=framework,
        summary="One framework with its controls",
    ),
    Route(
        method="GET",
        path="/frameworks/{framework}/coverage",
        action="framework.view",
        handler=coverage_of,
        summary="How each control is judged today",
    ),
)
