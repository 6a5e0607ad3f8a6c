"""The dependency graph both engines read: what a service stands on, with times and redundancy.

    service → process → application → data set → infrastructure → site → power, cable, zone
    supplier → the suppliers behind it; team

**When a node is down.** A node is down when its own event strikes (`failure`), when a cause it is
exposed to strikes and takes it along (`exposures`), or when any of its groups has fewer than
`needed` members up. **When it is up again.** At the latest of: its own repair, the outage of each
cause that took it, and, for each group, the moment the `needed`-th member is up, each member
counted from when it is itself up plus its switch-over. A group of one member without switch-over is
a plain dependency.

A *shared cause* is a node like any other (a quake zone, a cable bundle, a cloud region): what two
nodes share, they name both. The graph has no cycle; whoever builds it from an estate folds rings
first (`panshi.node.resilience.graph`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import NewType

from panshi.errors import BadInputError

NodeId = NewType("NodeId", str)
"""`<kind>:<name>`; for what is in the estate, the asset's id."""


class NodeKind(StrEnum):
    """What a node is."""

    SERVICE = "service"
    PROCESS = "process"
    APPLICATION = "application"
    DATASET = "dataset"
    INFRASTRUCTURE = "infrastructure"
    SITE = "site"
    POWER = "power"
    CABLE = "cable"
    ZONE = "zone"
    "Ground that shakes together."
    CLOUD_REGION = "cloud_region"
    SUPPLIER = "supplier"
    PLATFORM = "platform"
    "What malware or a faulty update crosses: an identity plane, a family of operating systems."
    CUSTODIAN = "custodian"
    "Who holds keys."
    TEAM = "team"
    LAYER = "layer"
    "A recovery layer; `Graph.layers` tells more about it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A duration in minutes: a triangle from low over likely to high, and where it comes from."""

    low: float
    likely: float
    high: float
    measured_on: date | None = None
    "Day of the drill it was measured in; None where it is an estimate."
    evidence: str = ""
    "Id of the sealed drill; empty where it is an estimate."

    def __post_init__(self) -> None:
        """Refuse what is no triangle."""
        if not 0 <= self.low <= self.likely <= self.high < float("inf"):
            raise BadInputError(
                f"a delay of {self.low}, {self.likely}, {self.high} minutes",
                remedy="write low <= likely <= high, none negative",
            )


NO_DELAY = Delay(low=0, likely=0, high=0)


