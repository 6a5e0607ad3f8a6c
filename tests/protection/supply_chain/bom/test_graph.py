"""How a component came in, who pulls it in, and what goes round."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from panshi.model.supply_chain.bom import BomComponent, BomHead
from panshi.protection.supply_chain.bom.graph import (
    SHOWN,
    brings,
    cycles,
    graph_of,
    picture,
    pulled_in_by,
    shortest,
    ways,
)


def built(edges, root="root", extra=()):
    refs = {ref for ref, _ in edges} | {each for _, on in edges for each in on} | set(extra)
    head = BomHead(
        format="CycloneDX",
        spec_version="1.6",
        subject=BomComponent(name="app", ref=root) if root else None,
        dependencies=tuple((ref, tuple(on)) for ref, on in edges),
    )
    return graph_of(head, [BomComponent(name=ref, version="1", ref=ref) for ref in refs - {root}])


DIAMOND = [("root", "ab"), ("a", "c"), ("b", "c"), ("c", "d")]


def test_all_ways_to_a_component_are_found_shortest_first():
    graph = built([*DIAMOND, ("root", "ab"), ("b", "cd")])

    assert shortest(graph, "d") == ("root", "b", "d")
    assert ways(graph, "d") == (
        ("root", "b", "d"),
        ("root", "a", "c", "d"),
        ("root", "b", "c", "d"),
    )
    assert ways(graph, "d", most=1) == (("root", "b", "d"),)
    assert pulled_in_by(graph, "d") == ("a", "b")
    assert pulled_in_by(built([("root", "ab"), ("a", "c")]), "c") == ("a",)
    assert brings(graph, "a") == {"c", "d"}


def test_a_document_that_names_no_subject_begins_with_what_nothing_needs():
    graph = built([("a", "b"), ("b", "c"), ("x", "c")], root="")

    assert graph.below[""] == ("a", "x")
    assert shortest(graph, "c") == ("", "x", "c")


def test_what_no_way_leads_to_is_told():
    graph = built(DIAMOND, extra=["lonely"])

    assert graph.unreached == ("lonely",)
    assert shortest(graph, "lonely") == ()
    assert ways(graph, "lonely") == ()


def test_rings_are_found_and_do_not_trap_a_walk():
    graph = built([("root", "a"), ("a", "b"), ("b", "ac"), ("c", "c")])

    assert cycles(graph) == (("a", "b"), ("c",))
    assert ways(graph, "b") == (("root", "a", "b"),)
    assert cycles(built(DIAMOND)) == ()


def test_a_chain_of_a_hundred_thousand_costs_no_stack():
    refs = ["root", *(f"n{each}" for each in range(100_000))]
    graph = built([(ref, [following]) for ref, following in itertools.pairwise(refs)])

    assert len(shortest(graph, refs[-1])) == len(refs)
    assert cycles(graph) == ()
    assert pulled_in_by(graph, refs[-1]) == ("n0",)


def test_a_picture_holds_two_hundred_nodes_the_nearest_and_the_way_to_the_focus():
    wide = [("root", [f"n{each}" for each in range(500)]), ("n499", ["deep"])]
    graph = built(wide)

    whole = picture(graph)
    assert len(whole.nodes) == SHOWN
    assert whole.nodes[0] == "root"
    assert whole.left_out == 502 - SHOWN
    focused = picture(graph, focus="deep")
    assert focused.nodes == ("root", "n499", "deep")
    assert focused.edges == (("root", "n499"), ("n499", "deep"))


REFS = st.sampled_from(["root", *"abcdefg"])


@given(edges=st.dictionaries(REFS, st.lists(REFS, max_size=4, unique=True)))
def test_any_graph_is_walked_and_every_way_is_one(edges):
    graph = built(list(edges.items()), extra="abcdefg")

    for ref in graph.components:
        found = ways(graph, ref)
        reached = ref in graph.came_by
        assert bool(found) is reached
        for way in found:
            assert (way[0], way[-1]) == (graph.root, ref)
            assert len(set(way)) == len(way)
            assert all(b in graph.below[a] for a, b in itertools.pairwise(way))
        if reached:
            assert len(shortest(graph, ref)) == len(found[0])
    # A ring is what reaches itself
    ringed = {ref for group in cycles(graph) for ref in group}
    for ref in graph.below:
        assert (ref in ringed) is (ref in _over(graph, ref))


def _over(graph, start):
    found, waiting = set(), [start]
    while waiting:
        for each in graph.below.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return found
