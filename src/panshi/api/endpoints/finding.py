"""Finding things, and what awaits whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.texts import EstateQuery
from panshi.errors import MissingError
from panshi.node.accounts import held_roles
from panshi.node.inbox import Awaiting, inbox
from panshi.node.node import Node
from panshi.node.objects import ObjectKind
from panshi.node.searching import Hit, Results, search, search_kind

MAX_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is looked for."""

    q: Annotated[str, Meta(min_length=1, max_length=100)]
    "Part of an id, a name or a text, in zh-TW or English; one character is enough."
    estate: Annotated[str, Meta(max_length=63)] = ""
    "Estate whose assets are searched too; by default the first."


@dataclass(frozen=True, slots=True, kw_only=True)
class KindQuery:
    """A page of hits of one kind."""

    q: Annotated[str, Meta(min_length=1, max_length=100)]
    estate: Annotated[str, Meta(max_length=63)] = ""
    after: Annotated[int, Meta(ge=0, le=2**40)] = 0
    "`number` of the last hit of the page before."
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE)] = 50


def find(node: Node, asked: Asked) -> Answered:
    """Answer the first hits of each kind."""
    query = queried(asked, SearchQuery)
    return answered(search(node, query.q, may=asked.may, estate_id=_estate(node, query.estate)))


def find_kind(node: Node, asked: Asked) -> Answered:
    """Answer a page of hits of one kind."""
    query, kind = queried(asked, KindQuery), asked.names["kind"]
    if kind not in set(ObjectKind):
        raise MissingError(f"no kind of object {kind[:40]!r}", remedy=", ".join(ObjectKind))
    hits = search_kind(
        node,
        query.q,
        ObjectKind(kind),
        may=asked.may,
        estate_id=_estate(node, query.estate),
        after=query.after,
        limit=query.limit,
    )
    return answered(hits)


def awaiting(node: Node, asked: Asked) -> Answered:
    """Answer what awaits the person a token is bound to."""
    query = queried(asked, EstateQuery)
    return answered(inbox(node, asked.actor, _roles(asked), query.estate or None))


def _roles(asked: Asked) -> tuple[str, ...]:
    return held_roles(asked.token) if asked.token is not None else ()


def _estate(node: Node, wanted: str) -> str:
    known = node.estate_ids()
    if wanted or not known:
        return node.estate(wanted).id if wanted else ""
    return node.estate().id


ROUTES = (
    Route(
        method="GET",
        path="/search",
        action="home.view",
        handler=find,
        query=SearchQuery,
        answers=Results,
        summary="Search controls, assets, records and people's words, by kind",
    ),
    Route(
        method="GET",
        path="/search/{kind}",
        action="home.view",
        handler=find_kind,
        query=KindQuery,
        answers=tuple[Hit, ...],
        summary="A page of hits of one kind",
    ),
    Route(
        method="GET",
        path="/inbox",
        action="home.view",
        handler=awaiting,
        query=EstateQuery,
        answers=tuple[Awaiting, ...],
        summary="What awaits the person a token is bound to",
    ),
)
