"""From a scenario to the nodes it strikes in the likely course: what is likelier than not happens.

A cause takes along what is exposed to it, whatever is likelier than not to go with it; a platform
that is corrupted corrupts what runs on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from panshi.model.resilience.graph import Graph, Node, NodeId, NodeKind
from panshi.model.resilience.plan import Scenario, Shock
from panshi.resilience.story.tale import Blow

LIKELY = 0.5
"From this probability on, a blow or an exposure is taken to come true."


def struck(graph: Graph, shock: Shock) -> tuple[NodeId, ...]:
    """Give the nodes and pools a shock names, those the graph does not know left out."""
    known = {*graph.by_id, *(each.id for each in graph.pools)}
    if shock.nodes:
        return tuple(each for each in shock.nodes if each in known)
    return tuple(node.id for node in graph.nodes if _fits(node, shock, shock.kind))


def _fits(node: Node, shock: Shock, kind: NodeKind | None) -> bool:
    if node.kind is not kind or shock.match not in node.id:
        return False
    if shock.country.startswith("!"):
        return bool(node.country) and node.country != shock.country[1:]
    return not shock.country or node.country == shock.country


def blows(graph: Graph, scenario: Scenario) -> tuple[Blow, ...]:
    """Give every likely blow, direct ones and those by causes, in the order of time."""
    found: dict[NodeId, list[Blow]] = defaultdict(list)
    for shock in scenario.shocks:
        if shock.probability < LIKELY:
            continue
        for node in struck(graph, shock):
            found[node].append(
                Blow(
                    node=node,
                    at=shock.at,
                    until=shock.at + shock.duration.likely,
                    effect=shock.effect,
                    dwell=shock.dwell,
                    left=shock.left,
                )
            )
    for each in graph.order:  # causes come before what is exposed to them
        found[each.id].extend(_taken_along(each, found))
    every = (blow for struck in found.values() for blow in struck)
    return tuple(sorted(every, key=lambda each: (each.at, each.node)))


def _taken_along(node: Node, found: Mapping[NodeId, list[Blow]]) -> Iterator[Blow]:
    for exposure in node.exposures:
        if exposure.probability < LIKELY:
            continue
        for blow in found.get(exposure.cause, ()):
            if not blow.downs:
                continue
            yield Blow(
                node=node.id,
                at=blow.at,
                until=max(blow.until, blow.at + exposure.outage.likely),
                effect=blow.effect,
                dwell=blow.dwell,
                by=exposure.cause,
            )
