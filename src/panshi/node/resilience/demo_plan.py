"""The demo bank's plan to go on (`content/demo/resilience.yaml`), read; all of it demo data."""

from __future__ import annotations

from functools import cache

import msgspec
import yaml

from panshi.model.asset import AssetId
from panshi.model.resilience.graph import NO_DELAY, Delay
from panshi.model.resilience.plan import (
    ImpactCurve,
    ImpactEntry,
    ImpactPoint,
    PlannedLayer,
    RecoveryNeed,
    Scenario,
    TeamNeed,
)
from panshi.node.resilience.demo_products import ProductClass, products_of
from panshi.node.resilience.demo_shapes import (
    Analysed,
    Drill,
    Partner,
    ServicePlan,
    Template,
    Waiting,
    Way,
)
from panshi.store import library


class Plan(msgspec.Struct, frozen=True):
    """The whole file but the vault, which `demo_vault` reads."""

    layers: dict[str, Template]
    classes: dict[str, ProductClass]
    customers: tuple[str, ...]
    products: dict[str, tuple[str, ...]]
    services: tuple[ServicePlan, ...]
    analysed: Analysed
    waiting: Waiting
    candidates: tuple[Way, ...]
    drills: tuple[Drill, ...]
    partners: tuple[Partner, ...]
    scenarios: tuple[Scenario, ...]


@cache
def read_resilience() -> Plan:
    """Read the demo bank's plan; services, candidates and drills hold those of products too."""
    _name, raw = library.demo("resilience.yaml")
    plan = msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), Plan)
    owners = {each.service: each for each in plan.services}
    more = products_of(plan.products, plan.classes, plan.layers, owners, plan.customers)
    return msgspec.structs.replace(
        plan,
        services=(*plan.services, *more.services),
        candidates=(*plan.candidates, *more.candidates),
        drills=(*plan.drills, *more.drills),
    )


def entry_of(plan: Plan, service: ServicePlan) -> ImpactEntry:
    """Give the analysis of one service."""
    return ImpactEntry(
        service=AssetId(service.service),
        owner=service.owner,
        mtpd=service.mtpd,
        rto=service.rto,
        rpo=service.rpo,
        curves=tuple(
            ImpactCurve(
                kind=kind,
                limit=curve.limit,
                basis=curve.basis,
                points=tuple(ImpactPoint(minutes=at, value=value) for at, value in curve.points),
            )
            for kind, curve in service.curves.items()
        ),
        needs=tuple(
            RecoveryNeed(
                within=need.within,
                level=need.level,
                people=_teams(need.people),
                systems=tuple(AssetId(f"system:{each}") for each in need.systems),
            )
            for need in service.needs
        ),
        layers=tuple(planned(plan, each) for each in service.layers),
        interviewed="示範訪談",
    )


def planned(plan: Plan, way: Way) -> PlannedLayer:
    """Give a layer from its template and what the service states."""
    base = plan.layers[way.of]
    low, likely, high = way.activation or base.activation
    return PlannedLayer(
        id=way.id,
        kind=way.kind or base.kind,
        name_zh=way.zh or base.zh,
        name_en=way.en or base.en,
        activation=Delay(low=low, likely=likely, high=high) if high else NO_DELAY,
        capacity=way.capacity,
        people=_teams(way.people),
        stands_on=tuple(
            AssetId(each) for each in (base.stands_on if way.stands_on is None else way.stands_on)
        ),
        data_age=base.age if way.age is None else way.age,
        immutable=base.immutable,
        retention_days=base.days if way.days is None else way.days,
        restore_gib=way.gib,
        lasts=way.lasts,
        cost=base.cost if way.cost is None else way.cost,
    )


def _teams(people: dict[str, int]) -> tuple[TeamNeed, ...]:
    return tuple(TeamNeed(team=team, people=count) for team, count in people.items())
