"""Where what is known meets the own estate; computed from both as they are now, never stored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from panshi.alliance.intelligence.touching import (
    Meeting,
    Met,
    named_ones,
    open_ones,
    own_addresses,
)
from panshi.model.asset import Asset, AssetId
from panshi.model.estate import Estate
from panshi.node.alliance.intelligence.known import Known, watched
from panshi.node.alliance.intelligence.matching import watchlist
from panshi.node.node import Node
from panshi.node.remembered import remembered_of_records
from panshi.node.supply_chain.systems import every_finding
from panshi.protection.supply_chain.findings.finding import FindingFilters

ORDER = tuple(Meeting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What is known of a value, and what of ours it met."""

    known: Known
    met: Met
    assets: tuple[Asset, ...]


def touches(node: Node, estate_id: str | None = None) -> tuple[Touch, ...]:
    """Give every meeting, the most urgent and surest first."""
    estate = node.estate(estate_id)
    found = tuple(watched(node))
    by_values = {each.values: each for each in found}
    wanted, _by_values = watchlist(found)
    single = [each.values[0] for each in found if len(each.values) == 1]
    cves = [each for each in single if each.kind == "cve"]
    met = (
        *own_addresses(estate, wanted),
        *(open_ones(_open_here(node, estate), cves) if cves else ()),
        *named_ones(estate, single),
    )
    made = [_touch(estate, by_values[each.values], each) for each in met]
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
