"""Play disasters many times and find the cheapest remedy, for sealing.

The simulation's compiled kernels are loaded only when trials are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from panshi.model.bodies.continuity_judged import (
    SCENARIO,
    RemedyLayer,
    ScenarioOutcome,
    ServiceChance,
)
from panshi.model.observation import Observation
from panshi.model.resilience.graph import Graph, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.node.node import Node
from panshi.node.records import institution_of
from panshi.node.resilience.simulation import simulate
from panshi.node.resilience.story import Option, digest_of, with_options
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.remedy.planning import Remedy, remedy
from panshi.resilience.remedy.terms import Objective

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
        found, taken = _remedy(sources, scenario, usable)
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
                remedy=tuple(_layer(each) for each in taken),
                remedy_cost=found.best.cost,
                proven=found.proven,
                late_after=_late(found, graph),
                model=digest_of(graph, scenario, options),
            ),
        )


def _remedy(
    sources: Sources, scenario: Scenario, options: tuple[Option, ...]
) -> tuple[Remedy, tuple[Option, ...]]:
    """Find the cheapest choice, and the offers it takes."""
    graph = graph_of_estate(with_options(sources, options))
    ids = {NodeId(f"layer:{each.layer.id}"): each for each in options}
    found = remedy(graph, frozenset(ids), (scenario,))
    return found, tuple(each for name, each in ids.items() if name in found.best.chosen)


def _late(found: Remedy, graph: Graph) -> tuple[str, ...]:
    """Give the critical services that are late even so."""
    return tuple(
        sorted(
            each.service
            for each in found.best.missed
            if each.objective is Objective.RTO and graph.by_id[each.service].critical
        )
    )


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
