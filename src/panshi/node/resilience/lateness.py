"""What must fail together for a service to miss its objective, as a page asks it: bounded, kept.

in_time(node, "service:core-deposit")
"""

from __future__ import annotations

from dataclasses import replace

from panshi.errors import MissingError
from panshi.model.resilience.graph import NodeId
from panshi.node.node import Node
from panshi.node.remembered import remembered_of_records
from panshi.node.resilience.graph import graph_of
from panshi.node.resilience.service_cut_sets import Loss, solved_service
from panshi.resilience.faults.solution import Solution, TooLargeError, Wishes

PAGE = Wishes(limit=20, memory_mib=1_024, seconds=30)
SHORT = 4
"Events of the sets one is content with where all are too many."


def in_time(node: Node, service: str, *, estate_id: str | None = None) -> Solution:
    """Solve what keeps a service from its objective; where none is set, what stops it at all.

    Kept as long as nothing it rests on changes; of a tree beyond the bounds, the short sets.
    """
    known = graph_of(node, estate_id).by_id.get(NodeId(service))
    if known is None or not service.startswith("service:"):
        raise MissingError(f"{service[:80]!r} is no service of the estate")
    loss = Loss(service=service, deadline=known.rto)

    def solve() -> Solution:
        try:
            return solved_service(node, loss, PAGE, estate_id=estate_id)
        except TooLargeError:
            return solved_service(node, loss, replace(PAGE, order=SHORT), estate_id=estate_id)

    estate = node.estate(estate_id).id
    return remembered_of_records(node, ("cut sets", service), estate, solve)
