"""Play disasters many times and find the cheapest remedy, for sealing.

The simulation's compiled kernels are loaded only when trials are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from panshi.node.resilience.kernels import Tell
from panshi.node.resilience.simulation import simulate
from panshi.node.resilience.story import Option, digest_of, with_options
from panshi.resilience.estate_graph import Sources, graph_of_estate
from panshi.resilience.remedy.planning import Remedy, remedy
from panshi.resilience.remedy.terms import Objective

COLLECTOR = "panshi continuity"
SLOW = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How often disasters are played; the same seed gives the same figures."""

    trials: int
    "0: not at all, so that nothing is said of probabilities."
    seed: int
    tell: Tell | None = None
    "Called where the simulation must be compiled first."


def played(
    node: Node,
    sources: Sources,
    scenarios: Sequence[Scenario],
    options: tuple[Option, ...],
    *,
    now: datetime,
    chance: Chance,
) -> Iterator[Observation]:
    """Yield the outcome of each scenario, a series of its own."""
    subject = institution_of(node.estate(sources.estate.id))
    graph = graph_of_estate(sources)
    offers = {
        NodeId(f"layer:{each.layer.id}"): each
        for each in options
        if each.service in sources.entries
    }
    offered = graph_of_estate(with_options(sources, tuple(offers.values())))
    for scenario in scenarios:
        found = remedy(offered, frozenset(offers), (scenario,))
        taken = (each for name, each in offers.items() if name in found.best.chosen)
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
                trials=chance.trials,
                seed=chance.seed,
                service_chances=_chances(graph, scenario, chance) if chance.trials else (),
                remedy=tuple(_layer(each) for each in taken),
                remedy_cost=found.best.cost,
                proven=found.proven,
                late_after=_late(found, graph),
                model=digest_of(graph, scenario, options),
            ),
        )


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


def _chances(graph: Graph, scenario: Scenario, chance: Chance) -> tuple[ServiceChance, ...]:
    played = simulate(
        graph, scenario, trials=chance.trials, seed=chance.seed, compare=False, tell=chance.tell
    )
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
