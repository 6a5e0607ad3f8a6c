"""What must fail together: of a fault tree that is sent, and of the institution's services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import body_of, queried
from panshi.api.exchange import Answered, Asked, answered, attached
from panshi.api.route import Route
from panshi.node.node import Node
from panshi.node.resilience.cut_sets import solved_file
from panshi.node.resilience.service_cut_sets import (
    Loss,
    service_document,
    services_at_a_glance,
    solved_service,
)
from panshi.resilience.faults.solution import Glance, Solution, Wishes

XML = "application/xml"
_HERE = "/estates/{estate}/continuity"
_MEMORY_MIB, _SECONDS = 1_024, 30
"What one question may cost here; larger trees are solved at the command line."

type Name = Annotated[str, Meta(max_length=200)]
type Order = Annotated[int, Meta(ge=0, le=60)]
type Limit = Annotated[int, Meta(ge=0, le=1_000)]
type GraphHours = Annotated[float, Meta(ge=0, le=1e7)]
type Minutes = Annotated[float, Meta(ge=-1, le=5_256_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeQuery:
    """How much of a tree is asked."""

    top: Name = ""
    "Gate that is meant where several stand above all others."
    order: Order = 0
    "Only sets of at most so many events; 0: all."
    limit: Limit = 20
    "How many sets are listed, the most probable first."
    mission_hours: Annotated[float, Meta(gt=0, le=1e7)] = 8_760.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceQuery:
    """Which service, and by when."""

    service: Name
    deadline: Minutes = -1
    "Minutes after which it counts as late; -1: lost at all."
    mission_hours: GraphHours = 0
    "Time within which something fails; 0: that of the graph, a year."
    order: Order = 0
    limit: Limit = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuery:
    """Which service, and by when."""

    service: Name
    deadline: Minutes = -1
    mission_hours: GraphHours = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GlanceQuery:
    """How short the sets are, and how many of each service are listed."""

    order: Annotated[int, Meta(ge=1, le=4)] = 2
    limit: Annotated[int, Meta(ge=0, le=100)] = 5


def of_file(_node: Node, asked: Asked) -> Answered:
    """Answer the cut sets of a fault tree that is sent."""
    query = queried(asked, TreeQuery)
    return answered(
        solved_file(
            body_of(asked),
            wishes=_wishes(query.order, query.limit),
            top=query.top,
            mission_hours=query.mission_hours,
        )
    )


def of_service(node: Node, asked: Asked) -> Answered:
    """Answer the cut sets of a service."""
    query = queried(asked, ServiceQuery)
    return answered(
        solved_service(
            node,
            _loss(query),
            _wishes(query.order, query.limit),
            estate_id=asked.names["estate"],
        )
    )


def of_all(node: Node, asked: Asked) -> Answered:
    """Answer the short cut sets of every service."""
    query = queried(asked, GlanceQuery)
    wishes = _wishes(query.order, query.limit)
    return answered(services_at_a_glance(node, wishes, estate_id=asked.names["estate"]))


def as_document(node: Node, asked: Asked) -> Answered:
    """Answer the fault tree of a service as a file."""
    query = queried(asked, DocumentQuery)
    raw = service_document(node, _loss(query), estate_id=asked.names["estate"])
    return attached(raw, XML, "fault-tree.xml")


def _wishes(order: int, limit: int) -> Wishes:
    return Wishes(order=order or None, limit=limit, memory_mib=_MEMORY_MIB, seconds=_SECONDS)


def _loss(query: ServiceQuery | DocumentQuery) -> Loss:
    return Loss(
        service=query.service,
        deadline=None if query.deadline < 0 else query.deadline,
        mission_hours=query.mission_hours or None,
    )


_EXAMPLE = """<opsa-mef><define-fault-tree name="branch">
<define-gate name="closed"><or><basic-event name="power"/><gate name="lines"/></or></define-gate>
<define-gate name="lines"><and><basic-event name="a"/><basic-event name="b"/></and></define-gate>
<define-basic-event name="power"><float value="0.001"/></define-basic-event>
<define-basic-event name="a"><float value="0.01"/></define-basic-event>
<define-basic-event name="b"><float value="0.02"/></define-basic-event>
</define-fault-tree></opsa-mef>"""

ROUTES = (
    Route(
        method="POST",
        path="/continuity/cut-sets",
        action="continuity.view",
        handler=of_file,
        query=TreeQuery,
        takes_body=True,
        summary="Minimal cut sets, probability and importance of a fault tree (Open-PSA)",
        answers=Solution,
        example=_EXAMPLE,
    ),
    Route(
        method="GET",
        path=f"{_HERE}/cut-sets",
        action="continuity.view",
        handler=of_service,
        query=ServiceQuery,
        summary="What must fail together for a service to be lost, or late for a deadline",
        answers=Solution,
    ),
    Route(
        method="GET",
        path=f"{_HERE}/single-points",
        action="continuity.view",
        handler=of_all,
        query=GlanceQuery,
        summary="Short cut sets of every service, those with most single points first",
        answers=tuple[Glance, ...],
    ),
    Route(
        method="GET",
        path=f"{_HERE}/fault-tree",
        action="continuity.view",
        handler=as_document,
        query=DocumentQuery,
        summary="The fault tree of a service as an Open-PSA document",
        media_type=XML,
    ),
)
