"""Whose turn it is: in what order both engines look at nodes at one moment.

Each node follows all it needs; the cone of the most urgent service comes first, then that of the
next. Critical services are the more urgent ones, among them those with the shorter objective.
"""

from __future__ import annotations

from collections.abc import Iterable

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
    needs = _needs(graph)
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
                raise BadInputError(
                    "a recovery resource needs the very service whose layer draws on it",
                    remedy="let pools be teams, paths and seats that stand by themselves",
                )
            else:
                waiting[below] = iter(needs[below])
    return tuple(placed.values())


def drawn(layer: Layer) -> dict[NodeId, float]:
    """Give what a layer draws on, each pool once."""
    found: dict[NodeId, float] = {}
    for each in layer.draws:
        found[each.pool] = found.get(each.pool, 0.0) + each.amount
    return found


def _needs(graph: Graph) -> dict[NodeId, tuple[NodeId, ...]]:
    """Give what each node waits for: what it needs, and the pools of its layers."""
    needs = {node.id: node.needs for node in graph.nodes}
    for layer in graph.layers:
        drawn = (*(each.pool for each in layer.draws), layer.restore_pool)
        pools = (each for each in drawn if each is not None and each in needs)
        needs[layer.serves] = (*needs[layer.serves], *pools)
    return needs
