"""Cut sets of the institution's own services: lost at all, or not back within a deadline.

solved_service(node, "service:core-deposit", Wishes())                 what stops it
solved_service(node, "service:core-deposit", Wishes(), deadline=120)   what keeps it from being back
services_at_a_glance(node, Wishes(order=2))                            every service, short sets
"""

from __future__ import annotations

from dataclasses import replace

from panshi.errors import UsageError
from panshi.model.resilience.fault_tree import Connective, Definition, FaultTree
from panshi.model.resilience.graph import NodeId
from panshi.node.node import Node
from panshi.node.resilience.cut_sets import glanced, solved
from panshi.node.resilience.graph import graph_of
from panshi.resilience.faults.open_psa import document
from panshi.resilience.faults.services import described, gate_name
from panshi.resilience.faults.solution import Glance, Solution, Wishes

ANY = "any service lost"


def service_tree(
    node: Node, service: str, estate_id: str | None = None, deadline: float | None = None
) -> FaultTree:
    """Give the fault tree of a service: lost at all, or not back within so many minutes."""
    if deadline is not None and not 0 <= deadline < float("inf"):
        raise UsageError(f"a deadline of {deadline} minutes")
    asked = NodeId(service)
    found = described(graph_of(node, estate_id), (asked,), deadline=deadline)
    return found.tree(gate_name(asked, deadline))


def solved_service(
    node: Node,
    service: str,
    wishes: Wishes,
    *,
    estate_id: str | None = None,
    deadline: float | None = None,
) -> Solution:
    """Solve the fault tree of a service."""
    return solved(service_tree(node, service, estate_id, deadline), wishes)


def service_document(
    node: Node, service: str, *, estate_id: str | None = None, deadline: float | None = None
) -> bytes:
    """Give the fault tree of a service as an Open-PSA document."""
    return document(service_tree(node, service, estate_id, deadline), service)


def services_at_a_glance(
    node: Node, wishes: Wishes, *, estate_id: str | None = None
) -> tuple[Glance, ...]:
    """Give the short cut sets of every service, those with most single points first."""
    graph = graph_of(node, estate_id)
    names = {gate_name(each.id): each.id for each in graph.services}
    told = described(graph, names.values())
    everything = Definition(connective=Connective.OR, inputs=tuple(names))
    tree = replace(told, definitions={**told.definitions, ANY: everything}).tree(ANY)
    tops = tuple(
        place for place, gate in enumerate(tree.gates, len(tree.events)) if gate.name in names
    )
    ranked = sorted(
        glanced(tree, tops, wishes), key=lambda each: (-len(each.single_points), each.name)
    )
    return tuple(replace(each, name=names[each.name]) for each in ranked)
