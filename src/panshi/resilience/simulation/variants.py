"""The same disaster with one thing changed: a kind of layer gone, a shock that does not come.

Draws are keyed by what they decide, so a variant sees the very same course in all that was not
changed; differences are differences, not noise.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from panshi.model.resilience.graph import Graph, Group, LayerKind, Node, NodeId, exactly
from panshi.model.resilience.plan import Scenario


def without_layers(graph: Graph, gone: Collection[NodeId]) -> Graph:
    """Take layers away; what they stood on stays."""
    if not gone:
        return graph
    taken = frozenset(gone)
    return replace(
        graph,
        nodes=tuple(_kept(node, taken) for node in graph.nodes),
        layers=tuple(layer for layer in graph.layers if layer.id not in taken),
    )


def _kept(node: Node, gone: frozenset[NodeId]) -> Node:
    named = (member.node for group in node.groups for member in group.members)
    if gone.isdisjoint(named):
        return node
    groups = (_without(group, gone) for group in node.groups)
    return replace(node, groups=tuple(each for each in groups if each is not None))


def _without(group: Group, gone: frozenset[NodeId]) -> Group | None:
    members = tuple(each for each in group.members if each.node not in gone)
    if len(members) == len(group.members):
        return group
    if not members:
        return None
    return replace(group, members=members, needed=min(group.needed, len(members)))


def kinds_of(graph: Graph) -> tuple[LayerKind, ...]:
    """Give the kinds of layer there are, nearest first."""
    there = {layer.kind for layer in graph.layers}
    return tuple(kind for kind in LayerKind if kind in there)


def without_kind(graph: Graph, kind: LayerKind) -> Graph:
    """Take every layer of a kind away."""
    return without_layers(graph, [layer.id for layer in graph.layers if layer.kind is kind])


def without_shock(scenario: Scenario, number: int) -> Scenario:
    """Let one shock not come; the others keep their draws."""
    shocks = list(scenario.shocks)
    shocks[number] = replace(shocks[number], probability=0.0)
    return replace(scenario, shocks=tuple(shocks))


def moved(scenario: Scenario, minutes: float) -> Scenario:
    """Let a scenario begin later."""
    shocks = tuple(replace(each, at=each.at + minutes) for each in scenario.shocks)
    return replace(scenario, shocks=shocks, horizon=scenario.horizon + minutes)


def combined(parts: tuple[tuple[Scenario, float], ...]) -> Scenario:
    """Put scenarios together, each beginning at its minute."""
    if len(parts) == 1 and not parts[0][1]:
        return parts[0][0]
    begun = [moved(scenario, minutes) for scenario, minutes in parts]
    return Scenario(
        id="+".join(f"{s.id}@{m:g}" if m else s.id for s, m in parts),
        title_zh="＋".join(each.title_zh for each in begun),
        title_en=" + ".join(each.title_en for each in begun),
        shocks=tuple(shock for each in begun for shock in each.shocks),
        horizon=max(each.horizon for each in begun),
        story_zh="".join(each.story_zh for each in begun),
        story_en=" ".join(each.story_en for each in begun),
        source="; ".join(dict.fromkeys(each.source for each in begun if each.source)),
    )


def at_worst(scenario: Scenario) -> Scenario:
    """Let every shock that may hit hit, and last as long as it may."""
    shocks = (
        replace(
            shock,
            probability=1.0 if shock.probability > 0 else 0.0,
            duration=exactly(shock.duration.high),
        )
        for shock in scenario.shocks
    )
    return replace(scenario, shocks=tuple(shocks))
