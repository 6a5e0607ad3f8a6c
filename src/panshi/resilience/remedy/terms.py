"""What a remedy is to reach: goals, and the likely or the worst course of a disaster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from panshi.model.resilience.graph import Graph, NodeId, exactly
from panshi.model.resilience.plan import Scenario
from panshi.resilience.story.tale import ServiceTale

type Choice = frozenset[NodeId]
"""Layers that are added."""


class Objective(StrEnum):
    """What a service promises."""

    RTO = "rto"
    RPO = "rpo"


class Goal(NamedTuple):
    """One objective of one service, to be met in every scenario."""

    service: NodeId
    objective: Objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A choice and what is known of it."""

    chosen: Choice
    cost: int
    missed: frozenset[Goal]
    weight: int
    "What is missed, weighed."


def missed(tale: ServiceTale) -> frozenset[Goal]:
    """Give the goals one service misses in one course."""
    found = ((Objective.RTO, tale.late), (Objective.RPO, tale.loses_too_much))
    return frozenset(Goal(tale.node.id, objective) for objective, lost in found if lost)


def weight(graph: Graph, goals: frozenset[Goal]) -> int:
    """Weigh goals: one of a critical service weighs more than all those of others together."""
    critical = _critical(graph)
    return sum(critical if graph.by_id[each.service].critical else 1 for each in goals)


def by_rank(graph: Graph, weighed: int) -> tuple[int, int]:
    """Give how many goals of critical services, and of others, weigh so much together."""
    return divmod(weighed, _critical(graph))


def _critical(graph: Graph) -> int:
    return 2 * len(graph.services) + 1


def worst_course(graph: Graph, scenario: Scenario) -> tuple[Graph, Scenario]:
    """Let everything hit that may hit, and take as long as it may."""
    shocks = (
        replace(
            each,
            probability=1.0 if each.probability > 0 else 0.0,
            duration=exactly(each.duration.high),
        )
        for each in scenario.shocks
    )
    nodes = tuple(
        replace(
            node,
            repair=exactly(node.repair.high),
            groups=tuple(
                replace(
                    group,
                    members=tuple(
                        replace(each, switch=exactly(each.switch.high)) for each in group.members
                    ),
                )
                for group in node.groups
            ),
            exposures=tuple(
                replace(
                    each,
                    probability=1.0 if each.probability > 0 else 0.0,
                    outage=exactly(each.outage.high),
                )
                for each in node.exposures
            ),
        )
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes), replace(scenario, shocks=tuple(shocks))
