"""Bills of materials as documents: check, read, draw and convert one that is sent; keep nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import body_of, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.node.node import Node
from panshi.node.supply_chain.documents import (
    LISTED,
    Checked,
    Converted,
    Graphed,
    Shown,
    check,
    converted,
    graph,
    show,
)
from panshi.observe.bom.writing import Form
from panshi.protection.supply_chain.bom.freshness import OLDEST
from panshi.protection.supply_chain.bom.graph import SHOWN

NAME = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckQuery:
    """How a document is judged."""

    oldest: Annotated[int, Meta(ge=0, le=36_500)] = OLDEST
    "Days after which it is stale."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowQuery:
    """Which components are listed."""

    find: Annotated[str, Meta(max_length=200)] = ""
    "A part of name or purl."
    limit: Annotated[int, Meta(ge=1, le=10_000)] = LISTED


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQuery:
    """Which part of the graph is drawn."""

    to: Annotated[str, Meta(max_length=1_000)] = ""
    "Reference, purl, name or `name version` of a component; from the root without it."
    most: Annotated[int, Meta(ge=1, le=SHOWN)] = SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertQuery:
    """Which form is wanted."""

    format: Form


def checked(_node: Node, asked: Asked) -> Answered:
    """Answer whether the document is valid, and what it is worth."""
    query = queried(asked, CheckQuery)
    day = datetime.now(UTC).date()
    return answered(check(body_of(asked), name=NAME, day=day, oldest=query.oldest))


def shown(_node: Node, asked: Asked) -> Answered:
    """Answer what the document says."""
    query = queried(asked, ShowQuery)
    return answered(show(body_of(asked), name=NAME, text=query.find, limit=query.limit))


def graphed(_node: Node, asked: Asked) -> Answered:
    """Answer the graph of the document."""
    query = queried(asked, GraphQuery)
    return answered(graph(body_of(asked), name=NAME, component=query.to, most=query.most))


def rewritten(_node: Node, asked: Asked) -> Answered:
    """Answer the document in another form, and what is lost."""
    form, at = queried(asked, ConvertQuery).format, datetime.now(UTC)
    return answered(converted(body_of(asked), name=NAME, form=form, at=at))


EXAMPLE = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "components": [
        {
            "type": "library",
            "name": "requests",
            "version": "2.31.0",
            "purl": "pkg:pypi/requests@2.31.0",
        }
    ],
}

ROUTES = (
    Route(
        method="POST",
        path="/bills/check",
        action="supply_chain.view",
        handler=checked,
        query=CheckQuery,
        takes_body=True,
        summary="Hold a bill of materials to schema, minimum elements and age",
        answers=Checked,
        example=EXAMPLE,
    ),
    Route(
        method="POST",
        path="/bills/show",
        action="supply_chain.view",
        handler=shown,
        query=ShowQuery,
        takes_body=True,
        summary="What a bill of materials says of itself, and its components",
        answers=Shown,
        example=EXAMPLE,
    ),
    Route(
        method="POST",
        path="/bills/graph",
        action="supply_chain.view",
        handler=graphed,
        query=GraphQuery,
        takes_body=True,
        summary="Who depends on whom in a bill of materials",
        answers=Graphed,
        example=EXAMPLE,
    ),
    Route(
        method="POST",
        path="/bills/convert",
        action="supply_chain.view",
        handler=rewritten,
        query=ConvertQuery,
        takes_body=True,
        summary="A bill of materials in another form, and what that form does not carry",
        answers=Converted,
        example=EXAMPLE,
    ),
)
