"""Figures of a simulation with how sure they are: Wilson intervals and order statistics.

A probability is told with its 95 % score interval (Wilson 1927), a percentile with the interval
between the order statistics that hold it with 95 % (normal approximation of the binomial). Minutes
beyond the horizon are told as None: not back, or lost for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np

from panshi.model.resilience.graph import Graph, NodeId
from panshi.resilience.simulation.program import LOST, Rows
from panshi.resilience.simulation.running import Sample

Z = 1.959963984540054
"Two-sided 95 %."
PERCENTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """How often something happened in the trials."""

    hits: int
    trials: int

    @property
    def value(self) -> float:
        """Share of the trials."""
        return self.hits / self.trials

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval."""
        n, p = self.trials, self.value
        centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        low = 0.0 if self.hits == 0 else max(0.0, centre - half)
        high = 1.0 if self.hits == n else min(1.0, centre + half)
        return low, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Percentile:
    """Minutes that so large a share of the trials stays within."""

    share: float
    minutes: int | None
    "None: beyond the horizon, or for good."
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceResult:
    """What a disaster does to one service."""

    service: NodeId
    rto: float | None
    rpo: float | None
    out: Chance
    "It is down at all, if only for a switch-over."
    late: Chance | None
    "Its longest outage is longer than its RTO; None where it has none."
    loses: Chance | None
    "More data is lost than its RPO allows; None where it has none."
    not_back: Chance
    "It is not back within the horizon."
    stranded: Chance
    "No alternative at all is left standing, whatever the time."
    time: tuple[Percentile, ...]
    loss: tuple[Percentile, ...]


def results(graph: Graph, sample: Sample) -> tuple[ServiceResult, ...]:
    """Tell what happened to each service, the most urgent first."""
    return tuple(_result(graph, sample, row) for row in range(len(sample.program.services)))


def _result(graph: Graph, sample: Sample, row: int) -> ServiceResult:
    service = sample.program.services[row]
    node = graph.by_id[service]
    times, losses, trials = sample.times[row], sample.losses[row], sample.trials
    return ServiceResult(
        service=service,
        rto=node.rto,
        rpo=node.rpo,
        out=Chance(hits=int(np.count_nonzero(times)), trials=trials),
        late=beyond(times, node.rto),
        loses=beyond(losses, node.rpo),
        not_back=Chance(hits=int(np.count_nonzero(times >= LOST)), trials=trials),
        stranded=Chance(hits=int(sample.down[row]), trials=trials),
        time=percentiles(times),
        loss=percentiles(losses),
    )


def beyond(values: Rows, limit: float | None) -> Chance | None:
    """Give how often a limit was exceeded; None where there is no limit."""
    if limit is None:
        return None
    return Chance(hits=int(np.count_nonzero(values > limit)), trials=len(values))


def percentiles(values: Rows) -> tuple[Percentile, ...]:
    """Give the median and the tails with their intervals."""
    ordered, n = np.sort(values), len(values)

    def at(rank: int) -> int | None:
        found = int(ordered[min(n - 1, max(0, rank))])
        return None if found >= LOST else found

    found = []
    for share in PERCENTILES:
        spread = Z * sqrt(n * share * (1 - share))
        found.append(
            Percentile(
                share=share,
                minutes=at(ceil(n * share) - 1),
                low=at(floor(n * share - spread) - 1),
                high=at(ceil(n * share + spread)),
            )
        )
    return tuple(found)
