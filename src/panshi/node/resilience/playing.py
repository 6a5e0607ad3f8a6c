"""Play disasters many times and find the cheapest remedy, for sealing.

The simulation's compiled kernels are loaded only when trials are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from panshi.model.bodies.continuity_judged import (
    SCENARIO,
    RemedyLayer,
    ScenarioOutcome,
    ServiceChance,
)
from panshi.model.observation import Observation
from panshi.model.resilience.graph import Graph, NodeId, exactly
from panshi.model.resilience.plan import Scenario, Shock
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.resilience.simulation import simulate
from panshi.node.resilience.story import Option, digest_of, with_options
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.story.course import told
from panshi.resilience.story.remedy import Cheapest, cheapest

COLLECTOR = "panshi continuity"
SLOW = 0.95


def played(
    node: Node,
    sources: Sources,
    scenarios: Sequence[Scenario],
    options: tuple[Option, ...],
    *,
    now: datetime,
    trials: int,
    seed: int,
) -> Iterator[Observation]:
    """Yield the outcome of each scenario."""
    subject = institution_of(node.estate(sources.estate.id))
    graph = graph_of_estate(sources)
    usable = tuple(each for each in options if each.service in sources.entries)
    for scenario in scenarios:
        found = _remedy(sources, scenario, usable)
        yield Observation(
            kind=SCENARIO,
            subject=subject,
            facet=scenario.id,
            observed_at=now,
            collector=COLLECTOR,
            body=ScenarioOutcome(
                scenario=scenario.id,
                title_zh=scenario.title_zh,
                title_en=scenario.title_en,
                trials=trials,
                seed=seed,
                service_chances=_chances(graph, scenario, trials, seed) if trials else (),
                remedy=tuple(_layer(usable[each]) for each in found.chosen) if found else (),
                remedy_cost=found.cost if found else 0,
                proven=found is not None and found.proven,
                late_after=tuple(sorted(found.late)) if found else (),
                model=digest_of(graph, scenario, options),
            ),
        )


def _remedy(sources: Sources, scenario: Scenario, options: tuple[Option, ...]) -> Cheapest | None:
    """Try choices on one graph with every offer in it; what is not chosen is gone throughout."""
    graph = graph_of_estate(with_options(sources, options))
    ids = [NodeId(f"layer:{each.layer.id}") for each in options]

    def late(places: tuple[int, ...]) -> frozenset[NodeId]:
        unchosen = tuple(name for place, name in enumerate(ids) if place not in places)
        course = told(graph, _without(scenario, unchosen))
        return frozenset(each.node.id for each in course.late if each.node.critical)

    return cheapest([each.layer.cost for each in options], late)


def _without(scenario: Scenario, layers: tuple[NodeId, ...]) -> Scenario:
    if not layers:
        return scenario
    gone = Shock(at=0.0, nodes=layers, duration=exactly(scenario.horizon))
    return replace(scenario, shocks=(*scenario.shocks, gone))


def _layer(option: Option) -> RemedyLayer:
    layer = option.layer
    return RemedyLayer(
        layer=layer.id,
        service=option.service,
        kind=layer.kind,
        name_zh=layer.name_zh,
        name_en=layer.name_en,
        cost=layer.cost,
    )


def _chances(graph: Graph, scenario: Scenario, trials: int, seed: int) -> tuple[ServiceChance, ...]:
    """Play the scenario; the same seed gives the same figures."""
    played = simulate(graph, scenario, trials=trials, seed=seed, compare=False)
    made = []
    for each in played.services:
        if each.late is None:
            continue
        low, high = each.late.interval
        times = {one.share: one.minutes for one in each.time}
        made.append(
            ServiceChance(
                service=each.service,
                late=each.late.value,
                low=low,
                high=high,
                median_minutes=times.get(0.5),
                slow_minutes=times.get(SLOW),
                loses_too_much=each.loses.value if each.loses is not None else 0.0,
            )
        )
    return tuple(made)
