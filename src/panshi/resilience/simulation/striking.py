"""Which nodes and pools the shocks of a scenario strike, in the order of their moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from panshi.errors import BadInputError
from panshi.model.resilience.graph import Graph, Node, NodeId
from panshi.model.resilience.plan import Effect, Scenario, Shock
from panshi.resilience.simulation.flat import delay, firsts, key, table
from panshi.resilience.simulation.program import (
    CAPACITY,
    CORRUPTION,
    MOST_CORRUPTIONS,
    OUTAGE,
    THOUSAND,
    Table,
)

EFFECTS = {Effect.OUTAGE: OUTAGE, Effect.CORRUPTION: CORRUPTION, Effect.CAPACITY: CAPACITY}

type RowOf = Callable[..., int]
"""Gives the row of bits of an event by its chance and names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """One shock at one node or pool."""

    at: int
    shock: int
    target: NodeId
    node: int
    pool: int
    row: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strikes:
    """All strikes of a scenario as tables."""

    strikes: Table
    moments: Table
    dwells: Table
    by_node: Table
    "Strikes that put a node down, by node."
    first_struck: list[int]
    on_pools: list[int]
    "How many strike each pool."
    struck: tuple[int, ...]
    "How many each shock strikes."


def targets(graph: Graph, shock: Shock) -> tuple[NodeId, ...]:
    """Give the nodes and pools a shock strikes in this graph."""
    if shock.nodes:
        known = graph.by_id.keys() | {pool.id for pool in graph.pools}
        for named in shock.nodes:
            if named not in known:
                raise BadInputError(
                    f"a shock strikes {named}, which is not in the graph",
                    remedy="name what the graph has, or strike a kind",
                )
        return shock.nodes
    return tuple(node.id for node in graph.nodes if _matches(node, shock))


def _matches(node: Node, shock: Shock) -> bool:
    if node.kind is not shock.kind or shock.match not in node.id:
        return False
    if shock.country.startswith("!"):
        return bool(node.country) and node.country != shock.country[1:]
    return not shock.country or node.country == shock.country


def strikes_of(
    graph: Graph,
    scenario: Scenario | None,
    place: Mapping[NodeId, int],
    pools: Mapping[NodeId, int],
    row: RowOf,
) -> Strikes:
    """Resolve the shocks of a scenario; none strike where there is none."""
    shocks = () if scenario is None else scenario.shocks
    found: list[Strike] = []
    for number, shock in enumerate(shocks):
        if shock.probability <= 0:
            continue
        found.extend(
            Strike(
                at=max(0, round(shock.at)),
                shock=number,
                target=each,
                node=place.get(each, -1),
                pool=pools.get(each, -1) if shock.effect is Effect.CAPACITY else -1,
                row=_row(number, shock, each, row),
            )
            for each in targets(graph, shock)
        )
    found.sort(key=lambda each: (each.at, each.shock))
    struck = [0] * len(shocks)
    for each in found:
        struck[each.shock] += 1
    dwells = sorted({shock.dwell for shock in shocks if shock.effect is Effect.CORRUPTION})
    if len(dwells) > MOST_CORRUPTIONS:
        raise BadInputError(f"{len(dwells)} different dwells", remedy="round them")
    downed: list[list[int]] = [[] for _ in place]
    on_pools = [0] * len(pools)
    for number, one in enumerate(found):
        if one.pool >= 0:
            on_pools[one.pool] += 1
        if one.node >= 0 and downs(shocks[one.shock]):
            downed[one.node].append(number)
    return Strikes(
        strikes=table((_strike(each, shocks[each.shock], dwells) for each in found), 10),
        moments=_moments(found),
        dwells=table(((0,), *((round(each),) for each in dwells)), 1),
        by_node=table(((number,) for each in downed for number in each), 1),
        on_pools=on_pools,
        first_struck=firsts(len(each) for each in downed),
        struck=tuple(struck),
    )


def _strike(each: Strike, shock: Shock, dwells: Sequence[float]) -> tuple[int, ...]:
    return (
        key("blow", str(each.shock), each.target),
        *delay(shock.duration, worst=False),
        each.node,
        each.pool,
        each.row,
        EFFECTS[shock.effect],
        1 + dwells.index(shock.dwell) if shock.effect is Effect.CORRUPTION else 0,
        round(shock.left * THOUSAND),
    )


def _moments(found: Sequence[Strike]) -> Table:
    """Give the minutes at which something strikes, the beginning always among them."""
    minutes = sorted({0, *(each.at for each in found)})
    begins = firsts(sum(1 for each in found if each.at == minute) for minute in minutes)
    return table((*zip(minutes, begins, strict=False), (0, begins[-1])), 2)


def _row(number: int, shock: Shock, target: NodeId, row: RowOf) -> int:
    if shock.probability >= 1:
        return row(1.0, "certain")
    if shock.together:
        return row(shock.probability, "shock", str(number))
    return row(shock.probability, "shock", str(number), target)


def downs(shock: Shock) -> bool:
    """Whether a shock puts a node down, rather than leaving it less."""
    return shock.effect is not Effect.CAPACITY or shock.left <= 0
