"""Compile a graph and a scenario into the tables of `program`.

A scenario makes its disaster certain; chance remains in who is hit, in delays, in ages of data and
in what fails by itself. What fails by itself within the scenario's horizon (a share of the graph's
mission time) is taken to be down when the disaster begins, the worst moment. Without a scenario,
the mission itself is simulated: every failure by its probability within the mission time.

At worst, every cause takes along all that is exposed, every delay is its longest and every copy as
old as it gets; nothing fails by itself, and one trial tells all.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from panshi.errors import BadInputError
from panshi.model.resilience.graph import (
    NO_DELAY,
    SEATS,
    Graph,
    Group,
    Layer,
    Node,
    NodeId,
    NodeKind,
    Pool,
)
from panshi.model.resilience.plan import Scenario
from panshi.resilience.simulation.flat import age, delay, firsts, key, limit, table
from panshi.resilience.simulation.program import (
    COLUMNS,
    LOST,
    MOST_MEMBERS,
    MOST_SERVERS,
    Program,
    Table,
    Tables,
)
from panshi.resilience.simulation.streams import key_of
from panshi.resilience.simulation.striking import strikes_of
from panshi.resilience.simulation.variants import at_worst


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


def compile_graph(
    graph: Graph, scenario: Scenario | None = None, *, worst: bool = False
) -> Program:
    """Compile a graph, struck by a scenario or left to itself for its mission time."""
    mission = round(graph.mission_hours * 60)
    horizon = mission if scenario is None else round(scenario.horizon)
    if worst and scenario is not None:
        scenario = at_worst(scenario)
    order = evaluation_order(graph)
    draft = _Draft(graph=graph, order=order, events=Events(), worst=worst)
    strikes = strikes_of(graph, scenario, draft.place, draft.pools, draft.events.row)
    window = 1.0 if scenario is None else min(1.0, horizon / mission)
    services = tuple(node.id for node in order if node.kind is NodeKind.SERVICE)
    groups, standbys = draft.groups_table()
    tables = Tables(
        nodes=draft.nodes_table(services, 0.0 if worst else window, strikes.first_struck),
        exposures=draft.exposures_table(),
        groups=groups,
        members=draft.members_table(),
        layers=draft.layers_table(),
        draws=draft.draws_table(),
        pools=draft.pools_table(),
        moments=strikes.moments,
        strikes=strikes.strikes,
        dwells=strikes.dwells,
        struck=strikes.by_node,
    )
    return Program(
        tables=tables,
        event_key=np.array([key_of(name) for name in draft.events.rows], np.uint64),
        event_chance=np.array(draft.events.chances, np.float64),
        ids=tuple(node.id for node in order),
        services=services,
        horizon=horizon,
        standbys=standbys,
        struck=strikes.struck,
    )


def evaluation_order(graph: Graph) -> tuple[Node, ...]:
    """Give nodes so that each follows all it needs, what critical services need first."""
    pool_nodes = {pool.id for pool in graph.pools if pool.id in graph.by_id}
    needs = {node.id: set(node.needs) for node in graph.nodes}
    for layer in graph.layers:
        drawn = {each.pool for each in layer.draws}
        if layer.restore_pool is not None:
            drawn.add(layer.restore_pool)
        needs[layer.serves] |= drawn & pool_nodes
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


@dataclass(slots=True)
class _Draft:
    """Tables while they are put together."""

    graph: Graph
    order: Sequence[Node]
    events: Events
    worst: bool
    place: dict[NodeId, int] = field(init=False)
    pools: dict[NodeId, int] = field(init=False)
    layers: dict[NodeId, int] = field(init=False)

    def __post_init__(self) -> None:
        self.place = {node.id: number for number, node in enumerate(self.order)}
        self.pools = {pool.id: number for number, pool in enumerate(self.graph.pools)}
        self.layers = {layer.id: number for number, layer in enumerate(self.graph.layers)}

    def nodes_table(
        self, services: Sequence[NodeId], window: float, first_struck: Sequence[int]
    ) -> Table:
        """Tell of each node how it fails, what it holds and where its lists begin."""
        causes = {each.cause for node in self.order for each in node.exposures}
        watched = {service: number for number, service in enumerate(services)}
        exposures = firsts(len(node.exposures) for node in self.order)
        groups = firsts(len(node.groups) for node in self.order)
        rows = [
            (
                key(node.id),
                *delay(node.repair, worst=self.worst),
                self._own_event(node, window),
                node.kind is NodeKind.DATASET,
                age(node.data_age, worst=self.worst),
                node.id in causes,
                watched.get(node.id, -1),
                limit(node.rto),
                limit(node.rpo),
                exposures[number],
                groups[number],
                first_struck[number],
            )
            for number, node in enumerate(self.order)
        ]
        end = (0,) * 11 + (exposures[-1], groups[-1], first_struck[-1])
        return table((*rows, end), 14)

    def _own_event(self, node: Node, window: float) -> int:
        if node.failure <= 0 or window <= 0:
            return -1
        chance = node.failure if window >= 1 else 1 - (1 - node.failure) ** window
        return self.events.row(chance, "own", node.id)

    def exposures_table(self) -> Table:
        """Tell of each exposure the cause, the chance and the outage."""
        return table(
            (
                (
                    key("exposure", node.id, each.cause),
                    *delay(each.outage, worst=self.worst),
                    self.place[each.cause],
                    self.events.row(
                        float(each.probability > 0) if self.worst else each.probability,
                        "exposure",
                        node.id,
                        each.cause,
                    ),
                )
                for node in self.order
                for each in node.exposures
            ),
            6,
        )

    def groups_table(self) -> tuple[Table, int]:
        """Tell of each group how many it needs; and how many groups switch over."""
        groups = [group for node in self.order for group in node.groups]
        members = firsts(len(group.members) for group in groups)
        rows, standbys = [], 0
        for number, group in enumerate(groups):
            switches = self._switches(group)
            rows.append((group.needed, standbys if switches else -1, members[number]))
            standbys += switches
        return table((*rows, (0, 0, members[-1])), 3), standbys

    def _switches(self, group: Group) -> bool:
        switches = any(each.switch.high > 0 or each.node in self.layers for each in group.members)
        most = MOST_MEMBERS if switches else COLUMNS
        if len(group.members) > most:
            raise BadInputError(
                f"group {group.name!r} has {len(group.members)} members",
                remedy=f"at most {most}; put some into a node of their own",
            )
        return switches

    def members_table(self) -> Table:
        """Tell of each member its node, its switch-over and which layer it is."""
        return table(
            (
                (
                    key("switch", node.id, member.node),
                    *delay(member.switch if place else NO_DELAY, worst=self.worst),
                    self.place[member.node],
                    self.layers.get(member.node, -1),
                )
                for node in self.order
                for group in node.groups
                for place, member in enumerate(group.members)
            ),
            6,
        )

    def layers_table(self) -> Table:
        """Tell of each layer its data and what it waits for."""
        layers = self.graph.layers
        capacity = {pool.id: pool.capacity for pool in self.graph.pools}
        draws = firsts(len(layer.draws) for layer in layers)
        rows = [
            (
                age(layer.data_age, worst=self.worst),
                layer.replicates,
                limit(layer.retention),
                _restore(layer, capacity),
                -1 if layer.restore_pool is None else self.pools[layer.restore_pool],
                limit(layer.lasts),
                draws[number],
            )
            for number, layer in enumerate(layers)
        ]
        return table((*rows, (0, 0, 0, 0, 0, 0, draws[-1])), 7)

    def draws_table(self) -> Table:
        """Tell of each draw its pool and how many parts it takes."""
        capacity = {pool.id: pool.capacity for pool in self.graph.pools}
        return table(
            (
                (self.pools[each.pool], _parts(each.amount, capacity[each.pool]))
                for layer in self.graph.layers
                for each in layer.draws
            ),
            2,
        )

    def pools_table(self) -> Table:
        """Tell of each pool the node it is, its parts and how long they are held."""
        return table(
            (
                (self.place.get(pool.id, -1), _servers(pool.capacity), held(pool))
                for pool in self.graph.pools
            ),
            3,
        )


def held(pool: Pool) -> bool:
    """Whether a part stays taken for as long as the layer serves, as seats do."""
    return pool.unit == SEATS


def _restore(layer: Layer, capacity: dict[NodeId, float]) -> int:
    """Give the minutes in which the data comes through its path, rounded up."""
    if layer.restore_pool is None or layer.restore_gib <= 0:
        return 0
    speed = capacity[layer.restore_pool]
    return LOST if speed <= 0 else min(LOST, -int(-layer.restore_gib * 1024 / speed // 60))


def _servers(capacity: float) -> int:
    return 0 if capacity <= 0 else max(1, min(MOST_SERVERS, int(capacity)))


def _parts(amount: float, capacity: float) -> int:
    """Give into how many equal parts of its pool an amount is rounded up."""
    servers = _servers(capacity)
    return 1 if servers == 0 else -int(-amount * servers // capacity)
