"""Pictures of the scope: risk against impact as a scatter, the funnel as bars; geometry only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from panshi.protection.zero_trust.scope.facts import Field
from panshi.protection.zero_trust.scope.funnel import FieldFunnel
from panshi.protection.zero_trust.scope.readings import Readings
from panshi.protection.zero_trust.scope.scoping import SystemScope
from panshi.protection.zero_trust.scope.scores import Total
from panshi.report.zero_trust_scope.words import STEPS, field_name
from panshi.web.words import chinese, pick, say

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 26, 52
RISK, IMPACT = (6, 18), (5, 15)
SMALLEST, GROWTH, LARGEST = 5.0, 1.6, 18.0
ROW, BAR, LABEL, ROOM = 78, 14, 190, 110


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """Systems with the same sums."""

    x: float
    y: float
    r: float
    sure: bool
    "Both sums are settled; else the middle of their bounds."
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One place on an axis."""

    at: float
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Risk upward, impact to the right; the quadrant at the upper left is where to begin."""

    dots: tuple[Dot, ...]
    risks: tuple[Tick, ...]
    impacts: tuple[Tick, ...]
    cut_x: float
    cut_y: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM

    @property
    def quadrant(self) -> tuple[float, float]:
        """Width and height of the quadrant where to begin."""
        return round(self.cut_x - self.left, 1), round(self.cut_y - self.top, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bar of a funnel."""

    word: str
    y: int
    width: float
    open_x: float
    open_width: float
    "What is not known beyond it."
    told: str
    count: int
    open: int
    count_x: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """The funnel of one field."""

    field: Field
    name: str
    y: int
    chosen: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnels:
    """All six."""

    fields: tuple[Bars, ...]
    height: int
    width: int = WIDTH
    label: int = LABEL
    bar: int = BAR


def scatter(systems: Iterable[SystemScope], field: Field, readings: Readings) -> Scatter:
    """Draw the systems of one field by their sums."""
    places: dict[tuple[float, float, bool], list[SystemScope]] = {}
    for each in systems:
        found = each.fields[field]
        sure = found.risk.value is not None and found.impact.value is not None
        key = (_middle(found.impact), _middle(found.risk), sure)
        places.setdefault(key, []).append(each)
    return Scatter(
        dots=tuple(_dot(key, group) for key, group in sorted(places.items())),
        risks=tuple(Tick(at=_y(each), word=str(each)) for each in range(RISK[0], RISK[1] + 1, 2)),
        impacts=tuple(
            Tick(at=_x(each), word=str(each)) for each in range(IMPACT[0], IMPACT[1] + 1, 2)
        ),
        cut_x=_x(readings.impact_cutoff + 0.5),
        cut_y=_y(readings.risk_cutoff - 0.5),
    )


def _dot(key: tuple[float, float, bool], group: list[SystemScope]) -> Dot:
    impact, risk, sure = key
    names = say("、", ", ").join(each.system.name for each in group[:8])
    more = say("……等 {} 個", "… {} in all").format(len(group)) if len(group) > 8 else ""  # noqa: PLR2004
    sums = say("風險 {}、衝擊 {}", "risk {}, impact {}").format(f"{risk:g}", f"{impact:g}")
    known = "" if sure else say("（區間中點）", " (middle of its range)")
    return Dot(
        x=_x(impact),
        y=_y(risk),
        r=min(SMALLEST + GROWTH * (len(group) - 1), LARGEST),
        sure=sure,
        told=f"{sums}{known}{say('：', ': ')}{names}{more}",
    )


def _middle(total: Total) -> float:
    return (total.low + total.high) / 2


def _x(impact: float) -> float:
    low, high = IMPACT[0] - 0.5, IMPACT[1] + 0.5
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (impact - low) / (high - low), 1)


def _y(risk: float) -> float:
    low, high = RISK[0] - 0.5, RISK[1] + 0.5
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (risk - low) / (high - low), 1)


def funnels(found: tuple[FieldFunnel, ...]) -> Funnels:
    """Draw three bars for each field, all to one scale."""
    most = max((each.applicable + each.unknown[0] for each in found), default=0) or 1
    scale = (WIDTH - LABEL - ROOM) / most
    return Funnels(
        fields=tuple(_bars(each, at, scale) for at, each in enumerate(found)),
        height=ROW * len(found) + 8,
    )


def _bars(each: FieldFunnel, at: int, scale: float) -> Bars:
    counts = (each.applicable, each.high_risk, each.low_impact)
    top = ROW * at + 20
    made = []
    for step, (count, open_) in enumerate(zip(counts, each.unknown, strict=True)):
        width = round(count * scale, 1)
        open_width = round(min(open_ * scale, WIDTH - ROOM - LABEL - width), 1)
        word = pick(STEPS[step])
        told = say("{}：{} 個，另有 {} 個未知", "{}: {}, {} not known").format(word, count, open_)
        made.append(
            Step(
                word=word,
                y=top + step * (BAR + 4),
                width=width,
                open_x=round(LABEL + width, 1),
                open_width=open_width,
                told=told,
                count=count,
                open=open_,
                count_x=round(LABEL + width + open_width + 6, 1),
            )
        )
    return Bars(
        field=each.field,
        name=field_name(each.field, chinese=chinese()),
        y=top - 6,
        chosen=each.chosen,
        steps=tuple(made),
    )
