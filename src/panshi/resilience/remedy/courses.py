"""Courses of disasters, and whether a choice of layers bears them.

A *course* is one way a scenario may go: at worst (every shock hits, everything takes longest), or
one sampled trial. A service *holds* under a choice if in every scenario the share of courses in
which it is late or loses too much is at most what is allowed (nothing, at worst). Draws are keyed
by what they decide, so every choice is tried on the same courses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from panshi.model.resilience.graph import Graph, NodeId
from panshi.model.resilience.plan import Scenario
from panshi.resilience.simulation.compiling import compile_graph
from panshi.resilience.simulation.running import blocks, joined, run_block
from panshi.resilience.simulation.variants import without_layers

type Choice = frozenset[NodeId]
"""Options that are taken."""
type Holding = Callable[[Choice], frozenset[NodeId]]
"""Gives the services that hold under a choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What "meets its objectives" means."""

    confidence: float | None = None
    """Share of sampled courses in which a service must keep RTO and RPO; None: at worst."""
    trials: int = 1_000
    seed: int = 1


@dataclass(slots=True, kw_only=True)
class Courses:
    """A graph with all options in it, tried under scenarios; remembers what was tried."""

    graph: Graph
    options: Choice
    scenarios: Sequence[Scenario]
    terms: Terms
    tried: dict[Choice, frozenset[NodeId]] = field(default_factory=dict)

    def __call__(self, chosen: Choice) -> frozenset[NodeId]:
        """Give the services that hold under a choice."""
        if chosen not in self.tried:
            self.tried[chosen] = holding(
                without_layers(self.graph, self.options - chosen), self.scenarios, self.terms
            )
        return self.tried[chosen]


def holding(graph: Graph, scenarios: Sequence[Scenario], terms: Terms) -> frozenset[NodeId]:
    """Give the services that keep RTO and RPO in every scenario."""
    held = {service.id for service in graph.services if _has_objective(graph, service.id)}
    for scenario in scenarios:
        worst = terms.confidence is None
        program = compile_graph(graph, scenario, worst=worst)
        trials = 1 if worst else terms.trials
        allowed = 0 if terms.confidence is None else int((1 - terms.confidence) * trials + 1e-9)
        slices = (run_block(program, terms.seed, b, trials) for b in blocks(program, trials))
        sample = joined(program, slices, trials)
        for row, service in enumerate(program.services):
            node = graph.by_id[service]
            late = sample.times[row] > (np.inf if node.rto is None else node.rto)
            loses = sample.losses[row] > (np.inf if node.rpo is None else node.rpo)
            if int(np.count_nonzero(late | loses)) > allowed:
                held.discard(service)
    return frozenset(held)


def _has_objective(graph: Graph, service: NodeId) -> bool:
    node = graph.by_id[service]
    return node.rto is not None or node.rpo is not None
