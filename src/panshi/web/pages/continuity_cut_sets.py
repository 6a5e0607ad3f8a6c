"""What alone makes a service late, and exactly what must fail together for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.errors import UsageError
from panshi.model.resilience.graph import Graph, NodeId
from panshi.node.resilience.lateness import in_time
from panshi.node.resilience.sealing import Bearing, bearing_of
from panshi.report.disaster_words import NODE_KINDS, event_words, name_of
from panshi.resilience.faults.services import owner_of
from panshi.resilience.faults.solution import Solution
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import chinese, pick, say

WEIGHTIEST = 10
"Events whose weight is shown."


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """One service with what alone makes it late."""

    id: str
    name: str
    critical: bool
    points: tuple[tuple[str, str], ...]
    "Name and kind."


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Events that together make a service late."""

    events: tuple[str, ...]
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One thing that alone takes several members of a redundant group."""

    event: str
    owner: str
    taken: int
    members: int
    enough: bool
    "The group is no redundancy against it."


@action("continuity.view")
def every(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what alone takes a service down beyond its objective."""
    look = looking(request, estate_id)
    bearing = bearing_of(node(), estate_id)
    rows = [_points(bearing, each.service.id) for each in bearing.switching]
    rows.sort(key=lambda each: (not each.critical, -len(each.points), each.id))
    critical = [each for each in rows if each.critical]
    return render(
        request,
        "pages/continuity_cut_sets.html",
        look.context
        | {
            "rows": rows,
            "critical": len(critical),
            "pointed": sum(bool(each.points) for each in critical),
        },
    )


@action("continuity.view")
def one(request: HttpRequest, estate_id: str, service: str) -> HttpResponse:
    """Show every way in which things fail together so that one service is late.

    The page is there at once and asks for what is solved, which takes a while the first time.
    """
    look = looking(request, estate_id)
    bearing = bearing_of(node(), estate_id)
    known = bearing.graph.by_id.get(NodeId(service))
    if known is None or known not in bearing.graph.services:
        raise Http404(service)
    solved = request.GET.get("solved") == "1"
    found, problem = _solved(estate_id, service) if solved else (None, "")
    return render(
        request,
        "pages/continuity_cut_sets_service.html",
        look.context
        | {
            "service": known,
            "name": name_of(bearing.graph, known.id, chinese=chinese()),
            "pending": not solved,
            "found": found,
            "problem": problem,
            "points": _points(bearing, known.id).points,
            "sets": _combinations(bearing.graph, found) if found is not None else (),
            "orders": _orders(found) if found is not None else (),
            "weights": _weights(bearing.graph, found) if found is not None else (),
        },
    )


def _solved(estate_id: str, service: str) -> tuple[Solution | None, str]:
    """Solve the service, or say why it cannot be within bounds."""
    try:
        return in_time(node(), service, estate_id=estate_id), ""
    except UsageError as error:
        return None, f"{error.problem}{say('；', '; ')}{error.remedy}"


def _points(bearing: Bearing, service: NodeId) -> Points:
    graph = bearing.graph
    known = graph.by_id[service]
    return Points(
        id=service,
        name=name_of(graph, service, chinese=chinese()),
        critical=known.critical,
        points=tuple(
            (
                name_of(graph, NodeId(point), chinese=chinese()),
                pick(NODE_KINDS[graph.by_id[NodeId(point)].kind]),
            )
            for point in bearing.single_points(service)
        ),
    )


def _combinations(graph: Graph, found: Solution) -> tuple[Combination, ...]:
    return tuple(
        Combination(
            events=tuple(event_words(graph, event, chinese=chinese()) for event in each.events),
            probability=each.probability,
        )
        for each in found.sets
    )


def _orders(found: Solution) -> tuple[tuple[int, int], ...]:
    """Give how many sets have so many events, without the sizes that do not occur."""
    return tuple((size, many) for size, many in enumerate(found.by_order or ()) if many)


def _weights(graph: Graph, found: Solution) -> tuple[tuple[str, float, float], ...]:
    """Give the events that matter most: name, probability by itself, share of the loss."""
    return tuple(
        (event_words(graph, each.event, chinese=chinese()), each.probability, each.cif)
        for each in found.importance[:WEIGHTIEST]
    )


def _shared(graph: Graph, found: Solution) -> tuple[Shared, ...]:
    """Give what redundant groups share, that which defeats its group first."""
    return tuple(
        Shared(
            event=event_words(graph, each.event, chinese=chinese()),
            owner=name_of(graph, NodeId(owner_of(each.gate)), chinese=chinese()),
            taken=each.taken,
            members=each.members,
            enough=each.enough,
        )
        for each in found.common_causes or ()
    )


_HERE = "e/<str:estate_id>/continuity/cut-sets/"
urlpatterns = [
    path(_HERE, every, name="continuity_cut_sets"),
    path(f"{_HERE}<str:service>/", one, name="continuity_cut_sets_service"),
]
