"""The remedy against trying every subset, on random small models."""

import random
from dataclasses import replace
from itertools import chain, combinations, pairwise

import msgspec
import pytest

from panshi.errors import BadInputError
from panshi.model.resilience.graph import (
    SEATS,
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
from panshi.resilience.remedy.effort import Effort
from panshi.resilience.remedy.planning import remedy
from panshi.resilience.remedy.terms import missed, weight, worst_course
from panshi.resilience.simulation.variants import without_layers
from panshi.resilience.story.course import told

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

LATER = replace(
    DISASTER,
    id="later",
    shocks=(Shock(at=30, nodes=("site:far",), duration=exactly(400)), *DISASTER.shocks),
)

FREED = replace(
    DISASTER,
    id="freed",
    shocks=(
        DISASTER.shocks[0],
        Shock(at=20, nodes=("site:far",), duration=exactly(10)),
        replace(DISASTER.shocks[1], at=50),
        replace(DISASTER.shocks[1], at=90, dwell=900),
    ),
)
"Who has seats gives them back at each of several blows, and others may have them."


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
            minutes = exactly(chance.choice((0, 20, 50, 90)))
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
                    draws=(
                        Draw(pool="people", amount=chance.choice((1, 2))),
                        Draw(pool="desks", amount=chance.choice((1, 2))),
                    ),
                    data_age=chance.choice((0, 10, 120)),
                    replicates=chance.random() < 0.5,
                    retention=5_000,
                    restore_gib=chance.choice((0, 300)),
                    restore_pool="path",
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
    pools = (
        Pool(id="people", unit="people", capacity=chance.choice((2, 4))),
        Pool(id="desks", unit="seats", capacity=chance.choice((2, 3, 9))),
        Pool(id="path", unit="MiB/s", capacity=100),
    )
    return Graph(nodes=tuple(nodes), layers=tuple(layers), pools=pools)


def offers(graph):
    return frozenset(layer.id for layer in graph.layers)


def subsets(options):
    return chain.from_iterable(
        combinations(sorted(options), size) for size in range(len(options) + 1)
    )


def judged(graph, chosen, scenarios):
    """Give what is missed under a choice, told from the beginning on a graph without the rest."""
    left = without_layers(graph, offers(graph) - frozenset(chosen))
    return frozenset().union(
        *(missed(tale) for each in scenarios for tale in told(left, each).services)
    )


@pytest.mark.parametrize("worst", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_the_remedy_is_what_trying_every_subset_finds(seed, worst):
    # Given: a bank, its options and every subset of them judged from the beginning
    graph = bank(seed)
    scenarios = (DISASTER, LATER) if seed % 2 else (DISASTER,)
    courses = [worst_course(graph, each) if worst else (graph, each) for each in scenarios]
    costs = {layer.id: layer.cost for layer in graph.layers}

    def worth(chosen):
        lost = frozenset().union(*(judged(one, chosen, (each,)) for one, each in courses))
        return weight(graph, lost), sum(costs[each] for each in chosen), len(chosen)

    everything = [worth(chosen) for chosen in subsets(offers(graph))]

    # When: the remedy is sought, without limit and within a budget
    found = remedy(graph, offers(graph), scenarios, worst=worst)
    budget = found.best.cost // 2
    within = remedy(graph, offers(graph), scenarios, worst=worst, budget=budget)

    # Then: nothing tried is better, what is told of it is so, and both are proven
    best = found.best
    assert found.proven
    assert worth(best.chosen) == min(everything)
    assert (best.weight, best.cost) == min(everything)[:2]
    assert within.proven
    assert worth(within.best.chosen) == min(each for each in everything if each[1] <= budget)
    # and what money buys is the cheapest for each further gain
    assert found.steps[0].cost == 0
    for last, step in pairwise(found.steps):
        assert worth(step.chosen)[:2] == (step.weight, step.cost)
        assert min(each[0] for each in everything if each[1] < step.cost) == last.weight


def test_forty_banks_side_by_side_cost_forty_times_as_much():
    # Given: a bank, and forty of it that share nothing: 120 services
    graph = bank(7)
    many = beside(graph, 40)

    # When: the remedy of both is sought
    one = remedy(graph, offers(graph), (DISASTER,))
    all_of_them = remedy(many, offers(many), (everywhere(40),))

    # Then: it is that of one bank, forty times, and as surely
    assert len(many.services) == 120
    assert all_of_them.proven
    assert all_of_them.best.cost == 40 * one.best.cost
    assert len(all_of_them.best.missed) == 40 * len(one.best.missed)


def beside(graph, copies):
    """Give so many of a bank side by side; every name ends in the number of its copy."""
    names = {each.id for each in (*graph.nodes, *graph.layers, *graph.pools)}
    parts = []
    for copy in range(copies):
        raw = msgspec.json.encode(graph).decode()
        for name in names:
            raw = raw.replace(f'"{name}"', f'"{name}{copy}"')
        parts.append(msgspec.json.decode(raw, type=Graph))
    return Graph(
        nodes=tuple(node for each in parts for node in each.nodes),
        layers=tuple(layer for each in parts for layer in each.layers),
        pools=tuple(pool for each in parts for pool in each.pools),
    )


def everywhere(copies):
    """Give the disaster as it strikes so many banks."""
    shocks = tuple(
        replace(
            shock, nodes=tuple(f"{node}{copy}" for copy in range(copies) for node in shock.nodes)
        )
        for shock in DISASTER.shocks
    )
    return replace(DISASTER, shocks=shocks)


@pytest.mark.parametrize("seed", range(6))
def test_a_budget_two_banks_share_bounds_what_both_reach_together(seed):
    # Given: two banks that share nothing but the money, which does not do for both
    graph, disaster = beside(bank(seed), 2), everywhere(2)
    whole = remedy(graph, offers(graph), (disaster,))

    # When: the remedy is sought within the half of it
    within = remedy(graph, offers(graph), (disaster,), budget=whole.best.cost // 2)

    # Then: it is proven, and its bounds are those of the best
    assert within.proven
    assert (within.least, within.cost) == (within.best.weight, within.best.cost)


def test_a_team_that_stands_on_a_service_gains_by_the_layers_of_that():
    # Given: a bank with one service more, none of whose layers are offered, and whose only layer
    # is activated by a team that stands on the first service of the bank
    graph = bank(7)
    team = Node(id="team:ops", kind=NodeKind.TEAM, name_zh="隊", groups=all_of("service:0"))
    standby = Node(id="layer:cards", kind=NodeKind.LAYER, name_zh="層", groups=all_of("site:far"))
    members = (Member(node="site:main"), Member(node=standby.id, switch=exactly(20)))
    cards = Node(
        id="service:cards",
        kind=NodeKind.SERVICE,
        name_zh="卡",
        rto=200.0,
        groups=(Group(members=members),),
    )
    layer = Layer(
        id=standby.id,
        kind=LayerKind.REMOTE_SITE,
        serves=cards.id,
        name_zh="層",
        activation=exactly(20),
        draws=(Draw(pool=team.id, amount=1),),
    )
    options = offers(graph)
    graph = replace(
        graph,
        nodes=(*graph.nodes, team, standby, cards),
        layers=(*graph.layers, layer),
        pools=(*graph.pools, Pool(id=team.id, unit="people", capacity=2)),
    )
    costs = {each.id: each.cost for each in graph.layers}

    def worth(chosen):
        left = without_layers(graph, options - frozenset(chosen))
        lost = frozenset().union(*(missed(tale) for tale in told(left, DISASTER).services))
        return weight(graph, lost), sum(costs[each] for each in chosen)

    everything = {chosen: worth(chosen) for chosen in subsets(options)}

    # When: the remedy is sought
    found = remedy(graph, options, (DISASTER,))

    # Then: it is what trying every subset finds, and what helps the team helps who waits for it
    assert found.proven
    assert (found.before.weight, found.best.weight, found.best.cost) == (
        everything[()][0],
        *min(everything.values()),
    )
    assert cards.id in {goal.service for goal in found.before.missed}
    assert cards.id not in {goal.service for goal in found.best.missed}


@pytest.mark.parametrize("left", [Effort(courses=60), Effort(solving=0.0)])
@pytest.mark.parametrize("seed", range(4))
def test_where_the_effort_is_spent_the_answer_is_true_and_not_proven(seed, left, monkeypatch):
    # Given: three banks side by side, and an effort that does not do for all of them
    graph, disaster = beside(bank(seed), 3), everywhere(3)
    whole = remedy(graph, offers(graph), (disaster,))
    heard = []
    monkeypatch.setattr("panshi.resilience.remedy.planning.Effort", lambda: replace(left))
    if not left.solving:
        monkeypatch.setattr("panshi.resilience.remedy.planning.MOST", 0)

    # When: the remedy is sought
    found = remedy(graph, offers(graph), (disaster,), watch=heard.append)

    # Then: no more is told than that; what is told is so, its bound is one, nothing is proven
    assert len(heard) <= 60
    assert found.best.missed == judged(graph, found.best.chosen, (disaster,))
    assert (found.least, found.cost) <= (whole.best.weight, whole.best.cost)
    assert (found.best.weight, found.best.cost) >= (whole.best.weight, whole.best.cost)
    assert not found.proven


def test_who_has_no_layer_is_not_forgotten():
    # Given: a bank, and beside its services one that stands on the main site alone
    graph = bank(1)
    bare = Node(
        id="service:bare", kind=NodeKind.SERVICE, name_zh="務", rto=60.0, groups=all_of("site:main")
    )
    graph = replace(graph, nodes=(*graph.nodes, bare))

    # When: the remedy is sought
    found = remedy(graph, offers(graph), (DISASTER,))

    # Then: what it misses is counted with the others
    assert found.best.missed == judged(graph, found.best.chosen, (DISASTER,))
    assert "service:bare" in {goal.service for goal in found.best.missed}


@pytest.fixture
def too_many(monkeypatch):
    """Let no group be so small that every choice is told."""
    monkeypatch.setattr("panshi.resilience.remedy.planning.MOST", 0)


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.usefixtures("too_many")
def test_what_is_proposed_is_proven_only_where_nothing_is_better(seed):
    # Given: a bank, and every subset of what it may add judged from the beginning
    graph = bank(seed)
    scenarios = ((DISASTER,), (DISASTER, LATER), (FREED,), (FREED, LATER))[seed % 4]
    costs = {layer.id: layer.cost for layer in graph.layers}

    def worth(chosen):
        lost = judged(graph, chosen, scenarios)
        return weight(graph, lost), sum(costs[each] for each in chosen), len(chosen)

    best = min(worth(chosen) for chosen in subsets(offers(graph)))

    # When: choices are proposed instead of all followed
    found = remedy(graph, offers(graph), scenarios)

    # Then: what is told of the answer is so, and the bound is one
    mine = worth(found.best.chosen)
    assert mine[:2] == (found.best.weight, found.best.cost)
    assert mine >= best
    assert (found.least, found.cost) <= best[:2]
    # and what is called proven is what trying every subset finds
    assert not found.proven or mine == best


@pytest.mark.usefixtures("too_many")
def test_what_is_not_proven_by_proposing_says_how_far_it_may_be():
    found = [remedy(bank(seed), offers(bank(seed)), (DISASTER,)) for seed in range(12)]

    proven = [each for each in found if each.proven]
    assert proven
    assert all((e.least, e.cost) == (e.best.weight, e.best.cost) for e in proven)
    assert any(not each.proven for each in found)
    assert all((e.least, e.cost) < (e.best.weight, e.best.cost) for e in found if not e.proven)


@pytest.mark.usefixtures("too_many")
def test_one_seat_serves_one_of_two_until_the_primary_is_back():
    # Given: two services with a layer each, one hour apart in urgency, and one seat for both
    site, far = (
        Node(id=f"site:{each}", kind=NodeKind.SITE, name_zh="地") for each in ("main", "far")
    )
    names, minutes = ("deposit", "cards"), exactly(20)
    layers = tuple(
        Layer(
            id=f"layer:{name}",
            kind=LayerKind.REMOTE_SITE,
            serves=f"service:{name}",
            name_zh="層",
            activation=minutes,
            draws=(Draw(pool="desks", amount=1),),
            cost=cost,
        )
        for name, cost in zip(names, (5, 3), strict=True)
    )
    standbys = (
        Node(id=each.id, kind=NodeKind.LAYER, name_zh="層", groups=all_of(far.id))
        for each in layers
    )
    services = (
        Node(
            id=f"service:{name}",
            kind=NodeKind.SERVICE,
            name_zh="務",
            rto=60.0 * number,
            groups=(
                Group(
                    members=(
                        Member(node=site.id),
                        Member(node=f"layer:{name}", switch=minutes),
                    ),
                    name="layers",
                ),
            ),
        )
        for number, name in enumerate(names, start=1)
    )
    graph = Graph(
        nodes=(site, far, *standbys, *services),
        layers=layers,
        pools=(Pool(id="desks", unit=SEATS, capacity=1),),
    )
    loss = replace(DISASTER, shocks=DISASTER.shocks[:1])

    # When: the remedy is proposed
    found = remedy(graph, offers(graph), (loss,))

    # Then: the cheaper layer is taken, and it is proven that no choice saves both
    assert found.proven
    assert found.best.chosen == {"layer:cards"}
    assert found.best.missed == {("service:deposit", "rto")}


@pytest.mark.usefixtures("too_many")
def test_a_budget_is_kept_by_what_is_proposed():
    graph = bank(7)
    whole = remedy(graph, offers(graph), (DISASTER,))

    within = remedy(graph, offers(graph), (DISASTER,), budget=whole.best.cost - 1)

    assert within.best.cost < whole.best.cost
    assert within.best.weight >= whole.best.weight
    assert all(each.cost < whole.best.cost for each in within.steps)


def test_who_watches_hears_of_every_choice_that_is_told():
    heard = []

    remedy(bank(1), offers(bank(1)), (DISASTER,), watch=heard.append)

    assert heard == list(range(1, len(heard) + 1))
    assert len(heard) >= 2 ** len(offers(bank(1)))


def test_what_costs_nothing_to_meet_asks_for_no_layer():
    graph = bank(1)
    calm = replace(DISASTER, shocks=tuple(replace(s, probability=0.0) for s in DISASTER.shocks))

    found = remedy(graph, offers(graph), (calm,))

    assert found.best.chosen == frozenset()
    assert found.before.missed == frozenset()
    assert len(found.steps) == 1


def test_what_serves_in_ordinary_times_is_no_option():
    with pytest.raises(BadInputError, match="ordinarily stands on"):
        remedy(bank(1), frozenset({"dataset:books"}), (DISASTER,))
