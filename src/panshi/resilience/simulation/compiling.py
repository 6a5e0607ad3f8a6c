"""Compile a graph and a scenario into the tables of `program`.

A scenario makes its disaster certain; chance remains in who is hit, in delays, in ages of data and
in what fails by itself. What fails by itself within the scenario's horizon (a share of the graph's
mission time) is taken to be down when the disaster begins, the worst moment. Without a scenario,
the mission itself is simulated: every failure by its probability within the mission time.

At worst, every cause takes along all that is exposed, every delay is its longest and every copy as
old as it gets; nothing fails by itself, and one trial tells all.
"""

from __future__ import annotations

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
    THOUSAND,
    Program,
    Table,
    Tables,
)
from panshi.resilience.simulation.streams import key_of
from panshi.resilience.simulation.striking import strikes_of
from panshi.resilience.simulation.variants import at_worst
from panshi.resilience.turns import drawn, turns


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
    order = turns(graph)
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
        pools=draft.pools_table(strikes.on_pools),
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
        draws = firsts(len(drawn(layer)) for layer in layers)
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
        """Tell of each draw its pool and how much it takes."""
        return table(
            (
                (self.pools[pool], round(amount * THOUSAND))
                for layer in self.graph.layers
                for pool, amount in drawn(layer).items()
            ),
            2,
        )

    def pools_table(self, strikes: Sequence[int]) -> Table:
        """Tell of each pool the node it is, what there is of it and how long it is held."""
        users = [0] * len(self.pools)
        for layer in self.graph.layers:
            for each in drawn(layer):
                users[self.pools[each]] += 1
            if layer.restore_pool is not None:
                users[self.pools[layer.restore_pool]] += 1
        steps = firsts(2 * (used + hit) + 4 for used, hit in zip(users, strikes, strict=True))
        rows = [
            (
                self.place.get(pool.id, -1),
                round(pool.capacity * THOUSAND),
                held(pool),
                steps[number],
            )
            for number, pool in enumerate(self.graph.pools)
        ]
        return table((*rows, (0, 0, 0, steps[-1])), 4)


def held(pool: Pool) -> bool:
    """Whether a part stays taken for as long as the layer serves, as seats do."""
    return pool.unit == SEATS


def _restore(layer: Layer, capacity: dict[NodeId, float]) -> int:
    """Give the minutes in which the data comes through its path, rounded up."""
    if layer.restore_pool is None or layer.restore_gib <= 0:
        return 0
    speed = capacity[layer.restore_pool]
    return LOST if speed <= 0 else min(LOST, -int(-layer.restore_gib * 1024 / speed // 60))
