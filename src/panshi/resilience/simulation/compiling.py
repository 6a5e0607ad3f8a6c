"""Compile a graph and a scenario into the flat arrays of `program`.

A scenario makes its disaster certain; chance remains in who is hit, in delays, in ages of data and
in what fails by itself. What fails by itself within the scenario's horizon (a share of the graph's
mission time) is taken to be down when the disaster begins, the worst moment. Without a scenario,
the mission itself is simulated: every failure by its probability within the mission time.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from panshi.errors import BadInputError
from panshi.model.resilience.graph import Graph, Group, Layer, Node, NodeId, NodeKind
from panshi.model.resilience.plan import Scenario
from panshi.resilience.simulation.flat import delays, firsts, flags, ints, keys, reals
from panshi.resilience.simulation.program import (
    COLUMNS,
    LOST,
    MOST_MEMBERS,
    MOST_SERVERS,
    Arrays,
    Program,
)
from panshi.resilience.simulation.striking import strikes_of

HELD = frozenset({"seat", "seats"})
"Units of pools whose parts stay taken for as long as the layer serves."


@dataclass(slots=True)
class Events:
    """Random events, each a row of bits; the same names are the same event."""

    rows: dict[str, int] = field(default_factory=dict)
    chances: list[float] = field(default_factory=list)

    def row(self, chance: float, *names: str) -> int:
        """Give the row of an event."""
        name = "\0".join(names)
        if name not in self.rows:
            self.rows[name] = len(self.chances)
            self.chances.append(chance)
        return self.rows[name]


def compile_graph(graph: Graph, scenario: Scenario | None = None) -> Program:
    """Compile a graph, struck by a scenario or left to itself for its mission time."""
    mission = round(graph.mission_hours * 60)
    horizon = mission if scenario is None else round(scenario.horizon)
    order = evaluation_order(graph)
    place = {node.id: number for number, node in enumerate(order)}
    pools = {pool.id: number for number, pool in enumerate(graph.pools)}
    layers = {layer.id: number for number, layer in enumerate(graph.layers)}
    events = Events()
    window = 1.0 if scenario is None else min(1.0, horizon / mission)
    own = [_own(node, window, events) for node in order]
    exposures = _exposures(order, place, events)
    groups = _groups(order, place, layers)
    strikes = strikes_of(graph, scenario, place, pools, events.row)
    services = tuple(node.id for node in order if node.kind is NodeKind.SERVICE)
    watched = {service: number for number, service in enumerate(services)}
    causes = {place[each.cause] for node in order for each in node.exposures}
    arrays = Arrays(
        event_key=keys(events.rows),
        event_chance=reals(events.chances),
        node_key=keys(node.id for node in order),
        own_row=ints(own),
        repair=delays(node.repair for node in order),
        data=flags(node.kind is NodeKind.DATASET for node in order),
        data_age=ints(round(node.data_age) for node in order),
        cause=flags(number in causes for number in range(len(order))),
        service=ints(watched.get(node.id, -1) for node in order),
        **exposures,
        **groups,
        **_layers(graph, pools),
        **_pools(graph, place),
        **strikes.arrays,
    )
    return Program(
        arrays=arrays,
        ids=tuple(node.id for node in order),
        services=services,
        horizon=horizon,
        standbys=int(arrays.standby.max(initial=-1)) + 1,
        struck=strikes.struck,
    )


def evaluation_order(graph: Graph) -> tuple[Node, ...]:
    """Give nodes so that each follows all it needs, what critical services need first."""
    pool_nodes = {pool.id for pool in graph.pools if pool.id in graph.by_id}
    extra: dict[NodeId, set[NodeId]] = {}
    for layer in graph.layers:
        drawn = {each.pool for each in layer.draws}
        if layer.restore_pool is not None:
            drawn.add(layer.restore_pool)
        extra.setdefault(layer.serves, set()).update(drawn & pool_nodes)
    needs = {node.id: set(node.needs) | extra.get(node.id, set()) for node in graph.nodes}
    urgency = _urgency(graph)
    users: dict[NodeId, list[NodeId]] = {}
    for node, needed in needs.items():
        for each in needed:
            users.setdefault(each, []).append(node)
    waiting = {node: len(needed) for node, needed in needs.items()}
    ready = [(urgency[node], node) for node, left in waiting.items() if not left]
    heapq.heapify(ready)
    placed: list[Node] = []
    while ready:
        _, node = heapq.heappop(ready)
        placed.append(graph.by_id[node])
        for user in users.get(node, ()):
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, (urgency[user], user))
    if len(placed) < len(needs):
        raise BadInputError(
            "a recovery resource needs the very service whose layer draws on it",
            remedy="let pools be teams, paths and seats that stand by themselves",
        )
    return tuple(placed)


def _urgency(graph: Graph) -> dict[NodeId, tuple[bool, float]]:
    """Give how soon each node matters: as soon as the most urgent service that needs it."""
    urgency = {node.id: (True, float("inf")) for node in graph.nodes}
    for node in reversed(graph.order):
        if node.kind is NodeKind.SERVICE:
            mine = (not node.critical, float("inf") if node.rto is None else node.rto)
            urgency[node.id] = min(urgency[node.id], mine)
        for needed in node.needs:
            urgency[needed] = min(urgency[needed], urgency[node.id])
    return urgency


def _own(node: Node, window: float, events: Events) -> int:
    if node.failure <= 0:
        return -1
    chance = node.failure if window >= 1 else 1 - (1 - node.failure) ** window
    return events.row(chance, "own", node.id)


def _exposures(
    order: Sequence[Node], place: dict[NodeId, int], events: Events
) -> dict[str, Any]:
    known = [(node.id, each) for node in order for each in node.exposures]
    names = [("exposure", node, each.cause) for node, each in known]
    return {
        "exposure_first": firsts(len(node.exposures) for node in order),
        "exposure_cause": ints(place[each.cause] for _, each in known),
        "exposure_row": ints(
            events.row(each.probability, *name)
            for name, (_, each) in zip(names, known, strict=True)
        ),
        "exposure_key": keys("\0".join(name) for name in names),
        "exposure_outage": delays(each.outage for _, each in known),
    }


def _groups(
    order: Sequence[Node], place: dict[NodeId, int], layers: dict[NodeId, int]
) -> dict[str, Any]:
    groups = [group for node in order for group in node.groups]
    members = [(node.id, member) for node in order for g in node.groups for member in g.members]
    standby, standbys = [], 0
    for group in groups:
        if _switches(group, layers):
            standby.append(standbys)
            standbys += 1
        else:
            standby.append(-1)
    return {
        "group_first": firsts(len(node.groups) for node in order),
        "needed": ints(group.needed for group in groups),
        "standby": ints(standby),
        "member_first": firsts(len(group.members) for group in groups),
        "member": ints(place[member.node] for _, member in members),
        "member_key": keys(f"switch\0{node}\0{member.node}" for node, member in members),
        "switch": delays(member.switch for _, member in members),
        "member_layer": ints(layers.get(member.node, -1) for _, member in members),
    }


def _switches(group: Group, layers: dict[NodeId, int]) -> bool:
    switches = any(each.switch.high > 0 or each.node in layers for each in group.members)
    most = MOST_MEMBERS if switches else COLUMNS
    if len(group.members) > most:
        raise BadInputError(
            f"group {group.name!r} has {len(group.members)} members",
            remedy=f"at most {most}; put some into a node of their own",
        )
    return switches


def _layers(graph: Graph, pools: dict[NodeId, int]) -> dict[str, Any]:
    layers = graph.layers
    draws = [each for layer in layers for each in layer.draws]
    capacity = {pool.id: pool.capacity for pool in graph.pools}
    return {
        "layer_age": ints(round(layer.data_age) for layer in layers),
        "layer_replicates": flags(layer.replicates for layer in layers),
        "layer_retention": ints(min(round(layer.retention), LOST) for layer in layers),
        "layer_restore": ints(_restore(layer, capacity) for layer in layers),
        "layer_path": ints(
            -1 if layer.restore_pool is None else pools[layer.restore_pool] for layer in layers
        ),
        "layer_lasts": ints(
            LOST if layer.lasts is None else round(layer.lasts) for layer in layers
        ),
        "draw_first": firsts(len(layer.draws) for layer in layers),
        "draw_pool": ints(pools[each.pool] for each in draws),
        "draw_servers": ints(_parts(each.amount, capacity[each.pool]) for each in draws),
    }


def _restore(layer: Layer, capacity: dict[NodeId, float]) -> int:
    if layer.restore_pool is None or layer.restore_gib <= 0:
        return 0
    speed = capacity[layer.restore_pool]
    return LOST if speed <= 0 else min(LOST, round(layer.restore_gib * 1024 / speed / 60 + 0.5))


def _servers(capacity: float) -> int:
    return 0 if capacity <= 0 else max(1, min(MOST_SERVERS, int(capacity)))


def _parts(amount: float, capacity: float) -> int:
    """Give into how many equal parts of its pool an amount is rounded up."""
    servers = _servers(capacity)
    if servers == 0:
        return 1
    return -int(-amount * servers // capacity)


def _pools(graph: Graph, place: dict[NodeId, int]) -> dict[str, Any]:
    return {
        "pool_node": ints(place.get(pool.id, -1) for pool in graph.pools),
        "pool_servers": ints(_servers(pool.capacity) for pool in graph.pools),
        "pool_held": flags(pool.unit in HELD for pool in graph.pools),
    }

