"""The remedy against trying every subset, on random small models."""

import random
from dataclasses import replace
from itertools import chain, combinations

import pytest

from panshi.model.resilience.graph import (
    Draw,
    Graph,
    Group,
    Layer,
    LayerKind,
    Member,
    Node,
    NodeKind,
    Pool,
    all_of,
    exactly,
)
from panshi.model.resilience.plan import Effect, Scenario, Shock
from panshi.resilience.remedy.courses import Courses, Terms
from panshi.resilience.remedy.planning import remedy

DISASTER = Scenario(
    id="both",
    title_zh="兩處",
    title_en="Both",
    shocks=(
        Shock(at=0, nodes=("site:main",), probability=0.9, duration=exactly(3_000)),
        Shock(
            at=60,
            effect=Effect.CORRUPTION,
            nodes=("dataset:books",),
            probability=0.5,
            dwell=600,
            duration=exactly(2_000),
        ),
    ),
)


def bank(seed: int) -> Graph:
    """Give a bank of three services that share a team, seats and what they may add."""
    chance = random.Random(seed)
    nodes = [Node(id=f"site:{each}", kind=NodeKind.SITE, name_zh=each) for each in ("main", "far")]
    nodes.append(
        Node(
            id="dataset:books",
            kind=NodeKind.DATASET,
            name_zh="帳",
            data_age=30,
            groups=all_of("site:main"),
        )
    )
    layers = []
    for number in range(3):
        members = [Member(node="dataset:books")]
        for each in range(chance.randint(1, 2)):
            name = f"layer:{number}-{each}"
            minutes = exactly(chance.choice((20, 50, 90)))
            nodes.append(
                Node(id=name, kind=NodeKind.LAYER, name_zh="層", groups=all_of("site:far"))
            )
            members.append(Member(node=name, switch=minutes))
            layers.append(
                Layer(
                    id=name,
                    kind=LayerKind.REMOTE_SITE,
                    serves=f"service:{number}",
                    name_zh="層",
                    activation=minutes,
                    draws=(Draw(pool="people", amount=chance.choice((1, 2))),),
                    data_age=chance.choice((0, 10, 120)),
                    replicates=chance.random() < 0.5,
                    retention=5_000,
                    cost=chance.randint(1, 9) * 1_000_000,
                )
            )
        below = all_of("service:0") if number == 2 else ()
        nodes.append(
            Node(
                id=f"service:{number}",
                kind=NodeKind.SERVICE,
                name_zh="務",
                critical=number == 0,
                rto=chance.choice((60.0, 120.0)),
                rpo=chance.choice((15.0, 1_000.0)),
                groups=(Group(members=tuple(members), name="layers"), *below),
            )
        )
    pools = (Pool(id="people", unit="people", capacity=chance.choice((2, 4))),)
    return Graph(nodes=tuple(nodes), layers=tuple(layers), pools=pools)


@pytest.mark.slow
@pytest.mark.parametrize("confidence", [None, 0.6])
def test_the_remedy_is_what_trying_every_subset_finds(confidence):
    for seed in range(12):
        # Given: a bank, its options and every subset of them judged
        graph = bank(seed)
        options = frozenset(layer.id for layer in graph.layers)
        costs = {layer.id: layer.cost for layer in graph.layers}
        terms = Terms(confidence=confidence, trials=128, seed=seed)
        courses = Courses(graph=graph, options=options, scenarios=(DISASTER,), terms=terms)
        services = {each.id for each in graph.services}

        def worth(chosen, courses=courses, services=services, costs=costs):
            fails = services - courses(frozenset(chosen))
            weight = sum(4 if each == "service:0" else 1 for each in fails)
            return weight, sum(costs[each] for each in chosen)

        every = chain.from_iterable(
            combinations(sorted(options), k) for k in range(len(options) + 1)
        )
        everything = [(worth(chosen), chosen) for chosen in every]

        # When: the remedy is sought, without limit and within a budget
        best = remedy(graph, options, (DISASTER,), terms)
        budget = best.best.cost // 2
        within = remedy(graph, options, (DISASTER,), terms, budget=budget)

        # Then: nothing tried is better, and both are proven
        assert best.best.proven
        assert worth(best.best.chosen) == min(everything)[0]
        assert within.best.proven
        assert worth(within.best.chosen) == min(e for e in everything if e[0][1] <= budget)[0]
        # and what money buys rises step by step from nothing
        costs_of_steps = [step.cost for step in best.steps]
        assert costs_of_steps == sorted(costs_of_steps)
        assert costs_of_steps[0] == 0
        assert all(
            worth(each.chosen)[0] == worth(best.best.chosen)[0] for each in best.alternatives
        )


@pytest.mark.slow
def test_what_costs_nothing_to_meet_asks_for_no_layer():
    graph = bank(1)
    calm = replace(DISASTER, shocks=tuple(replace(s, probability=0.0) for s in DISASTER.shocks))

    found = remedy(graph, frozenset(x.id for x in graph.layers), (calm,), Terms())

    assert found.best.chosen == frozenset()
    assert found.before == frozenset()
    assert found.alternatives == ()
