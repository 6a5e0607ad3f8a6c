"""What stands around a system in the estate: who can reach it, what rests on it, who supplies it.

Exposure. Open where the system, one of its endpoints, APIs or machines is stated to be reachable
from the internet, or a machine stands in a zone anybody may reach; small where every machine stands
in a zone only few reach; controlled where the estate says it is not reachable. Where it says
nothing, it is not known.

Mission. What rests on a system rests on it through other systems too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from panshi.model.asset import Asset, AssetId, AssetKind, RelationKind
from panshi.model.estate import Estate
from panshi.protection.supply_chain.priority.points import (
    ANY_EXPOSURE,
    ANY_MISSION,
    NOWHERE,
    Around,
    Exposure,
    Mission,
    Point,
    Reason,
)
from panshi.protection.supply_chain.priority.policy import Tree

FACING = "internet_facing"
MOST_CRITICAL = 1


class Surroundings(NamedTuple):
    """One system's place in the estate, and why it is judged so."""

    around: Around
    reasons: tuple[Reason, ...]
    services: tuple[AssetId, ...] = ()
    "That rest on it, directly or through other systems."
    critical: tuple[AssetId, ...] = ()
    "Of them, the critical ones."
    suppliers: tuple[AssetId, ...] = ()


UNKNOWN_SYSTEM = Surroundings(
    around=NOWHERE,
    reasons=(Reason(Point.EXPOSURE, "not_in_estate"), Reason(Point.MISSION, "not_in_estate")),
)


def surroundings(estate: Estate, tree: Tree) -> Mapping[AssetId, Surroundings]:
    """Give the surroundings of every system of an estate."""
    services = _services(estate)
    return {
        system.id: _of(estate, system, services.get(system.id, ()), tree)
        for system in estate.by_kind.get(AssetKind.SYSTEM, ())
    }


def _of(estate: Estate, system: Asset, services: tuple[Asset, ...], tree: Tree) -> Surroundings:
    exposure, why_exposed = _exposure(estate, system, tree)
    mission, why_mission = _mission(system, services)
    suppliers = tuple(_near(estate, system.id, RelationKind.SUPPLIED_BY, AssetKind.SUPPLIER))
    tiers = [each.attributes.get("tier") for each in suppliers]
    known = [each for each in tiers if isinstance(each, int)]
    unknown = [each.id for each in suppliers if not isinstance(each.attributes.get("tier"), int)]
    tier = MOST_CRITICAL if unknown else min(known, default=0)
    reasons = [why_exposed, why_mission]
    if unknown:
        reasons.append(Reason(Point.SUPPLIER, "no_tier", unknown[0]))
    elif tier:
        reasons.append(Reason(Point.SUPPLIER, "tier", str(tier)))
    return Surroundings(
        around=Around(exposure=exposure, mission=mission, supplier_tier=tier),
        reasons=tuple(reasons),
        services=tuple(each.id for each in services),
        critical=tuple(each.id for each in services if each.attributes.get("critical") is True),
        suppliers=tuple(each.id for each in suppliers),
    )


def _exposure(estate: Estate, system: Asset, tree: Tree) -> tuple[tuple[Exposure, ...], Reason]:
    hosts = tuple(_near(estate, system.id, RelationKind.RUNS_ON, AssetKind.HOST))
    stating = (
        system,
        *_near(estate, system.id, RelationKind.EXPOSES, AssetKind.ENDPOINT),
        *_near(estate, system.id, RelationKind.PART_OF, AssetKind.API),
        *hosts,
    )
    stated = [each for each in stating if isinstance(each.attributes.get(FACING), bool)]
    for each in stated:
        if each.attributes[FACING] is True:
            return (Exposure.OPEN,), Reason(Point.EXPOSURE, FACING, each.id)
    zones = {each.id: _zone_kinds(estate, each) for each in hosts}
    for host, kinds in zones.items():
        if kinds & tree.open_zones:
            return (Exposure.OPEN,), Reason(Point.EXPOSURE, "open_zone", host)
    if not stated:
        return ANY_EXPOSURE, Reason(Point.EXPOSURE, "estate_silent", system.id)
    if zones and all(kinds & tree.small_zones for kinds in zones.values()):
        return (Exposure.SMALL,), Reason(Point.EXPOSURE, "small_zone", system.id)
    return (Exposure.CONTROLLED,), Reason(Point.EXPOSURE, "not_facing", stated[0].id)


def _zone_kinds(estate: Estate, host: Asset) -> frozenset[str]:
    """Give the kinds of the zone a machine stands in."""
    named = host.attributes.get("zone")
    if not isinstance(named, str):
        return frozenset()
    zone = estate.by_id.get(AssetId(f"zone:{named}"))
    kind = zone.attributes.get("zone_kind") if zone else None
    facing = zone is not None and zone.attributes.get(FACING) is True
    return frozenset({str(kind or named), *(("internet",) if facing else ())})


def _mission(system: Asset, services: tuple[Asset, ...]) -> tuple[tuple[Mission, ...], Reason]:
    point = Point.MISSION
    if system.attributes.get("core") is True:
        return (Mission.CRITICAL,), Reason(point, "core", system.id)
    for each in services:
        if each.attributes.get("critical") is True:
            return (Mission.CRITICAL,), Reason(point, "critical_service", each.id)
    unsaid = [each for each in services if not isinstance(each.attributes.get("critical"), bool)]
    if unsaid:
        return (Mission.HIGH, Mission.CRITICAL), Reason(point, "service_unsaid", unsaid[0].id)
    if services:
        return (Mission.HIGH,), Reason(point, "service", services[0].id)
    match system.attributes.get("criticality"):
        case "high":
            return (Mission.HIGH,), Reason(point, "criticality", "high")
        case "medium" | "low" as said:
            return (Mission.LOW,), Reason(point, "criticality", str(said))
        case _:
            return ANY_MISSION, Reason(point, "estate_silent", system.id)


def _near(
    estate: Estate, asset: AssetId, relation: RelationKind, kind: AssetKind
) -> Iterator[Asset]:
    """Yield the neighbours of a kind, whichever way the relation was drawn."""
    for each in estate.relations_of(asset):
        if each.kind is relation:
            other = estate.by_id[each.target if each.source == asset else each.source]
            if other.kind is kind:
                yield other


def _services(estate: Estate) -> Mapping[AssetId, tuple[Asset, ...]]:
    below: dict[AssetId, list[AssetId]] = {}
    for each in estate.relations:
        if each.kind is RelationKind.DEPENDS_ON:
            below.setdefault(each.source, []).append(each.target)
    found: dict[AssetId, list[Asset]] = {}
    for service in estate.by_kind.get(AssetKind.SERVICE, ()):
        seen, stack = {service.id}, [service.id]
        while stack:
            for other in below.get(stack.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        for system in seen - {service.id}:
            found.setdefault(system, []).append(service)
    return {system: tuple(services) for system, services in found.items()}
