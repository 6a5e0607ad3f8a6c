"""Observing: the kinds of source, and taking in a file."""

from __future__ import annotations

from dataclasses import replace

from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.node.node import Node


def observers(node: Node, _asked: Asked) -> Answered:
    """Answer the kinds of source."""
    rows = [
        {
            "name": each.name,
            "title_zh": each.title_zh,
            "title_en": each.title_en,
            "needs_path": each.needs_path,
            "kinds": each.kinds,
        }
        for each in node.observers()
    ]
    return answered(rows)


def observe(node: Node, asked: Asked) -> Answered:
    """Observe the uploaded file and answer the report."""
    options = {"kind": asked.query["kind"]} if asked.query.get("kind") else {}
    report = node.observe(
        asked.names["source"],
        asked.body,
        subject=asked.query.get("subject", ""),
        options=options,
        actor=asked.actor,
    )
    return answered(replace(report, path=""), status=201 if report.new else 200)


ROUTES = (
    Route(
        method="GET",
        path="/observers",
        action="observer.view",
        handler=observers,
        summary="Kinds of source this node can observe",
    ),
    Route(
        method="POST",
        path="/observe/{source}",
        action="observer.run",
        handler=observe,
        query=("subject", "kind"),
        takes_body=True,
        summary="Observe an uploaded file, all or nothing",
    ),
)
