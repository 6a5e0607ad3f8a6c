"""The answer of a remedy: what is weighed is told as it is weighed."""

from panshi.model.resilience.graph import (
    Graph,
    Group,
    Layer,
    LayerKind,
    Member,
    Node,
    NodeKind,
    all_of,
    exactly,
)
from panshi.model.resilience.plan import Scenario, Shock
from panshi.node.resilience.remedy import cheapest_layers, offered_in

FLOOD = Scenario(
    id="flood",
    title_zh="淹水",
    title_en="Flood",
    shocks=(Shock(at=0, nodes=("site:main",), duration=exactly(3_000)),),
)


def bank(*costs: int) -> Graph:
    """Give services with one layer each, at these costs; the first is critical."""
    nodes = [Node(id=f"site:{each}", kind=NodeKind.SITE, name_zh=each) for each in ("main", "far")]
    layers = []
    for number, cost in enumerate(costs):
        name = f"layer:{number}"
        nodes.append(Node(id=name, kind=NodeKind.LAYER, name_zh="層", groups=all_of("site:far")))
        members = (Member(node="site:main"), Member(node=name, switch=exactly(10)))
        nodes.append(
            Node(
                id=f"service:{number}",
                kind=NodeKind.SERVICE,
                name_zh="務",
                critical=number == 0,
                rto=60,
                groups=(Group(members=members),),
            )
        )
        layers.append(
            Layer(
                id=name,
                kind=LayerKind.REMOTE_SITE,
                name_zh="層",
                serves=f"service:{number}",
                cost=cost,
            )
        )
    return Graph(nodes=tuple(nodes), layers=tuple(layers))


def test_one_critical_objective_is_not_told_as_fewer_than_three_others():
    # Given: money for the layer of the critical service, or for those of the three others
    graph = bank(30, 10, 10, 10)

    # When: the remedy is sought
    found = cheapest_layers(offered_in(graph), (FLOOD,), budget=30)

    # Then: the critical one is met; that a choice misses one only, a critical one, is not denied
    assert [each.critical for each in found.best.missed] == [False, False, False]
    assert found.proven
    assert (found.critical_missed_at_least, found.others_missed_at_least) == (0, 3)
    assert found.cost_at_least == found.best.cost == 30
