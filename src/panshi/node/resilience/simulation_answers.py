"""Simulations in the JSON form command line and API share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from panshi.node.resilience.simulation import MISSION, Simulated

if TYPE_CHECKING:
    from panshi.resilience.simulation.results import Chance, Percentile, ServiceResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceAnswer:
    """A probability with its 95 % interval (Wilson)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentileAnswer:
    """Minutes with their 95 % interval; null is beyond the horizon, or for good."""

    share: float
    minutes: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutAnswer:
    """How often the service is late when one thing is otherwise."""

    what: str
    "Kind of layer that is gone, or `shock N` that does not come, counted from 1."
    late: ChanceAnswer
    difference: float
    "Against the same trials unchanged: what that layer saves, or that shock costs (negative)."


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedService:
    """One service."""

    service: str
    rto_minutes: float | None
    rpo_minutes: float | None
    out: ChanceAnswer
    "It is down at all, if only while switching over."
    late: ChanceAnswer | None
    "P(T > RTO); null where it has no RTO."
    loses: ChanceAnswer | None
    "P(loss > RPO); null where it has no RPO."
    not_back: ChanceAnswer
    "Not back within the horizon."
    stranded: ChanceAnswer
    "Nothing is left standing that could serve, whatever the time."
    time_minutes: tuple[PercentileAnswer, ...]
    loss_minutes: tuple[PercentileAnswer, ...]
    worst_layer: str | None
    "Kind of layer whose absence makes it late most often; null where none makes a difference."
    layers: tuple[WithoutAnswer, ...]
    shocks: tuple[WithoutAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationAnswer:
    """One disaster, every service."""

    scenario: str
    title_zh: str
    title_en: str
    trials: int
    seed: int
    nodes: int
    idle_shocks: tuple[int, ...]
    "Shocks, counted from 1, that strike nothing in this graph."
    services: tuple[SimulatedService, ...]


def simulation_answer(found: Simulated) -> SimulationAnswer:
    """Turn a simulation into its answer."""
    scenario = found.scenario
    return SimulationAnswer(
        scenario=MISSION if scenario is None else scenario.id,
        title_zh="任務時間內各自失效" if scenario is None else scenario.title_zh,
        title_en="Failures by themselves" if scenario is None else scenario.title_en,
        trials=found.trials,
        seed=found.seed,
        nodes=found.nodes,
        idle_shocks=tuple(n for n, many in enumerate(found.struck, start=1) if not many),
        services=tuple(_service(found, each) for each in found.services),
    )


def _service(found: Simulated, each: ServiceResult) -> SimulatedService:
    layers: list[WithoutAnswer] = []
    shocks: list[WithoutAnswer] = []
    for changed in found.without:
        late, before = (known.get(str(each.service)) for known in (changed.late, changed.before))
        if late is None or before is None:
            continue
        what = f"shock {changed.shock + 1}" if changed.shock is not None else str(changed.kind)
        one = WithoutAnswer(what=what, late=_chance(late), difference=late.value - before.value)
        (layers if changed.shock is None else shocks).append(one)
    worst = max(layers, key=lambda one: one.difference, default=None)
    return SimulatedService(
        service=str(each.service),
        rto_minutes=each.rto,
        rpo_minutes=each.rpo,
        out=_chance(each.out),
        late=None if each.late is None else _chance(each.late),
        loses=None if each.loses is None else _chance(each.loses),
        not_back=_chance(each.not_back),
        stranded=_chance(each.stranded),
        time_minutes=tuple(map(_percentile, each.time)),
        loss_minutes=tuple(map(_percentile, each.loss)),
        worst_layer=worst.what if worst is not None and worst.difference > 0 else None,
        layers=tuple(layers),
        shocks=tuple(shocks),
    )


def _chance(each: Chance) -> ChanceAnswer:
    low, high = each.interval
    return ChanceAnswer(value=each.value, low=low, high=high)


def _percentile(each: Percentile) -> PercentileAnswer:
    return PercentileAnswer(share=each.share, minutes=each.minutes, low=each.low, high=each.high)
