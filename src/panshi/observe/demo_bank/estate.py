"""Expand the demo plan into an estate; the same plan gives the same estate everywhere."""

from __future__ import annotations

from datetime import datetime

from panshi.errors import ContentError
from panshi.model.asset import AssetId, AssetKind, AttributeValue, RelationKind
from panshi.model.estate import Estate
from panshi.observe.demo_bank.draft import Draft
from panshi.observe.demo_bank.people import (
    add_accounts,
    add_channels,
    add_devices_and_people,
    add_things,
)
from panshi.observe.demo_bank.plan import DemoPlan
from panshi.observe.demo_bank.systems import add_endpoints, add_systems

FIRST_TIER = 8
SECOND_TIER = 25
COLUMNS = 4
"Of the line of a product."


def demo_estate(plan: DemoPlan, now: datetime) -> Estate:
    """Build the estate of the demo bank."""
    draft = Draft(plan.bank)
    _places(draft)
    _suppliers(draft)
    add_systems(draft)
    _services(draft)
    _products(draft)
    add_accounts(draft)
    add_devices_and_people(draft)
    add_things(draft)
    add_endpoints(draft)
    add_channels(draft)
    return Estate(
        id=plan.bank.id,
        name_zh=plan.bank.name_zh,
        name_en=plan.bank.name_en,
        version=1,
        as_of=now,
        assets=tuple(draft.assets),
        relations=tuple(draft.relations),
        demo=True,
    )


def _places(draft: Draft) -> None:
    plan = draft.plan
    draft.add(AssetKind.INSTITUTION, plan.id, plan.name_zh, dict(plan.institution))
    for site in plan.sites:
        attributes: dict[str, AttributeValue] = {
            "site_kind": "cloud_region" if site.cloud else "data_centre",
            "country": site.country,
            "city": site.city,
            **site.recovery,
        }
        draft.add(AssetKind.SITE, site.id, site.zh, attributes)
    for zone in plan.zones:
        draft.add(AssetKind.ZONE, zone.id, zone.zh, {"zone_kind": zone.id})


def _suppliers(draft: Draft) -> None:
    names = [*draft.plan.suppliers.cloud, draft.plan.suppliers.everyone_depends_on]
    clouds = len(draft.plan.suppliers.cloud)
    words, kinds = draft.plan.suppliers.words_zh, draft.plan.suppliers.kinds_zh
    names += [word + kind for kind in kinds for word in words]
    for number, name in enumerate(names[: draft.plan.suppliers.count], start=1):
        identity = f"s{number:02}"
        attributes: dict[str, AttributeValue] = {
            "tier": 1 if number <= FIRST_TIER else 2 if number <= SECOND_TIER else 3,
            "cloud_provider": number <= clouds,
            "country": "JP" if number == clouds else "TW",
            "substitutable": name != draft.plan.suppliers.everyone_depends_on,
        }
        supplier = draft.add(
            AssetKind.SUPPLIER,
            identity,
            name,
            attributes,
            inventories=("procurement",),
        )
        contract = draft.add(
            AssetKind.CONTRACT,
            f"c-{identity}",
            f"{name}服務契約",
            {"cloud": number <= clouds, "material": number <= FIRST_TIER},
            inventories=("procurement",),
        )
        draft.relate(RelationKind.COVERED_BY, supplier, contract)


def _services(draft: Draft) -> None:
    for service in draft.plan.services:
        identity = draft.add(
            AssetKind.SERVICE,
            service.id,
            service.zh,
            {"critical": service.id != "workplace"},
        )
        for group in service.groups:
            for system in draft.systems[group]:
                draft.relate(RelationKind.DEPENDS_ON, identity, system)
    gateway, signin = AssetId("system:dig-gateway"), AssetId("system:dig-signin")
    for system in draft.systems["digital"]:
        if system not in {gateway, signin}:
            draft.relate(RelationKind.DEPENDS_ON, system, gateway)
            draft.relate(RelationKind.DEPENDS_ON, system, signin)
    for name, needed in draft.plan.leans_on.items():
        for other in needed:
            draft.relate(
                RelationKind.DEPENDS_ON, AssetId(f"system:{name}"), AssetId(f"system:{other}")
            )


def _products(draft: Draft) -> None:
    """Add the products of each service; the service itself answers for all its systems."""
    for service, lines in draft.plan.products.items():
        for line in lines:
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != COLUMNS:
                raise ContentError(
                    f"a product line has {len(parts)} columns: {line!r}", place="demo/bank.yaml"
                )
            name, zh, _en, systems = parts
            product = draft.add(AssetKind.SERVICE, f"{service}-{name}", zh, {"critical": False})
            draft.relate(RelationKind.PART_OF, product, AssetId(f"service:{service}"))
            for system in systems.split():
                draft.relate(RelationKind.DEPENDS_ON, product, AssetId(f"system:{system}"))
