"""Rings of mutual dependence, folded into one node each, since who needs each other falls together.

A ring's members come down with any of them: so one node carries all they need outside the ring and
the chance that any of them fails by itself, and each member needs only that node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from panshi.model.resilience.graph import (
    Delay,
    Group,
    Node,
    NodeId,
    NodeKind,
    all_of,
)


def folded(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Give the nodes without rings; what is in no ring is as it was."""
    known = {node.id: node for node in nodes}
    made: list[Node] = []
    for ring in rings({node.id: node.needs for node in known.values()}):
        heart = _heart([known[each] for each in ring])
        made.append(heart)
        for each in ring:
            known[each] = replace(known[each], failure=0.0, groups=all_of(heart.id), exposures=())
    return (*known.values(), *made)


def _heart(ring: list[Node]) -> Node:
    inside = {node.id for node in ring}
    works = 1.0
    for node in ring:
        works *= 1 - node.failure
    return Node(
        id=NodeId(f"infrastructure:ring-{min(inside).partition(':')[2]}"),
        kind=NodeKind.INFRASTRUCTURE,
        name_zh="、".join(sorted(node.name_zh for node in ring)),
        name_en=", ".join(sorted(node.name_en or node.name_zh for node in ring)),
        failure=1 - works,
        repair=Delay(
            low=max(node.repair.low for node in ring),
            likely=max(node.repair.likely for node in ring),
            high=max(node.repair.high for node in ring),
        ),
        groups=tuple(dict.fromkeys(_outside(ring, inside))),
        exposures=tuple(dict.fromkeys(each for node in ring for each in node.exposures)),
    )


def _outside(ring: list[Node], inside: set[NodeId]) -> Iterator[Group]:
    """Give the groups of a ring's members, those met or unmet by the ring itself left out.

    A group with a member of the ring can only be met while the ring stands by members outside it:
    as the ring falls as one, its own members stand whenever the question is asked.
    """
    for node in ring:
        for group in node.groups:
            others = tuple(each for each in group.members if each.node not in inside)
            needed = group.needed - (len(group.members) - len(others))
            if others and needed > 0:
                yield replace(group, members=others, needed=needed)


def rings(needs: Mapping[NodeId, tuple[NodeId, ...]]) -> Iterator[tuple[NodeId, ...]]:
    """Yield each largest set of nodes that reach each other (Tarjan 1972, without recursion)."""
    number: dict[NodeId, int] = {}
    low: dict[NodeId, int] = {}
    held: dict[NodeId, None] = {}
    for root in needs:
        if root in number:
            continue
        path = [(root, iter(needs.get(root, ())))]
        number[root] = low[root] = len(number)
        held[root] = None
        while path:
            here, targets = path[-1]
            step = next((each for each in targets if each not in number or each in held), None)
            if step is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[here])
                if low[here] == number[here]:
                    ring = _closed(held, here)
                    if len(ring) > 1 or here in needs.get(here, ()):
                        yield tuple(sorted(ring))
            elif step in number:
                low[here] = min(low[here], number[step])
            else:
                number[step] = low[step] = len(number)
                held[step] = None
                path.append((step, iter(needs.get(step, ()))))


def _closed(held: dict[NodeId, None], until: NodeId) -> list[NodeId]:
    ring = []
    while True:
        each, _ = held.popitem()
        ring.append(each)
        if each == until:
            return ring
