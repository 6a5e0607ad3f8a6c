"""Which options can matter to a service: its own, those below it, and those it queues with.

From this follows which conclusions are safe when a service does not hold under a choice. If only
options of its own can matter, more of them never hurts (what keeps both objectives is preferred),
so one that was not taken is needed. If others matter too, taking one may make it wait, so only this
very choice among those that matter is ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.model.resilience.graph import Graph, Layer, NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What matters to one service."""

    options: frozenset[NodeId]
    "Options that can matter to it."
    alone: bool
    "Whether all of them are its own and none shares a pool with another node's layer."


def reaches(graph: Graph, options: frozenset[NodeId]) -> Mapping[NodeId, Reach]:
    """Give what matters to each service of a graph that holds all options."""
    below = _below(graph)
    by_id = {layer.id: layer for layer in graph.layers}
    users = _pool_users(graph)
    found = {}
    for service in graph.services:
        own = {layer.id for layer in graph.layers_of.get(service.id, ())}
        known = {layer.id for layer in graph.layers if layer.serves in below[service.id]}
        while True:
            pools = {pool for each in known for pool in _pools(by_id[each])}
            coupled = {each for pool in pools for each in users[pool]}
            served = {by_id[each].serves for each in coupled}
            nodes = set().union(*(below[each] for each in served))
            more = known | coupled | {e.id for e in graph.layers if e.serves in nodes}
            if more == known:
                break
            known = more
        found[service.id] = Reach(
            options=frozenset(known & options), alone=known & options <= own and known <= own
        )
    return found


def _below(graph: Graph) -> dict[NodeId, frozenset[NodeId]]:
    """Give each node with all it stands on, directly or not."""
    found: dict[NodeId, frozenset[NodeId]] = {}
    for node in graph.order:
        found[node.id] = frozenset({node.id}).union(*(found[each] for each in node.needs))
    return found


def _pools(layer: Layer) -> frozenset[NodeId]:
    path = () if layer.restore_pool is None else (layer.restore_pool,)
    return frozenset((*(each.pool for each in layer.draws), *path))


def _pool_users(graph: Graph) -> dict[NodeId, set[NodeId]]:
    users: dict[NodeId, set[NodeId]] = {pool.id: set() for pool in graph.pools}
    for layer in graph.layers:
        for pool in _pools(layer):
            users[pool].add(layer.id)
    return users
