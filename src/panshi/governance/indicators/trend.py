"""Trend, forecast and standing of one indicator over its frozen quarters.

Values of one measure form a segment; a definition that measures otherwise begins a new one, and
nothing is computed across the break. An indicator is a level that moves, so the forecast goes on
from the last quarter with a robust drift: the median of the slopes between all pairs of quarters
(Theil–Sen), with the interval of the slope from Kendall's statistic (Sen 1968), widened by how far
single quarters stray from that drift. It needs four points and is only ever called a forecast.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from statistics import median

from panshi.governance.indicators.definition import Direction, Indicator, Unit
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.snapshots import Frozen
from panshi.model.bodies.indicators import SnapshotValue

LEAST_POINTS = 4
AHEAD = 4
"Quarters forecast."
Z_80 = 1.2816
"Normal deviate of an 80 % interval."
FOUR_OF_FIVE = 0.8


class Standing(StrEnum):
    """How a value stands to its target."""

    ON_TARGET = "on_target"
    WITHIN = "within_tolerance"
    OFF = "off_target"
    UNKNOWN = "unknown"
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One frozen quarter of one indicator."""

    quarter: Quarter
    value: float | None
    target: float | None
    tolerance: float
    standing: Standing
    grade: str
    coverage: float | None
    revision: int
    measure: str
    numerator: float | None
    denominator: float | None
    evidence_id: str
    corrected: bool = False
    "A correction stands beside the first snapshot of this quarter."
    first_value: float | None = None
    "What was frozen first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Consecutive quarters of one measure."""

    measure: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One forecast quarter."""

    quarter: Quarter
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Where the last segment leads if it goes on as it went."""

    slope: float
    "Per quarter."
    slope_low: float
    slope_high: float
    points: int
    "How many quarters it rests on."
    ahead: tuple[Ahead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One indicator through time."""

    segments: tuple[Segment, ...]
    forecast: Forecast | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        """Every point, oldest first."""
        return tuple(point for segment in self.segments for point in segment.points)


def standing(
    value: float | None, target: float | None, tolerance: float, direction: Direction
) -> Standing:
    """Say how a value stands to a target."""
    if value is None:
        return Standing.UNKNOWN
    if target is None:
        return Standing.NO_TARGET
    short = target - value if direction is Direction.UP else value - target
    if short <= _SLACK:
        return Standing.ON_TARGET
    return Standing.WITHIN if short <= tolerance + _SLACK else Standing.OFF


_SLACK = 1e-9
"What adding floats may cost."


def trend(indicator: Indicator, quarters: Iterable[Frozen]) -> Trend:
    """Give the trend of an indicator over frozen quarters, oldest first."""
    points = [
        _point(indicator, each, value)
        for each in quarters
        if (value := each.newest.value(indicator.id)) is not None
    ]
    segments: list[Segment] = []
    for point in points:
        last = segments[-1] if segments else None
        if last is not None and last.measure == point.measure:
            segments[-1] = Segment(measure=last.measure, points=(*last.points, point))
        else:
            segments.append(Segment(measure=point.measure, points=(point,)))
    same = bool(segments) and segments[-1].measure == indicator.measure
    return Trend(
        segments=tuple(segments),
        forecast=forecast(segments[-1].points, indicator.unit) if same else None,
    )


def forecast(points: Sequence[Point], unit: Unit, ahead: int = AHEAD) -> Forecast | None:
    """Give the forecast of one segment; None with fewer than four known values."""
    known = [(each.quarter.index, each.value) for each in points if each.value is not None]
    if len(known) < LEAST_POINTS:
        return None
    slopes = sorted((b - a) / (j - i) for (i, a), (j, b) in combinations(known, 2))
    slope = median(slopes)
    low, high = _interval(slopes, len(known))
    strays = [abs((b - a) / (j - i) - slope) for (i, a), (j, b) in pairwise(known)]
    stray = sorted(strays)[math.ceil(FOUR_OF_FIVE * len(strays)) - 1]
    last, level = points[-1].quarter, known[-1][1]
    steps = range(last.index - known[-1][0] + 1, last.index - known[-1][0] + 1 + ahead)
    return Forecast(
        slope=slope,
        slope_low=low,
        slope_high=high,
        points=len(known),
        ahead=tuple(
            Ahead(
                quarter=last.after(number),
                value=_within(level + slope * step, unit),
                low=_within(level + min(low, slope) * step - stray * math.sqrt(step), unit),
                high=_within(level + max(high, slope) * step + stray * math.sqrt(step), unit),
            )
            for number, step in enumerate(steps, start=1)
        ),
    )


def _interval(slopes: Sequence[float], count: int) -> tuple[float, float]:
    """Give the 80 % interval of the slope by Kendall's statistic (Sen 1968)."""
    spread = Z_80 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    low = max(0, math.floor((len(slopes) - spread) / 2) - 1)
    high = min(len(slopes) - 1, math.ceil((len(slopes) + spread) / 2))
    return slopes[low], slopes[high]


def _within(value: float, unit: Unit) -> float:
    """Keep a forecast within what its unit can be."""
    return min(max(value, 0.0), 1.0) if unit is Unit.SHARE else max(value, 0.0)


def _point(indicator: Indicator, frozen: Frozen, value: SnapshotValue) -> Point:
    first = frozen.first.value(indicator.id)
    return Point(
        quarter=frozen.quarter,
        value=value.value,
        target=value.target,
        tolerance=value.tolerance,
        standing=standing(value.value, value.target, value.tolerance, Direction(value.direction)),
        grade=value.grade,
        coverage=value.coverage,
        revision=value.revision,
        measure=value.measure,
        numerator=value.numerator,
        denominator=value.denominator,
        evidence_id=frozen.newest.id,
        corrected=bool(frozen.corrections),
        first_value=first.value if first is not None else None,
    )
