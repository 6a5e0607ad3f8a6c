"""Disasters played many times, and the cheapest layers that would bear them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from panshi.api.asked import given, queried
from panshi.api.exchange import Answered, Asked, answered
from panshi.api.route import Route
from panshi.errors import UsageError
from panshi.node.node import Node
from panshi.node.resilience.graph import graph_of
from panshi.node.resilience.remedy import RemedyAnswer, cheapest_layers, offered
from panshi.node.resilience.simulation import USUAL, scenario_for, scenarios_known, simulate
from panshi.node.resilience.simulation_answers import SimulationAnswer, simulation_answer
from panshi.node.resilience.story import Option

_HERE = "/estates/{estate}/continuity"
_MOST_TRIALS = 50_000
"What one question may cost here; more are played at the command line."

type Disaster = Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationQuery:
    """Which disaster, how often."""

    scenario: Disaster = USUAL
    "Id, combination `id@minute+id@minute`, or `mission`: what fails by itself."
    trials: Annotated[int, Meta(ge=1, le=_MOST_TRIALS)] = 4_096
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 1
    compare: bool = False
    "Play it again without each kind of layer and without each shock."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyAsked:
    """Which disasters are to be borne, by which of the layers one could add, for how much."""

    scenarios: Annotated[tuple[Disaster, ...], Meta(min_length=1, max_length=20)] = (USUAL,)
    "Ids or combinations; every one of them is to be borne."
    offers: Annotated[tuple[Option, ...], Meta(max_length=200)] = ()
    "Layers one could add, with what they cost; none: those known to be offered."
    budget: Annotated[int, Meta(ge=0, le=10**12)] | None = None
    "TWD a year; null: whatever it takes."
    worst: bool = False
    "Everything hits that may and takes longest; otherwise the likely course."


def simulated(node: Node, asked: Asked) -> Answered:
    """Answer what a disaster does to every service."""
    query, estate = queried(asked, SimulationQuery), asked.names["estate"]
    found = simulate(
        graph_of(node, estate),
        scenario_for(scenarios_known(node, estate), query.scenario),
        trials=query.trials,
        seed=query.seed,
        compare=query.compare,
    )
    return answered(simulation_answer(found))


def remedied(node: Node, asked: Asked) -> Answered:
    """Answer the cheapest layers to add."""
    wanted, estate = given(asked, RemedyAsked), asked.names["estate"]
    known = scenarios_known(node, estate)
    named = [scenario_for(known, each) for each in wanted.scenarios]
    scenarios = [each for each in named if each is not None]
    if len(scenarios) < len(named):
        raise UsageError("a remedy is sought for disasters", remedy="name a scenario")
    return answered(
        cheapest_layers(
            offered(node, estate, wanted.offers),
            scenarios,
            budget=wanted.budget,
            worst=wanted.worst,
        )
    )


_OFFER = {
    "service": "service:deposit",
    "layer": {
        "id": "deposit-cloud",
        "kind": "cloud",
        "name_zh": "雲端備援",
        "activation": {"low": 30, "likely": 45, "high": 80},
        "data_age": 60,
        "immutable": True,
        "retention_days": 30,
        "cost": 9_000_000,
    },
}

ROUTES = (
    Route(
        method="GET",
        path=f"{_HERE}/simulation",
        action="continuity.view",
        handler=simulated,
        query=SimulationQuery,
        summary="A disaster played many times: who is late, who loses data, with intervals",
        answers=SimulationAnswer,
    ),
    Route(
        method="POST",
        path=f"{_HERE}/remedy",
        action="continuity.view",
        handler=remedied,
        body=RemedyAsked,
        example={"scenarios": [USUAL], "offers": [_OFFER], "worst": False},
        summary="The cheapest layers that let every objective be met, proven",
        answers=RemedyAnswer,
    ),
)
