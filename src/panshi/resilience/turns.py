"""Whose turn it is: in what order both engines look at nodes at one moment.

Each node follows all it needs; the cone of the most urgent service comes first, then that of the
next. Critical services are the more urgent ones, among them those with the shorter objective.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from panshi.errors import BadInputError
from panshi.model.resilience.graph import Graph, Layer, Node, NodeId


def urgency(node: Node) -> tuple[bool, float, str]:
    """Who is served first: critical services, then the shortest objective."""
    return not node.critical, float("inf") if node.rto is None else node.rto, node.id


def turns(graph: Graph, services: Iterable[Node] | None = None) -> tuple[Node, ...]:
    """Give every node so that it follows all it needs, what urgent services need first.

    Of some services only, what these need.
    """
    tops = (
        (*sorted(graph.services, key=urgency), *graph.order)
        if services is None
        else tuple(services)
    )
    needs = waits_for(graph)
    placed: dict[NodeId, Node] = {}
    for top in tops:
        waiting = {} if top.id in placed else {top.id: iter(needs[top.id])}
        while waiting:
            here, rest = next(reversed(waiting.items()))
            below = next((each for each in rest if each not in placed), None)
            if below is None:
                placed[here] = graph.by_id[here]
                del waiting[here]
            elif below in waiting:
                path = list(waiting)
                raise _ring(graph, [*path[path.index(below) :], below])
            else:
                waiting[below] = iter(needs[below])
    return tuple(placed.values())


def drawn(layer: Layer) -> dict[NodeId, float]:
    """Give what a layer draws on, each pool once."""
    found: dict[NodeId, float] = {}
    for each in layer.draws:
        found[each.pool] = found.get(each.pool, 0.0) + each.amount
    return found


def _ring(graph: Graph, ring: Sequence[NodeId]) -> BadInputError:
    """Tell which service waits for a pool that stands on it."""
    service, pool = next(
        (one, other) for one, other in pairwise(ring) if other not in graph.by_id[one].needs
    )
    return BadInputError(
        f"{pool} is drawn on by a layer of {service} and needs it itself: {' → '.join(ring)}",
        place=f"pool {pool}",
        remedy="let pools be teams, paths and seats that stand by themselves",
    )


def waits_for(graph: Graph) -> dict[NodeId, tuple[NodeId, ...]]:
    """Give what each node waits for: what it needs, and the pools of its layers."""
    needs = {node.id: node.needs for node in graph.nodes}
    for layer in graph.layers:
        drawn = (*(each.pool for each in layer.draws), layer.restore_pool)
        pools = (each for each in drawn if each is not None and each in needs)
        needs[layer.serves] = (*needs[layer.serves], *pools)
    return needs
