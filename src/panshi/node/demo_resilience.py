"""How the demo bank plans to go on: impact analyses, recovery layers, drills; all demo data.

Analyses take the way real ones take: one person proposes, another approves. Drills carry made-up
times and say so by their collector.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import yaml

from panshi.model.asset import AssetId
from panshi.model.bodies.continuity import ImpactRuling
from panshi.model.bodies.resilience import RestoreDrill
from panshi.model.bodies.vault import SWITCH_OVER, SwitchOverDrill
from panshi.model.observation import Body, Observation
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
from panshi.node.node import Node
from panshi.node.resilience.impact import ImpactDesk
from panshi.store import library

DRILL = "backup.restore_drill/1"
COLLECTOR = "示範備援演練"


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


def seed_resilience(node: Node, estate_id: str, now: datetime) -> None:
    """Propose and approve every analysis, leave one waiting, seal what drills showed."""
    plan = read_resilience()
    entries = {each.service: entry_of(plan, each) for each in plan.services}
    for service in sorted(plan.services, key=lambda each: -(each.ago or plan.analysed.ago)):
        at = now - timedelta(days=service.ago or plan.analysed.ago)
        _desk(node, plan.analysed.by, estate_id, at).propose(
            entries[service.service], why=plan.analysed.why
        )
        _desk(node, plan.analysed.second, estate_id, at).decide(
            service.service, ImpactRuling.APPROVE
        )
    open_ = plan.waiting
    changed = replace(entries[open_.service], mtpd=open_.mtpd)
    at = now - timedelta(days=open_.ago)
    _desk(node, open_.by, estate_id, at).propose(changed, why=open_.why)
    targets = {each.service: (each.rto, each.rpo) for each in plan.services}
    seen = sorted(_drills(plan, targets, now), key=lambda each: each.observed_at)
    node.log.append(tuple(seen), now)


def _desk(node: Node, actor: str, estate_id: str, at: datetime) -> ImpactDesk:
    return ImpactDesk(node, actor=actor, estate_id=estate_id, at=at)


def _drills(
    plan: Plan, targets: dict[str, tuple[float, float]], now: datetime
) -> Iterator[Observation]:
    for drill in plan.drills:
        at = now - timedelta(days=drill.ago)
        yield _seen(
            SWITCH_OVER,
            drill.service,
            drill.layer,
            at,
            SwitchOverDrill(
                passed=drill.passed,
                held=at.date(),
                layer=drill.layer,
                from_layer="主要作業",
                switch_minutes=drill.minutes,
                target_minutes=targets[drill.service][0],
                live_business=drill.live,
                people=12,
                partners=drill.partners,
            ),
        )
    for partner in plan.partners:
        at = now - timedelta(days=partner.ago)
        yield _seen(
            DRILL,
            partner.supplier,
            "聯合演練",
            at,
            RestoreDrill(
                passed=True,
                held=at.date(),
                rto_minutes=partner.minutes,
                rto_target_minutes=240.0,
                isolated=True,
            ),
        )


def _seen(kind: str, subject: str, facet: str, at: datetime, body: Body) -> Observation:
    return Observation(
        kind=kind, subject=subject, facet=facet, observed_at=at, collector=COLLECTOR, body=body
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
