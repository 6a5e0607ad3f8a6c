"""Services that share something are decided on together, and nobody else."""

from dataclasses import replace

import pytest

from panshi.resilience.remedy.prefix import apart, services_below, steps_of
from panshi.resilience.turns import drawn
from tests.resilience.remedy.test_planning import bank, beside, offers


@pytest.mark.parametrize("seed", range(6))
def test_whoever_shares_a_pool_or_a_service_is_together(seed):
    # Given: four banks, two of which share a restore path
    graph = beside(bank(seed), 4)
    layers = tuple(
        replace(each, restore_pool="path0") if each.restore_pool == "path3" else each
        for each in graph.layers
    )
    graph = replace(graph, layers=layers)
    below = services_below(graph)

    def used(step):
        layers = [each for name in below[step.service.id] for each in graph.layers_of[name]]
        pools = {pool for each in layers for pool in (*drawn(each), each.restore_pool)}
        return below[step.service.id] | pools

    # When: they are parted
    groups = apart(graph, steps_of(graph, offers(graph)))

    # Then: there are three groups, no two of which use anything in common
    assert sorted(len(each) for each in groups) == [3, 3, 6]
    names = [frozenset().union(*(used(step) for step in each)) for each in groups]
    assert sum(len(each) for each in names) == len(frozenset().union(*names))
