"""What becomes of services when one thing is gone: a layer beside the primary, a supplier, a site.

`switching(graph)` answers the Blueprint's question (measure 28): whichever single layer fails, is
the service still back in time? The primary is lost for a week, and with it one layer after another
with the sites it stands on; a service with one layer only therefore never passes.
`fallen(graph, node)` tells who falls with one node.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from panshi.model.resilience.graph import (
    Graph,
    Layer,
    Node,
    NodeId,
    NodeKind,
    exactly,
)
from panshi.model.resilience.plan import Scenario, Shock
from panshi.resilience.story.course import told
from panshi.resilience.story.tale import ServiceTale

WEEK = 10_080.0
PLACES = frozenset({NodeKind.SITE, NodeKind.CLOUD_REGION})
CONCENTRATED = frozenset(
    {
        NodeKind.SITE,
        NodeKind.CLOUD_REGION,
        NodeKind.SUPPLIER,
        NodeKind.POWER,
        NodeKind.CABLE,
        NodeKind.ZONE,
        NodeKind.PLATFORM,
        NodeKind.TEAM,
        NodeKind.APPLICATION,
    }
)
"Kinds of nodes many services may share; hosts and data sets follow their system."


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """One service with its primary lost and one layer gone."""

    layer: Layer | None
    "None: only the primary is lost."
    minutes: float | None
    "Until it serves again; None where it does not."
    in_time: bool
    by: Layer | None
    "What serves then."


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOver:
    """One service through the loss of each of its layers."""

    service: Node
    rows: tuple[Without, ...]

    @property
    def survives_each(self) -> bool:
        """Whether it is back in time whichever layer is gone."""
        return len(self.rows) > 1 and all(each.in_time for each in self.rows)

    @property
    def failing(self) -> tuple[Layer, ...]:
        """Layers without which it is late."""
        return tuple(each.layer for each in self.rows if each.layer and not each.in_time)

    @property
    def worst(self) -> float | None:
        """The longest time over all rows; None where it does not come back in one."""
        known = [each.minutes for each in self.rows]
        return (
            None if None in known else max((each for each in known if each is not None), default=0)
        )


def switching(graph: Graph) -> tuple[SwitchOver, ...]:
    """Take away each layer of each service in turn, its primary being lost."""
    return tuple(_switching(graph, service) for service in graph.services)


def _switching(graph: Graph, service: Node) -> SwitchOver:
    layers = graph.layers_of.get(service.id, ())
    primary = primary_of(graph, service)
    gone = (None, *layers)
    return SwitchOver(
        service=service, rows=tuple(_without(graph, service, primary, each) for each in gone)
    )


def _without(graph: Graph, service: Node, primary: NodeId, layer: Layer | None) -> Without:
    lost = (primary,) if layer is None else (primary, layer.id, *_sites(graph, layer))
    (tale,) = told(graph, gone("removal", *lost), only={service.id}).services
    by = next((each.layer for each in tale.layers if each.chosen), None)
    return Without(layer=layer, minutes=tale.outage, in_time=not tale.late, by=by)


def _sites(graph: Graph, layer: Layer) -> tuple[NodeId, ...]:
    needs = graph.by_id[layer.id].needs
    return tuple(each for each in needs if graph.by_id[each].kind in PLACES)


def primary_of(graph: Graph, service: Node) -> NodeId:
    """Give what serves in ordinary times; the service itself where it has no layers."""
    layers = {each.id for each in graph.layers_of.get(service.id, ())}
    for group in service.groups:
        if any(each.node in layers for each in group.members):
            return group.members[0].node
    return service.groups[0].members[0].node if len(service.groups) == 1 else service.id


def gone(name: str, *nodes: NodeId, lasting: float = WEEK) -> Scenario:
    """Give the scenario in which nodes are gone for as long as is looked at."""
    return Scenario(
        id=name,
        title_zh="移除",
        title_en="Removal",
        shocks=(Shock(at=0.0, nodes=nodes, duration=exactly(lasting)),),
        horizon=lasting,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallen:
    """What one node takes down."""

    node: Node
    late: tuple[ServiceTale, ...]
    "Services back too late, or not at all, critical ones first."
    carried: tuple[ServiceTale, ...]
    "Services that were lost and back in time, by a layer."

    @property
    def critical(self) -> int:
        """Critical services back too late."""
        return sum(each.node.critical for each in self.late)


def concentration(graph: Graph, kinds: Iterable[NodeKind] = CONCENTRATED) -> tuple[Fallen, ...]:
    """Take away each shared thing in turn; those that take down most come first."""
    wanted, users = frozenset(kinds), _users(graph)
    found = [
        each
        for node in graph.nodes
        if node.kind in wanted and users.get(node.id)
        for each in (fallen(graph, node.id, users[node.id]),)
        if each.late or each.carried
    ]
    return tuple(
        sorted(
            found,
            key=lambda e: (-e.critical, -len(e.late), -len(e.carried), e.node.id),
        )
    )


def fallen(graph: Graph, name: NodeId, services: Iterable[NodeId] | None = None) -> Fallen:
    """Tell who is lost with one node, and who of them comes back in time."""
    return fallen_together(graph, (name,), services)


def fallen_together(
    graph: Graph, names: tuple[NodeId, ...], services: Iterable[NodeId] | None = None
) -> Fallen:
    """Tell who is lost with some nodes gone at once; the first stands for them."""
    course = told(
        graph, gone("concentration", *names), only=None if services is None else set(services)
    )
    lost = sorted(
        (each for each in course.services if each.lost),
        key=lambda each: (not each.node.critical, each.node.rto or WEEK, each.node.id),
    )
    return Fallen(
        node=graph.by_id[names[0]],
        late=tuple(each for each in lost if each.late or each.node.rto is None),
        carried=tuple(each for each in lost if not each.late and each.node.rto is not None),
    )


def _users(graph: Graph) -> Mapping[NodeId, frozenset[NodeId]]:
    """Give the services that stand on each node, directly or through others."""
    found: dict[NodeId, set[NodeId]] = {}
    for service in graph.services:
        stack, seen = [service.id], {service.id}
        while stack:
            for need in graph.by_id[stack.pop()].needs:
                if need not in seen:
                    seen.add(need)
                    found.setdefault(need, set()).add(service.id)
                    stack.append(need)
    return {node: frozenset(services) for node, services in found.items()}
