"""Simulation and likely course are two engines: where nothing is left to chance they agree."""

from dataclasses import replace

import pytest

from panshi.node.resilience.simulation import play
from panshi.resilience.simulation.program import LOST
from panshi.resilience.story.course import told
from tests.resilience.remedy.test_planning import LATER, bank


def certain(seed):
    """Give a bank in which nothing fails by itself and no age of data decides, struck at once.

    Of several moments the simulation settles all services at each, the course each service through
    all of them; who comes first for what both wait for can then differ.
    """
    graph = bank(seed)
    nodes = tuple(replace(each, rpo=None, failure=0.0) for each in graph.nodes)
    pools = tuple(replace(each, capacity=min(each.capacity, 60)) for each in graph.pools)
    shocks = tuple(replace(each, probability=1.0, at=0) for each in LATER.shocks)
    return replace(graph, nodes=nodes, pools=pools), replace(LATER, shocks=shocks)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(30))
def test_both_engines_tell_the_same_outage(seed):
    # Given: a bank whose services share people, seats and a restore path
    graph, scenario = certain(seed)

    # When: the disaster is told once and played once
    course = told(graph, scenario)
    sample = play(graph, scenario, trials=1, seed=seed, workers=1)

    # Then: every service is out for as long in both, to the minute
    played = {
        service: int(sample.times[row, 0]) for row, service in enumerate(sample.program.services)
    }
    for tale in course.services:
        expected = LOST if tale.outage is None else tale.outage if tale.lost else 0
        assert played[tale.node.id] == pytest.approx(expected, abs=1.5), tale
