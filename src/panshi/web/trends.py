"""The picture of an indicator through time, as geometry; the templates draw it as SVG.

Values of one definition are one line; where the definition changed the line breaks and a mark says
so. The target is a dashed path, the forecast a hatched band beyond the last frozen quarter. A point
is drawn by how it stands: a disc on target, a ring within tolerance, a cross off target.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from panshi.governance.indicators.definition import Indicator, Unit
from panshi.governance.indicators.printing import printed
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.trend import Point, Standing, Trend
from panshi.web.words import chinese

WIDTH, HEIGHT = 760, 280
LEFT, RIGHT, TOP, BOTTOM = 72, 20, 30, 40
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 112, 28, 5
TICKS = 4
MOST_LABELS = 10
SLACK = 1e-9
"What adding floats may cost."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One point of a picture."""

    x: float
    y: float
    standing: Standing
    label: str = ""
    "Spoken and shown when pointed at."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One mark of an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A trend ready to be drawn."""

    lines: tuple[str, ...]
    "Points of each segment."
    dots: tuple[Dot, ...]
    breaks: tuple[float, ...]
    "Where the definition changed."
    target: tuple[str, ...]
    ahead: str
    "Points of the forecast, from the last frozen quarter on."
    band: str
    "Outline of its interval."
    ticks: tuple[Tick, ...]
    quarters: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM
    top: int = TOP


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A trend at the size of a table cell."""

    lines: tuple[str, ...]
    last: Dot | None
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """From quarters and values to a picture."""

    first: int
    last: int
    low: float
    high: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, quarter: Quarter) -> float:
        span = max(self.last - self.first, 1)
        part = (quarter.index - self.first) / span
        return round(self.left + (self.right - self.left) * part, 1)

    def y(self, value: float) -> float:
        part = (value - self.low) / (self.high - self.low)
        return round(self.bottom - (self.bottom - self.top) * part, 1)

    def at(self, quarter: Quarter, value: float) -> str:
        return f"{self.x(quarter)},{self.y(value)}"


def picture(indicator: Indicator, trend: Trend) -> Picture | None:
    """Lay out a trend; None where nothing is frozen."""
    points = trend.points
    if not points:
        return None
    ahead = trend.forecast.ahead if trend.forecast else ()
    numbers = [each.value for each in points] + [each.target for each in points]
    numbers += [edge for each in ahead for edge in (each.low, each.high)]
    ticks = _ticks([each for each in numbers if each is not None], indicator.unit)
    last = ahead[-1].quarter if ahead else points[-1].quarter
    scale = _Scale(
        first=points[0].quarter.index,
        last=last.index,
        low=ticks[0],
        high=ticks[-1],
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=HEIGHT - BOTTOM,
    )
    start = next((each for each in reversed(points) if each.value is not None), None)
    began = [(start.quarter, start.value, start.value, start.value)] if start and ahead else []
    path = began + [(each.quarter, each.value, each.low, each.high) for each in ahead]
    low = [scale.at(quarter, edge) for quarter, _, edge, _ in path if edge is not None]
    high = [scale.at(quarter, edge) for quarter, _, _, edge in path if edge is not None]
    return Picture(
        lines=tuple(_lines(trend, scale)),
        dots=tuple(_dots(points, indicator, scale)),
        breaks=tuple(
            (scale.x(after.points[0].quarter) + scale.x(before.points[-1].quarter)) / 2
            for before, after in zip(trend.segments, trend.segments[1:], strict=False)
        ),
        target=tuple(_target(points, scale)),
        ahead=" ".join(scale.at(quarter, v) for quarter, v, _, _ in path if v is not None),
        band=" ".join((*high, *reversed(low))),
        ticks=tuple(
            Tick(at=scale.y(each), label=printed(each, indicator.unit, chinese=chinese()))
            for each in ticks
        ),
        quarters=tuple(_quarters(points[0].quarter, last, scale)),
    )


def spark(trend: Trend) -> Spark:
    """Lay out a trend at the size of a table cell."""
    points = [each for each in trend.points if each.value is not None]
    values = [each.value for each in points if each.value is not None]
    if not values:
        return Spark(lines=(), last=None)
    low, high = min(values), max(values)
    scale = _Scale(
        first=points[0].quarter.index,
        last=points[-1].quarter.index,
        low=low if high > low else low - 1,
        high=high if high > low else low + 1,
        left=SPARK_EDGE,
        right=SPARK_WIDTH - SPARK_EDGE,
        top=SPARK_EDGE,
        bottom=SPARK_HEIGHT - SPARK_EDGE,
    )
    end = points[-1]
    dot = Dot(x=scale.x(end.quarter), y=scale.y(end.value or 0.0), standing=end.standing)
    return Spark(lines=tuple(_lines(trend, scale)), last=dot)


def _lines(trend: Trend, scale: _Scale) -> Iterator[str]:
    """Give the points of each unbroken run: a new definition or an unknown value breaks it."""
    for segment in trend.segments:
        run: list[str] = []
        for point in segment.points:
            if point.value is None:
                if run:
                    yield " ".join(run)
                run = []
            else:
                run.append(scale.at(point.quarter, point.value))
        if run:
            yield " ".join(run)


def _dots(points: tuple[Point, ...], indicator: Indicator, scale: _Scale) -> Iterator[Dot]:
    for point in points:
        if point.value is not None:
            value = printed(point.value, indicator.unit, chinese=chinese())
            yield Dot(
                x=scale.x(point.quarter),
                y=scale.y(point.value),
                standing=point.standing,
                label=f"{point.quarter} {value}",
            )


def _target(points: tuple[Point, ...], scale: _Scale) -> Iterator[str]:
    run = [scale.at(each.quarter, each.target) for each in points if each.target is not None]
    if run:
        yield " ".join(run)


def _quarters(first: Quarter, last: Quarter, scale: _Scale) -> Iterator[Tick]:
    count = last.index - first.index + 1
    every = max(1, math.ceil(count / MOST_LABELS))
    for step in range(0, count, every):
        quarter = first.after(step)
        yield Tick(at=scale.x(quarter), label=str(quarter))


def _ticks(values: list[float], unit: Unit) -> list[float]:
    """Give round numbers from below the lowest value to above the highest."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low < SLACK:
        low, high = low - abs(low) * 0.1, high + (abs(high) * 0.1 or 1.0)
    rough = (high - low) / TICKS
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next(each * scale for each in (1, 2, 2.5, 5, 10) if each * scale >= rough)
    if unit in {Unit.COUNT, Unit.LEVEL}:
        step = max(1.0, math.ceil(step))
    start = math.floor(low / step) * step
    ticks = [start]
    while ticks[-1] < high - SLACK:
        ticks.append(round(ticks[-1] + step, 10))
    return [each for each in ticks if unit is not Unit.SHARE or -SLACK <= each <= 1 + step]
