"""The routes of the API: method, path, the action the policy engine decides on, handler.

The OpenAPI document is made from this table; a route that is not in it does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from panshi.api import handlers
from panshi.api.exchange import Answered, Asked
from panshi.node.node import Node

PREFIX = "/api/v1"
type Handler = Callable[[Node, Asked], Answered]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method on one path."""

    method: str
    path: str
    "Below the prefix; `{name}` takes one segment, `{name:rest}` all that follows."
    action: str
    "What the policy engine is asked; empty for what anyone may read."
    handler: Handler
    summary: str
    query: tuple[str, ...] = ()
    takes_body: bool = False
    answers: type | None = None
    "Type of the JSON answered; None where it is not JSON or free in form."

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern."""
        rest = re.sub(r"\{(\w+):rest\}", r"(?P<\1>.+)", self.path)
        return re.compile(PREFIX + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", rest))


ROUTES = (
    Route(
        method="GET",
        path="/health",
        action="",
        handler=handlers.health,
        summary="Whether the node answers, and the size of its log",
    ),
    Route(
        method="GET",
        path="/checkpoint",
        action="evidence.view",
        handler=handlers.checkpoint,
        summary="A signed checkpoint over the whole log",
    ),
    Route(
        method="GET",
        path="/frameworks",
        action="framework.view",
        handler=handlers.frameworks,
        summary="Frameworks with their numbers of controls by basis",
    ),
    Route(
        method="GET",
        path="/frameworks/{framework}",
        action="framework.view",
        handler=handlers.framework,
        summary="One framework with its controls",
    ),
    Route(
        method="GET",
        path="/frameworks/{framework}/coverage",
        action="framework.view",
        handler=handlers.coverage_of,
        summary="How each control is judged today",
    ),
    Route(
        method="GET",
        path="/estates",
        action="estate.view",
        handler=handlers.estates,
        summary="Estates and their newest versions",
    ),
    Route(
        method="GET",
        path="/estates/{estate}",
        action="estate.view",
        handler=handlers.estate,
        summary="One estate with its assets and relations",
    ),
    Route(
        method="GET",
        path="/assess",
        action="verdict.view",
        handler=handlers.assess,
        query=("framework", "estate", "field", "as_of", "without"),
        summary="Judge a framework over an estate",
    ),
    Route(
        method="GET",
        path="/verdicts/{control:rest}",
        action="verdict.view",
        handler=handlers.verdict,
        query=("estate", "field"),
        summary="Judge one control",
    ),
    Route(
        method="GET",
        path="/proofs/{control:rest}",
        action="verdict.view",
        handler=handlers.proof,
        query=("estate", "field"),
        summary="Proof tree of one control's verdict",
    ),
    Route(
        method="GET",
        path="/evidence",
        action="evidence.view",
        handler=handlers.evidence,
        query=(
            "kind",
            "subject",
            "outcome",
            "collector",
            "text",
            "since",
            "until",
            "before",
            "limit",
        ),
        summary="Observations, newest first",
    ),
    Route(
        method="GET",
        path="/evidence/{id}",
        action="evidence.view",
        handler=handlers.observation,
        summary="One observation",
    ),
    Route(
        method="GET",
        path="/evidence/{id}/proof",
        action="evidence.view",
        handler=handlers.inclusion,
        summary="Self-contained proof of one observation",
    ),
    Route(
        method="POST",
        path="/evidence/verify",
        action="evidence.view",
        handler=handlers.verify,
        takes_body=True,
        summary="Verify a proof file",
    ),
    Route(
        method="GET",
        path="/observers",
        action="observer.view",
        handler=handlers.observers,
        summary="Kinds of source this node can observe",
    ),
    Route(
        method="POST",
        path="/observe/{source}",
        action="observer.run",
        handler=handlers.observe,
        query=("subject", "kind"),
        takes_body=True,
        summary="Observe an uploaded file, all or nothing",
    ),
    Route(
        method="GET",
        path="/parameters",
        action="parameter.view",
        handler=handlers.parameters,
        summary="Governed thresholds with their history",
    ),
)


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """Give the route for a request and the named parts of its path."""
    for route, names in _on(path):
        if route.method == method:
            return route, names
    return None


def methods(path: str) -> tuple[str, ...]:
    """Methods a path answers to."""
    return tuple(route.method for route, _names in _on(path))


def _on(path: str) -> Iterator[tuple[Route, dict[str, str]]]:
    for route in ROUTES:
        fit = route.pattern.fullmatch(path)
        if fit:
            yield route, fit.groupdict()
