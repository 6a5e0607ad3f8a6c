"""What the continuity model says of services, partners and disasters, derived and sealed.

`panshi continuity seal` derives them from sealed plans, impact analyses, drills and scenarios; the
controls read them like any other observation (Blueprint, measures 28 and 29; ISO 22301, clause 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

SERVICE_LAYERS = "continuity.layers/1"
PARTNER = "continuity.partner/1"
SCENARIO = "continuity.scenario/1"


@observation_kind(SERVICE_LAYERS, "備援層判定", "Recovery layers of a service")
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLayers(Body):
    """Whether one service still switches in time when any of its layers is gone."""

    layers: int
    "Recovery layers the plan gives the service, the primary one not counted."
    tested_layers: int
    "Of those, layers switched to in a drill that passed within a year."
    survives_each: bool
    "Whichever single layer fails, the service is back within its objective."
    failing_layers: tuple[str, ...] = ()
    "Layers whose loss breaks the objective."
    worst_minutes: float | None = None
    "Longest time to recover over all single losses; nothing where it does not come back."
    rto_target_minutes: float
    mtpd_minutes: float
    single_points: tuple[str, ...] = ()
    "What alone takes the service down beyond its objective."
    scenarios: int = 0
    "Compound disasters it was put through."
    missed_scenarios: tuple[str, ...] = ()
    "Of those, the ones in which it comes back too late."
    contradictions: int = 0
    "Targets in the impact analysis that contradict each other or what was measured."
    impact_analysed: date | None = None
    "When a second person approved its impact analysis."
    model: str = ""
    "Digest of the plan it was computed from."


@observation_kind(PARTNER, "夥伴持續能力", "Continuity of a partner")
@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerContinuity(Body):
    """What losing one partner does, and what stands in for it."""

    services: int
    "Critical services that depend on it."
    late_services: tuple[str, ...] = ()
    "Of those, services back too late when it is gone."
    substitute: bool = False
    "Whether every one of them is back in time without it."
    plan_tested: date | None = None
    "Newest drill in which the partner took part and which passed."
    share: float = 0.0
    "Share of the single points and pairs of critical services it sits in."


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChance:
    """How one service fares over all trials."""

    service: str
    late: float
    "Share of trials in which it is back after its objective, or not at all."
    low: float
    high: float
    "The 95 % interval of that share."
    median_minutes: float | None
    slow_minutes: float | None
    "Ninety-five of a hundred trials are back by then; nothing where they are not."
    loses_too_much: float = 0.0
    "Share of trials in which more data is lost than its objective allows."


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyLayer:
    """One layer of the cheapest remedy."""

    layer: str
    service: str
    kind: str
    name_zh: str
    name_en: str
    cost: int


@observation_kind(SCENARIO, "複合災難結果", "Outcome of a compound disaster")
@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioOutcome(Body):
    """One disaster played many times, and the cheapest layers that would bear it."""

    scenario: str
    title_zh: str
    title_en: str
    trials: int
    seed: int
    service_chances: tuple[ServiceChance, ...] = ()
    remedy: tuple[RemedyLayer, ...] = ()
    remedy_cost: int = 0
    proven: bool = False
    "No cheaper choice among the offered layers meets the objectives."
    late_after: tuple[str, ...] = ()
    "Services no offered layer brings back in time."
    model: str = ""
    "Digest of plan, scenario and offers it was computed from."
