"""Taking layers, sites and suppliers away."""

from __future__ import annotations

from dataclasses import replace

from panshi.model.resilience.graph import all_of
from panshi.resilience.story.removal import concentration, switching
from tests.resilience.story.test_course import FAR, SERVICE, SITE, bank, layer


def test_a_service_with_one_layer_does_not_survive_its_loss():
    (found,) = switching(bank(layer("remote", 60)))
    assert not found.survives_each
    assert [each.name_zh for each in found.failing] == ["remote"]


def test_two_layers_at_one_site_fall_together():
    (found,) = switching(bank(layer("remote", 60), layer("vault", 90)))
    assert not found.survives_each


def test_two_layers_at_two_sites_bear_the_loss_of_either():
    # Given a second layer that stands on nothing shared
    graph = bank(layer("remote", 60), layer("hand", 90))
    nodes = tuple(
        replace(each, groups=()) if each.id == "layer:hand" else each for each in graph.nodes
    )
    (found,) = switching(replace(graph, nodes=nodes))
    assert found.survives_each
    assert found.worst == 90


def test_concentration_tells_who_is_late_and_who_is_carried():
    graph = bank(layer("remote", 60))
    found = {each.node.id: each for each in concentration(graph)}
    assert [each.node.id for each in found[SITE].carried] == [SERVICE]
    assert FAR not in found
    # When the layer stands on the main site as well, its loss is felt
    nodes = tuple(
        replace(each, groups=all_of(SITE)) if each.id == "layer:remote" else each
        for each in graph.nodes
    )
    (worst, *_rest) = concentration(replace(graph, nodes=nodes))
    assert (worst.node.id, worst.critical) == (SITE, 1)
