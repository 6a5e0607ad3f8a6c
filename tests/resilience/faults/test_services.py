"""Fault trees of the graph say what its definition says, at all and for every deadline."""

import itertools
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panshi.errors import MissingError
from panshi.model.resilience.graph import Graph, NodeId
from panshi.resilience.faults.exact import solve
from panshi.resilience.faults.glances import glances
from panshi.resilience.faults.services import described, gate_name
from panshi.resilience.faults.solution import Wishes
from panshi.resilience.simulation.compiling import compile_graph
from panshi.resilience.simulation.running import blocks, joined, run_block
from tests.resilience.faults.small_graphs import MINUTES, graphs, outages

ALL = Wishes(limit=1000)
DEADLINES = (None, *MINUTES)


def solved(graph, service, deadline):
    told = described(graph, (service,), deadline=deadline)
    return solve(told.tree(gate_name(service, deadline)), ALL)


@given(graph=graphs(), deadline=st.sampled_from(DEADLINES))
def test_a_service_is_lost_or_late_as_the_graph_defines(graph, deadline):
    # Given every combination of what may strike
    service = graph.order[-1].id
    told = described(graph, (service,), deadline=deadline)
    assert told.tree(gate_name(service, deadline)).coherent
    expected = 0.0
    for size in range(len(told.chances) + 1):
        for struck in itertools.combinations(told.chances, size):
            down, time = outages(graph, struck)
            late = down[service] if deadline is None else time[service] > deadline
            if late:
                expected += prod(
                    chance if event in struck else 1 - chance
                    for event, chance in told.chances.items()
                )
    # When the tree of the service is solved, Then its probability is theirs
    assert solved(graph, service, deadline).probability == pytest.approx(expected, abs=1e-12)


@given(graph=graphs())
def test_a_glance_at_all_services_is_the_same_as_one_by_one(graph):
    names = [gate_name(node.id) for node in graph.nodes]
    tree = described(graph, [node.id for node in graph.nodes]).tree(names[-1])
    numbers = {gate.name: place for place, gate in enumerate(tree.gates, len(tree.events))}
    tops = tuple(numbers[name] for name in names if name in numbers)
    for each in glances(tree, tops, Wishes(order=2, limit=1000)):
        alone = solve(_tree(graph, each.name), ALL)
        short = {one.events for one in alone.sets if len(one.events) <= 2}
        assert {frozenset(one.events) for one in each.sets} == {frozenset(one) for one in short}
        assert each.single_points == alone.single_points
        assert each.minimal_cut_sets == len(short)


def _tree(graph, name):
    return described(graph, [node.id for node in graph.nodes]).tree(name)


@given(graph=graphs())
def test_over_another_mission_time_rates_stay(graph):
    # Given the events of a year, When half a year and another half are asked
    service = graph.order[-1].id
    year = described(graph, (service,)).chances
    half = described(graph, (service,), mission_hours=graph.mission_hours / 2).chances
    own = [node.id for node in graph.nodes if node.id in year]
    # Then surviving both is surviving the year; chances to be taken along do not change
    for name in year:
        kept = (1 - half[name]) ** 2 if name in own else 1 - half[name]
        assert kept == pytest.approx(1 - year[name])


def test_a_service_that_is_not_there_is_told():
    with pytest.raises(MissingError):
        described(Graph(nodes=()), (NodeId("service:none"),))


@pytest.mark.slow
@settings(max_examples=100)
@given(graph=graphs(most=9))
def test_the_simulation_agrees_within_its_interval(graph):
    # Given a mission played 32,768 times
    program = compile_graph(graph, None)
    trials = 32_768
    played = joined(
        program, (run_block(program, 7, block, trials) for block in blocks(program, trials)), trials
    )
    for row, name in enumerate(program.services):
        # When it is solved exactly, at all and for a deadline
        for deadline in (None, 60):
            exact = solved(graph, name, deadline).probability
            seen = (
                played.down[row] if deadline is None else (played.times[row] > 60).sum()
            ) / trials
            # Then they differ by no more than chance allows (five standard errors)
            allowed = 5 * (exact * (1 - exact) / trials) ** 0.5 + 1e-9
            assert abs(seen - exact) <= allowed, (name, deadline, exact, seen)