def exactly(minutes: float) -> Delay:
    """Give a duration without spread."""
    return Delay(low=minutes, likely=minutes, high=minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One alternative of a group."""

    node: NodeId
    switch: Delay = NO_DELAY
    "From the decision until it carries load; nothing for the primary and for hot spares."
    capacity: float = 1.0
    "Share of the full load it carries alone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Alternatives of which `needed` must be up; the first is the primary."""

    members: tuple[Member, ...]
    needed: int = 1
    name: str = ""
    "What people call it, for example `hosts` or `layers`."

    def __post_init__(self) -> None:
        """Refuse a group that can never or always be met."""
        if not 1 <= self.needed <= len(self.members):
            raise BadInputError(
                f"group {self.name!r} needs {self.needed} of {len(self.members)} members"
            )


def all_of(*nodes: NodeId) -> tuple[Group, ...]:
    """Give plain dependencies on several nodes."""
    return tuple(Group(members=(Member(node=each),)) for each in nodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A cause that may take the node along when it strikes."""

    cause: NodeId
    "Stands on no other node: it is down or it is not, and never out for a switch-over alone."
    probability: float = 1.0
    "That the node goes down, given that the cause struck; independent between nodes."
    outage: Delay = NO_DELAY
    "How long the node is then down at least, beyond which the cause itself may still last."


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing that can be down."""

    id: NodeId
    kind: NodeKind
    name_zh: str
    name_en: str = ""
    failure: float = 0.0
    "Probability that it fails by itself within the mission time of the graph."
    repair: Delay = NO_DELAY
    "How long it is then down."
    groups: tuple[Group, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    data_age: float = 0.0
    "Of a data set: minutes between two copies by evidence, the most that is lost with it."
    critical: bool = False
    "Of a service: whether the board counts it."
    rto: float | None = None
    "Of a service or application: minutes, from the analysis in force or the estate."
    rpo: float | None = None
    country: str = ""
    "ISO 3166, of a site, region or supplier."

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        for value in (self.failure, *(each.probability for each in self.exposures)):
            if not 0 <= value <= 1:
                raise BadInputError(f"{self.id}: {value} is no probability")

    @property
    def needs(self) -> tuple[NodeId, ...]:
        """Every node it names, groups first."""
        named = (member.node for group in self.groups for member in group.members)
        return (*named, *(each.cause for each in self.exposures))


class LayerKind(StrEnum):
    """How far from the primary a layer is; the order is the guideline's."""

    LOCAL = "local"
    "High availability at the same site."
    SAME_CITY = "same_city"
    REMOTE_SITE = "remote_site"
    THIRD_SITE = "third_site"
    CLOUD = "cloud"
    OVERSEAS = "overseas"
    MANUAL = "manual"
    "A work-around by people."
    PARTNER = "partner"
    "Another institution serves."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What activating a layer takes from a resource others may need in the same hour."""

    pool: NodeId
    "A `Pool` of the graph: a team, a restore path, seats at a site."
    amount: float


SEATS = "seats"
"Unit of pools whose parts stay taken for as long as the layer serves."


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A shared recovery resource with so much of it; who comes later waits."""

    id: NodeId
    unit: str
    "`people`, `seats`, `MiB/s`."
    capacity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A way to go on serving when what is before it is lost."""

    id: NodeId
    "Id of its node, of kind `layer`; what it stands on are that node's groups."
    kind: LayerKind
    serves: NodeId
    name_zh: str
    name_en: str = ""
    activation: Delay = NO_DELAY
    "Also the switch-over of its member in the group `layers` of what it serves."
    capacity: float = 1.0
    "Share of the full load it carries."
    draws: tuple[Draw, ...] = ()
    data_age: float = 0.0
    "Minutes its data is behind."
    replicates: bool = True
    "Whether what is written (or encrypted) at the primary is written here too; false: immutable."
    retention: float = 0.0
    "Minutes back to which an immutable copy can be restored."
    restore_gib: float = 0.0
    "Data to bring in before it serves; 0 where it is already there."
    restore_pool: NodeId | None = None
    "The `MiB/s` pool the data comes through."
    lasts: float | None = None
    "Minutes it can be kept up, for a work-around by people; None: until the primary is back."
    drilled_on: date | None = None
    "Last day it was really switched to, and stood the drill."
    cost: int = 0
    "TWD a year; of a layer one could add, what it would cost."


@dataclass(frozen=True, kw_only=True)
class Graph:
    """All nodes of an institution; ids are known and there is no cycle."""

    nodes: tuple[Node, ...]
    layers: tuple[Layer, ...] = ()
    pools: tuple[Pool, ...] = ()
    mission_hours: float = 8_760.0
    "The time `Node.failure` speaks of."

    def __post_init__(self) -> None:
        """Refuse twins, names of nothing and rings."""
        if len(self.by_id) != len(self.nodes):
            twin, _times = Counter(node.id for node in self.nodes).most_common(1)[0]
            raise BadInputError(f"node {twin} occurs twice")
        for node in self.nodes:
            for named in node.needs:
                if named not in self.by_id:
                    raise BadInputError(f"{node.id} needs {named}, which is not in the graph")
            for each in node.exposures:
                if self.by_id[each.cause].groups:
                    raise BadInputError(
                        f"{each.cause} takes {node.id} along and stands on other nodes itself",
                        remedy="let what is exposed depend on it instead",
                    )
        pools = {each.id for each in self.pools}
        for layer in self.layers:
            if layer.id not in self.by_id or layer.serves not in self.by_id:
                raise BadInputError(f"layer {layer.id} has no node or serves nothing known")
            taken = {each.pool for each in layer.draws} | (
                {layer.restore_pool} if layer.restore_pool is not None else set()
            )
            if not taken <= pools:
                raise BadInputError(f"layer {layer.id} draws on an unknown pool")
        _ = self.order

    @cached_property
    def by_id(self) -> dict[NodeId, Node]:
        """Nodes by their id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def order(self) -> tuple[Node, ...]:
        """Nodes so that each comes after all it needs; the same graph gives the same order."""
        sorter = TopologicalSorter({node.id: node.needs for node in self.nodes})
        try:
            return tuple(self.by_id[each] for each in sorter.static_order())
        except CycleError as error:
            ring = " → ".join(error.args[1])
            raise BadInputError(
                f"the graph has a ring: {ring}", remedy="fold or cut the ring"
            ) from error

    @cached_property
    def services(self) -> tuple[Node, ...]:
        """Nodes of kind service, in the order of the graph."""
        return tuple(node for node in self.nodes if node.kind is NodeKind.SERVICE)

    @cached_property
    def layers_of(self) -> dict[NodeId, tuple[Layer, ...]]:
        """Layers by what they serve, nearest first."""
        found: dict[NodeId, list[Layer]] = {}
        for layer in self.layers:
            found.setdefault(layer.serves, []).append(layer)
        rank = {kind: place for place, kind in enumerate(LayerKind)}
        return {
            node: tuple(sorted(each, key=lambda layer: (rank[layer.kind], layer.id)))
            for node, each in found.items()
        }
