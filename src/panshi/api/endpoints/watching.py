"""Watched places: how they fare, what they refused, and looking at one now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.errors import MissingError
from panshi.model.bodies.watching import RefusedDelivery
from panshi.model.observation import ObservationId
from panshi.node.node import Node
from panshi.node.watching import Round, look, places, refusals, watched


class WatchShape(TypedDict):
    """One folder or bucket from which evidence is taken by itself."""

    name: str
    address: str
    configured: bool
    "Whether `watch.toml` names it; else it was named on the command line."
    looked_at: str | None
    "When somebody last looked; null where nobody did."
    observed: int
    "Files observed so far."
    refused: int
    "Files refused so far."
    waiting: int | None
    "Files that lie there; null where nobody can tell yet."
    problem: str
    "Why the last look failed; empty where it did not."
    since: str | None
    "Since when it has been like that."


class RefusalShape(TypedDict):
    """A file that arrived and was not observed."""

    id: ObservationId
    "Evidence id: the refusal is sealed."
    at: datetime
    "When the file was written."
    place: str
    file: str
    size: int
    sha256: str
    source: str
    "Observer that refused it; empty where none was recognised."
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalsQuery:
    """How many."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 50


def listed(node: Node, _asked: Asked) -> Answered:
    """Answer every watched place."""
    rows = []
    for each in watched(node):
        fare = each.fare
        row = WatchShape(
            name=each.name,
            address=each.address,
            configured=each.configured,
            looked_at=fare.looked_at if fare else None,
            observed=fare.observed if fare else 0,
            refused=fare.refused if fare else 0,
            waiting=each.backlog if each.backlog is not None else (fare.waiting if fare else None),
            problem=fare.problem if fare else "",
            since=fare.since if fare else None,
        )
        rows.append(row)
    return answered(rows)


def refused(node: Node, asked: Asked) -> Answered:
    """Answer what was refused lately, newest first."""
    rows = [
        RefusalShape(
            id=each.id,
            at=each.observation.observed_at,
            place=body.place,
            file=body.file,
            size=body.size,
            sha256=body.sha256,
            source=body.source,
            reason=body.reason,
            remedy=body.remedy,
        )
        for each in refusals(node, queried(asked, RefusalsQuery).limit)
        if isinstance(body := each.observation.body, RefusedDelivery)
    ]
    return answered(rows)


def look_now(node: Node, asked: Asked) -> Answered:
    """Look at a configured place once and answer what became of what lay there."""
    name = asked.names["place"]
    place = next((each for each in places(node) if each.name == name), None)
    if place is None:
        raise MissingError(f"no place {name!r} is configured", remedy="GET /api/v1/watches")
    node.audit(asked.actor, "observer.run", f"watch:{name}")
    return answered(look(node, place))


ROUTES = (
    Route(
        method="GET",
        path="/watches",
        action="observer.view",
        handler=listed,
        summary="Watched folders and buckets, and how they fare",
        answers=tuple[WatchShape, ...],
    ),
    Route(
        method="GET",
        path="/watches/refusals",
        action="observer.view",
        handler=refused,
        query=RefusalsQuery,
        summary="Files that arrived and were refused, newest first",
        answers=tuple[RefusalShape, ...],
    ),
    Route(
        method="POST",
        path="/watches/{place}/look",
        action="observer.run",
        handler=look_now,
        summary="Look at a watched place now",
        answers=Round,
    ),
)
