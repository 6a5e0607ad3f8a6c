"""The graph refuses what no engine could read."""

import pytest

from panshi.errors import BadInputError
from panshi.model.resilience.graph import (
    Delay,
    Exposure,
    Graph,
    Group,
    Layer,
    LayerKind,
    Member,
    Node,
    NodeId,
    NodeKind,
    all_of,
    exactly,
)


def node(name, *needs, **more):
    return Node(
        id=NodeId(name),
        kind=NodeKind(name.partition(":")[0]),
        name_zh=name,
        groups=all_of(*map(NodeId, needs)),
        **more,
    )


def test_order_puts_each_node_after_what_it_needs():
    graph = Graph(nodes=(node("service:a", "site:b"), node("site:b", "power:c"), node("power:c")))
    assert [each.id for each in graph.order] == ["power:c", "site:b", "service:a"]


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ((node("site:a"), node("site:a")), "twice"),
        ((node("site:a", "power:x"),), "not in the graph"),
        ((node("site:a", "site:b"), node("site:b", "site:a")), "ring"),
        (
            (
                node("site:a", exposures=(Exposure(cause=NodeId("zone:b")),)),
                node("zone:b", "zone:c"),
                node("zone:c"),
            ),
            "stands on other nodes",
        ),
    ],
)
def test_twins_strangers_and_rings_are_refused(nodes, said):
    with pytest.raises(BadInputError, match=said):
        Graph(nodes=nodes)


def test_a_delay_is_a_triangle():
    assert exactly(5).low == exactly(5).high == 5
    with pytest.raises(BadInputError):
        Delay(low=3, likely=2, high=4)
    with pytest.raises(BadInputError):
        Delay(low=0, likely=0, high=float("inf"))


def test_a_group_can_be_met_and_a_probability_is_one():
    with pytest.raises(BadInputError):
        Group(members=(Member(node=NodeId("site:a")),), needed=2)
    with pytest.raises(BadInputError):
        node("site:a", exposures=(Exposure(cause=NodeId("zone:z"), probability=1.2),))


def test_layers_stand_nearest_first():
    def layer(name, kind):
        return Layer(id=NodeId(name), kind=kind, serves=NodeId("service:a"), name_zh=name)

    graph = Graph(
        nodes=(node("service:a"), node("layer:far"), node("layer:near")),
        layers=(layer("layer:far", LayerKind.OVERSEAS), layer("layer:near", LayerKind.LOCAL)),
    )
    found = graph.layers_of[NodeId("service:a")]
    assert [each.id for each in found] == ["layer:near", "layer:far"]


def test_a_layer_of_nothing_is_refused():
    lost = Layer(
        id=NodeId("layer:x"), kind=LayerKind.CLOUD, serves=NodeId("service:a"), name_zh="x"
    )
    with pytest.raises(BadInputError, match="serves nothing"):
        Graph(nodes=(node("service:a"),), layers=(lost,))
