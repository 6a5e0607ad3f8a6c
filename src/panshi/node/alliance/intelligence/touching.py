"""Where what is known meets the own estate; computed from both as they are now, never stored.

What is looked for is compiled once per hour and state of what was pulled, the meetings once per
state of that and of the records; what met is weighed as of now whenever it is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from panshi.alliance.intelligence.touching import (
    Meeting,
    Met,
    named_ones,
    open_ones,
    own_addresses,
)
from panshi.alliance.intelligence.watchlist import Watchlist
from panshi.model.alliance.ticket import Observable
from panshi.model.asset import Asset, AssetId
from panshi.model.bodies.intelligence import ALLOW
from panshi.model.estate import Estate
from panshi.model.zone import day_of
from panshi.node.alliance.intelligence.at_hub import catch_up
from panshi.node.alliance.intelligence.known import Known, known, watched
from panshi.node.alliance.intelligence.matching import watchlist
from panshi.node.alliance.intelligence.sources import pulled
from panshi.node.node import Node
from panshi.node.remembered import remembered_of_records, remembered_while
from panshi.node.supply_chain.systems import every_finding
from panshi.protection.supply_chain.findings.finding import FindingFilters

ORDER = tuple(Meeting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What is known of a value, and what of ours it met."""

    known: Known
    met: Met
    assets: tuple[Asset, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for, compiled; without the voices, which are many."""

    state: Hashable
    watchlist: Watchlist
    single: tuple[Observable, ...]
    numbers: Mapping[tuple[Observable, ...], int]
    "Number of each alternative."


def touches(node: Node, estate_id: str | None = None) -> tuple[Touch, ...]:
    """Give every meeting, the most urgent and surest first."""
    estate = node.estate(estate_id)
    wanted = sought(node)
    met = remembered_of_records(
        node,
        "meetings of intelligence",
        estate.id,
        lambda: _meetings(node, estate, wanted),
        beside=wanted.state,
    )
    numbers = sorted({wanted.numbers[each.values] for each in met})
    weighed = {each.values: each for each in _weighed(node, numbers) if each.looked_for}
    made = [_touch(estate, weighed[each.values], each) for each in met if each.values in weighed]
    return tuple(
        sorted(
            made,
            key=lambda each: (
                ORDER.index(each.met.meeting),
                -each.known.worth.score,
                each.met.word,
                each.met.assets,
            ),
        )
    )


def sought(node: Node) -> Sought:
    """Give what is looked for, compiled anew where anything came, went, lapsed or was allowed."""
    now = node.clock()
    with pulled(node) as store:
        catch_up(node, store)
        at = store.state(now)
    allowed = (node.log.kinds().get(ALLOW, 0), node.judging.erasures)
    state = (at, allowed, day_of(now), now.strftime("%Y-%m-%dT%H"))
    return remembered_while(node, "intelligence sought", state, lambda: _sought(node, state))


def _sought(node: Node, state: Hashable) -> Sought:
    numbers = {each.values: each.number for each in watched(node)}
    return Sought(
        state=state,
        watchlist=watchlist((values, ()) for values in numbers),
        single=tuple(values[0] for values in numbers if len(values) == 1),
        numbers=numbers,
    )


def _meetings(node: Node, estate: Estate, wanted: Sought) -> tuple[Met, ...]:
    cves = [each for each in wanted.single if each.kind == "cve"]
    return (
        *own_addresses(estate, wanted.watchlist),
        *(open_ones(_open_here(node, estate), cves) if cves else ()),
        *named_ones(estate, wanted.single),
    )


def _weighed(node: Node, numbers: list[int]) -> list[Known]:
    if not numbers:
        return []
    with pulled(node) as store:
        return list(known(node, numbers, store=store))


def _touch(estate: Estate, known: Known, met: Met) -> Touch:
    assets = (estate.by_id.get(AssetId(each)) for each in met.assets)
    return Touch(known=known, met=met, assets=tuple(each for each in assets if each is not None))


def _open_here(node: Node, estate: Estate) -> dict[str, tuple[str, ...]]:
    """Give what is open, remembered until something is observed."""
    return remembered_of_records(
        node, "open vulnerabilities by name", estate.id, lambda: _open(node, estate)
    )


def _open(node: Node, estate: Estate) -> dict[str, tuple[str, ...]]:
    """Give by vulnerability the systems it is open in."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in every_finding(node, FindingFilters()):
        if AssetId(each.system) in estate.by_id:
            found[each.vulnerability].add(each.system)
            for name in each.aliases:
                found[name].add(each.system)
    return {name: tuple(sorted(systems)) for name, systems in found.items()}
