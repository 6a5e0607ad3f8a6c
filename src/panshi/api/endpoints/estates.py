"""Estates: what there is."""

from __future__ import annotations

from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.node.node import Node
from panshi.report.answers import estate_answer


def estates(node: Node, _asked: Asked) -> Answered:
    """Answer the list of estates."""
    return answered([estate_answer(node.estate(each)) for each in node.estate_ids()])


def estate(node: Node, asked: Asked) -> Answered:
    """Answer one estate, whole."""
    return answered(node.estate(asked.names["estate"]))


ROUTES = (
    Route(
        method="GET",
        path="/estates",
        action="estate.view",
        handler=estates,
        summary="Estates and their newest versions",
    ),
    Route(
        method="GET",
        path="/estates/{estate}",
        action="estate.view",
        handler=estate,
        summary="One estate with its assets and relations",
    ),
)
