"""The picture of dependencies: every way begins left, nothing overlaps, never too many nodes."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.web.dependency_pictures import MOST_NODES, dependency_picture

names = st.integers(1, 400).map(str)
ways = st.lists(st.lists(names, min_size=1, max_size=6, unique=True), max_size=120)


def test_a_way_goes_from_left_to_right() -> None:
    # Given two ways that share their first step
    ways = [("app", "web", "netty"), ("app", "web", "jackson")]
    # When laid out
    drawn = dependency_picture(ways, {"netty": "act"}, {"netty": "netty 4.1"})
    # Then what is deeper stands further right, each once, and what has a finding says so
    at = {each.ref: each for each in drawn.nodes}
    assert at["app"].x < at["web"].x < at["netty"].x == at["jackson"].x
    assert at["netty"].y != at["jackson"].y
    assert (at["app"].tone, at["web"].tone, at["netty"].tone) == ("root", "plain", "act")
    assert at["netty"].title == "netty 4.1"
    assert len(drawn.edges) == 3


@given(ways)
def test_nodes_never_overlap_and_are_never_too_many(found: list[list[str]]) -> None:
    # Given any ways from one application, when laid out
    drawn = dependency_picture([("0", *each) for each in found], {}, {})
    # Then there is room for each, and whatever was left out is counted
    assert len(drawn.nodes) <= MOST_NODES
    assert len({(each.x, each.y) for each in drawn.nodes}) == len(drawn.nodes)
    told = {each.ref for each in drawn.nodes}
    left = [each for each in found if not set(each) <= told]
    assert len(left) <= drawn.left_out
    assert all(each.x + drawn.node_width <= drawn.width for each in drawn.nodes)
    assert all(each.y + drawn.node_height <= drawn.height for each in drawn.nodes)
