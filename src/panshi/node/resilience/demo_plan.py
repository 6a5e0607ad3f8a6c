"""The demo bank's plan to go on (`content/demo/resilience.yaml`), read; all of it demo data."""

from __future__ import annotations

import msgspec
import yaml

from panshi.model.asset import AssetId
from panshi.model.resilience.graph import NO_DELAY, Delay, LayerKind
from panshi.model.resilience.plan import (
    ImpactCurve,
    ImpactEntry,
    ImpactKind,
    ImpactPoint,
    PlannedLayer,
    RecoveryNeed,
    Scenario,
    TeamNeed,
)
from panshi.store import library


class Template(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A way to go on that several services use."""

    kind: LayerKind
    zh: str
    en: str
    activation: tuple[float, float, float]
    stands_on: tuple[str, ...]
    immutable: bool = False
    days: float = 0.0
    age: float = 0.0
    cost: int


class Way(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One service's use of such a way; what it states takes the place of the template's."""

    of: str
    id: str
    service: str = ""
    kind: LayerKind | None = None
    zh: str = ""
    en: str = ""
    activation: tuple[float, float, float] | None = None
    stands_on: tuple[str, ...] | None = None
    people: dict[str, int] = {}
    gib: float = 0.0
    days: float | None = None
    age: float | None = None
    capacity: float = 1.0
    lasts: float = 0.0
    cost: int | None = None


class Curve(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How harm grows."""

    limit: float
    basis: str
    points: tuple[tuple[float, float], ...]


class Need(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The least it takes."""

    within: float
    level: float
    people: dict[str, int]
    systems: tuple[str, ...]


class ServicePlan(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One service."""

    service: str
    owner: str
    mtpd: float
    rto: float
    rpo: float
    needs: tuple[Need, ...]
    layers: tuple[Way, ...]
    curves: dict[ImpactKind, Curve] = {}
    ago: int | None = None


class Analysed(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Who analysed, who approved, when."""

    by: str
    second: str
    ago: int
    why: str


class Waiting(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An analysis that waits for a second person."""

    service: str
    by: str
    ago: int
    mtpd: float
    why: str


class Drill(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A switch to one layer, measured."""

    service: str
    layer: str
    ago: int
    minutes: float
    data: float
    passed: bool
    live: bool = False
    partners: tuple[str, ...] = ()


class Partner(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A supplier who took part in a drill."""

    supplier: str
    ago: int
    minutes: float


class Plan(msgspec.Struct, frozen=True):
    """The whole file but the vault, which `demo_vault` reads."""

    layers: dict[str, Template]
    services: tuple[ServicePlan, ...]
    analysed: Analysed
    waiting: Waiting
    candidates: tuple[Way, ...]
    drills: tuple[Drill, ...]
    partners: tuple[Partner, ...]
    scenarios: tuple[Scenario, ...]


def read_resilience() -> Plan:
    """Read the demo bank's plan."""
    _name, raw = library.demo("resilience.yaml")
    return msgspec.convert(yaml.load(raw, Loader=yaml.CSafeLoader), Plan)


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
