"""The story a board reads: one disaster, which services are late, why, and the cheapest remedy."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.errors import MissingError
from panshi.model.bodies.continuity_judged import ServiceChance
from panshi.model.resilience.graph import Graph, NodeId
from panshi.node.resilience.board_story import sentence
from panshi.node.resilience.outcomes import outcomes_of
from panshi.node.resilience.story import Story, scenarios_of, story_of
from panshi.report.disaster_words import (
    NODE_KINDS,
    blow_words,
    duration_words,
    name_of,
    service_words,
)
from panshi.resilience.story.blows import struck
from panshi.resilience.story.tale import ServiceTale
from panshi.web.continuity_pictures import SIGNS, kinds_of, layer_map, ordered, time_line
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.pages.continuity_sealing import sealing_shown
from panshi.web.words import chinese, pick, say

NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What falls at one moment."""

    sign: str
    at: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One service in the table below the pictures."""

    name: str
    url_id: str
    tale: ServiceTale
    said: str
    chance: ServiceChance | None
    after: ServiceTale | None


@action("continuity.view")
def story(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show one disaster on one page."""
    look = looking(request, estate_id)
    known = scenarios_of(node(), estate_id)
    context = look.context | {
        "scenarios": [(each.id, pick((each.title_zh, each.title_en))) for each in known],
    }
    try:
        found = story_of(node(), estate_id, request.GET.get("scenario", "")[:80])
    except MissingError:
        return render(request, "pages/continuity_nothing.html", context)
    context["outcomes"] = outcomes_of(node(), estate_id)
    context |= sealing_shown(request, estate_id, found.scenario.id)
    return render(request, "pages/continuity.html", context | _shown(found))


def _shown(found: Story) -> dict[str, object]:
    zh, graph, remedy = chinese(), found.graph, found.remedy
    after = remedy.course if remedy is not None else None
    graphs = (graph,) if remedy is None else (graph, remedy.graph)
    kinds = kinds_of(graphs)
    critical = [each for each in found.course.services if each.node.critical]
    return {
        "story": found,
        "title": pick((found.scenario.title_zh, found.scenario.title_en)),
        "told": pick((found.scenario.story_zh, found.scenario.story_en)),
        "sentence": sentence(found, chinese=zh),
        "events": _events(found),
        "line": time_line(graph, found.course, after),
        "map": layer_map(graph, found.course, kinds),
        "map_after": _map_after(found) if remedy is not None else None,
        "rows": _rows(found, ordered(found.course)),
        "late": sum(each.late for each in critical),
        "critical": len(critical),
        "remedy": remedy,
        "added": _added(found, critical=True),
        "added_others": _added(found, critical=False),
        "others": _rows(found, tuple(e for e in found.course.services if not e.node.critical)),
        "late_others": sum(each.late for each in found.course.services)
        - sum(each.late for each in critical),
    }


def _added(found: Story, *, critical: bool) -> dict[str, object]:
    """Give the layers of the remedy for critical services, or for the others."""
    zh, graph = chinese(), found.graph
    mine = [
        each
        for each in (found.remedy.added if found.remedy is not None else ())
        if graph.by_id[each.serves].critical is critical
    ]
    return {
        "cost": sum(each.cost for each in mine),
        "rows": [
            {
                "layer": each,
                "name": each.name_zh if zh else each.name_en or each.name_zh,
                "service": name_of(graph, each.serves, chinese=zh),
            }
            for each in mine
        ],
    }


def _map_after(found: Story) -> object:
    if found.remedy is None:
        return None
    kinds = kinds_of((found.graph, found.remedy.graph))
    order = {each.node.id: place for place, each in enumerate(ordered(found.course))}
    added = [each.id for each in found.remedy.added]
    return layer_map(found.remedy.graph, found.remedy.course, kinds, added, order)


def _rows(found: Story, tales: tuple[ServiceTale, ...]) -> list[Row]:
    chances = {e.service: e for e in found.outcome.service_chances} if found.outcome else {}
    later = {each.node.id: each for each in found.remedy.course.services} if found.remedy else {}
    return [
        Row(
            name=name_of(found.graph, each.node.id, chinese=chinese()),
            url_id=each.node.id,
            tale=each,
            said=service_words(found.graph, each, chinese=chinese()),
            chance=chances.get(each.node.id),
            after=later.get(each.node.id),
        )
        for each in tales
    ]


def _events(found: Story) -> list[Event]:
    """Tell the shocks by their moments; those that strike nothing of this bank are left out."""
    made: list[Event] = []
    for shock in sorted(found.scenario.shocks, key=lambda each: each.at):
        nodes = struck(found.graph, shock)
        if not nodes:
            continue
        at = duration_words(shock.at, chinese=chinese()) if shock.at else say("開始", "start")
        made.append(
            Event(
                sign=SIGNS[min(len(made), len(SIGNS) - 1)],
                at=say("第 {}", "after {}").format(at) if shock.at else at,
                what=_what(found, shock_nodes=nodes, number=found.scenario.shocks.index(shock)),
            )
        )
    return made


def _what(found: Story, shock_nodes: tuple[NodeId, ...], number: int) -> str:
    shock, zh = found.scenario.shocks[number], chinese()
    fallen = (each for each in found.course.blows if each.node == shock_nodes[0])
    one = next((each for each in fallen if each.at == shock.at), None)
    names = [_name(found.graph, each) for each in shock_nodes[:NAMED]]
    listed = say("、", ", ").join(names)
    if len(shock_nodes) > NAMED:
        kind = pick(NODE_KINDS[found.graph.by_id[shock_nodes[0]].kind])
        count = len(shock_nodes)
        listed = say(f"{count} 處{kind}", f"{count} × {kind}")
    if one is None:
        return listed
    told = blow_words(found.graph, one, chinese=zh)
    return told.replace(_name(found.graph, one.node), listed, 1)


def _name(graph: Graph, name: NodeId) -> str:
    return name_of(graph, name, chinese=chinese())


urlpatterns = [
    path("e/<str:estate_id>/continuity/", story, name="continuity"),
]
