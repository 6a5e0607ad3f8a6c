"""Observing: the kinds of source, what they read lately, and taking in a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, TypedDict

from msgspec import Meta

from panshi.api.asked import queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.api.shapes import ShownObservation
from panshi.errors import MissingError
from panshi.node.node import Node
from panshi.node.observing import RunReport
from panshi.report.answers import observation_answer


class ObserverShape(TypedDict):
    """One kind of source."""

    name: str
    title_zh: str
    title_en: str
    needs_path: bool
    "Whether it reads a file; else it looks at this machine."
    kinds: tuple[str, ...]
    "Kinds of observation it yields."


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsQuery:
    """How many runs."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserveQuery:
    """What the file cannot say itself."""

    subject: Annotated[str, Meta(max_length=200)] = ""
    "Asset the file speaks of, for example `system:ebank`."
    kind: Annotated[str, Meta(max_length=200)] = ""
    "For lists: kind of observation its rows are."


def observers(node: Node, _asked: Asked) -> Answered:
    """Answer the kinds of source."""
    rows = [
        ObserverShape(
            name=each.name,
            title_zh=each.title_zh,
            title_en=each.title_en,
            needs_path=each.needs_path,
            kinds=tuple(each.kinds),
        )
        for each in node.observers()
    ]
    return answered(rows)


def runs(node: Node, asked: Asked) -> Answered:
    """Answer the last runs, newest first."""
    page = node.runs(queried(asked, RunsQuery).limit)
    return answered([ShownObservation(**observation_answer(each), withheld=False) for each in page])


def observe(node: Node, asked: Asked) -> Answered:
    """Observe the uploaded file and answer the report."""
    query, source = queried(asked, ObserveQuery), asked.names["source"]
    if all(each.name != source for each in node.observers()):
        raise MissingError(f"there is no observer {source!r}", remedy="GET /api/v1/observers")
    report = node.observe(
        source,
        asked.body,
        subject=query.subject,
        options={"kind": query.kind} if query.kind else {},
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
        answers=tuple[ObserverShape, ...],
    ),
    Route(
        method="GET",
        path="/runs",
        action="observer.view",
        handler=runs,
        query=RunsQuery,
        summary="Last runs of observers, newest first",
        answers=tuple[ShownObservation, ...],
    ),
    Route(
        method="POST",
        path="/observe/{source}",
        action="observer.run",
        handler=observe,
        query=ObserveQuery,
        takes_body=True,
        summary="Observe an uploaded file, all or nothing",
        statuses=(200, 201),
        answers=RunReport,
    ),
)
