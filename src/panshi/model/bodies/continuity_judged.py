"""What the continuity model says of a service and of a partner, derived and sealed for judgement.

`panshi continuity seal` derives both from sealed plans, impact analyses, drills and scenarios; the
controls read them like any other observation (Blueprint, measures 28 and 29; ISO 22301, clause 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

SERVICE_LAYERS = "continuity.layers/1"
PARTNER = "continuity.partner/1"


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
