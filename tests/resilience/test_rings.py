"""Rings fold into one node: who needs each other falls together, and nobody else."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.model.resilience.graph import Graph, Node, NodeId, NodeKind, all_of
from panshi.resilience.impact.reach import Reach
from panshi.resilience.rings import folded, rings

NAMES = [NodeId(f"application:{number}") for number in range(7)]


@st.composite
def tangles(draw):
    """Any graph at all, rings included."""
    return {
        name: tuple(draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True)))
        for name in NAMES
    }


def reached(needs, start):
    """Everything a node needs, by plain search."""
    found, todo = set(), [start]
    while todo:
        for each in needs[todo.pop()]:
            if each not in found:
                found.add(each)
                todo.append(each)
    return found


@given(tangles())
def test_a_ring_is_who_reaches_each_other(needs):
    found = {frozenset(ring) for ring in rings(needs)}
    below = {name: reached(needs, name) for name in NAMES}
    expected = {
        frozenset(other for other in NAMES if other in below[name] and name in below[other])
        for name in NAMES
        if name in below[name]
    }
    assert found == expected


@given(tangles())
def test_after_folding_the_same_nodes_fall_with_a_loss(needs):
    # Given nodes with plain dependencies, folded
    nodes = [
        Node(
            id=name,
            kind=NodeKind.APPLICATION,
            name_zh=name,
            failure=0.1,
            groups=all_of(*needs[name]),
        )
        for name in NAMES
    ]
    graph = Graph(nodes=folded(nodes))
    reach = Reach(graph)
    inside = {each for ring in rings(needs) for each in ring}
    for lost in NAMES:
        # When a node outside any ring is lost Then just those above it fall
        if lost not in inside:
            above = {name for name in NAMES if lost in reached(needs, name)} | {lost}
            assert reach.down(lost) & set(NAMES) == above
    hearts = [each for each in graph.nodes if each.id not in NAMES]
    for heart in hearts:
        assert 0 < heart.failure < 1
