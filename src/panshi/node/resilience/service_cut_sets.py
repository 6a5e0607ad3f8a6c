"""Cut sets of the institution's own services: lost at all, or not back within a deadline.

solved_service(node, Loss(service="service:deposit"), Wishes())                 what stops it
solved_service(node, Loss(service="service:deposit", deadline=120), Wishes())   what makes it late
services_at_a_glance(node, Wishes(order=2))                                     every service
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What is asked of a service."""

    service: str
    deadline: float | None = None
    "Minutes after which it counts as late; None: lost at all."
    mission_hours: float | None = None
    "Time within which something fails; None: that of the graph."

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        if self.deadline is not None and not 0 <= self.deadline < float("inf"):
            raise UsageError(f"a deadline of {self.deadline} minutes", remedy="give 0 or more")
        if self.mission_hours is not None and not 0 < self.mission_hours < float("inf"):
            raise UsageError(
                f"a mission time of {self.mission_hours} hours", remedy="give 8760 for a year"
            )


def service_tree(node: Node, loss: Loss, estate_id: str | None = None) -> tuple[FaultTree, float]:
    """Give the fault tree of a service, and the hours its probabilities speak of."""
    asked = NodeId(loss.service)
    found = described(
        graph_of(node, estate_id),
        (asked,),
        deadline=loss.deadline,
        mission_hours=loss.mission_hours,
    )
    return found.tree(gate_name(asked, loss.deadline)), found.mission_hours


def solved_service(
    node: Node, loss: Loss, wishes: Wishes, *, estate_id: str | None = None
) -> Solution:
    """Solve the fault tree of a service."""
    tree, hours = service_tree(node, loss, estate_id)
    return replace(solved(tree, wishes), mission_hours=hours)


def service_document(node: Node, loss: Loss, *, estate_id: str | None = None) -> bytes:
    """Give the fault tree of a service as an Open-PSA document."""
    return document(service_tree(node, loss, estate_id)[0], loss.service)


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
