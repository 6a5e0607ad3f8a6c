"""The picture of harm growing with an outage, as geometry; the template draws it as SVG.

Time is drawn so that the first hours have room; the marks on the axis say how long it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log1p

from panshi.model.resilience.plan import UNITS, ImpactCurve, ImpactEntry
from panshi.report.continuity_words import IMPACTS, span
from panshi.web.words import chinese, pick

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520, 230, 84, 16, 26, 30
SAMPLES = 60
ROOM = 30.0
"Minutes below which time is drawn evenly, and above which it is drawn closer and closer."
MARKS = (30, 60, 120, 240, 480, 1_440, 4_320, 10_080, 43_200)
APART = 52
"Least distance of two words on an axis."
_THOUSAND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One mark with its word."""

    at: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One curve ready to be drawn."""

    title: str
    unit: str
    basis: str
    points: str
    dots: tuple[tuple[int, int], ...]
    "What was asked and answered."
    limit: int
    times: tuple[Tick, ...]
    heights: tuple[Tick, ...]
    targets: tuple[Tick, ...]
    "RTO and MTPD."
    reached: str
    "When the limit is reached, in words; empty where it never is."
    early: bool
    "Whether that is before the MTPD."
    spoken: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def harms_of(entry: ImpactEntry) -> tuple[Harm, ...]:
    """Draw every curve of an analysis on one scale of time."""
    last = max(
        (point.minutes for curve in entry.curves for point in curve.points), default=entry.mtpd
    )
    until = max(last, entry.mtpd * 1.25, entry.rto * 1.25)
    return tuple(_harm(curve, entry, until) for curve in entry.curves)


def _harm(curve: ImpactCurve, entry: ImpactEntry, until: float) -> Harm:
    top = max(curve.limit, max((each.value for each in curve.points), default=0.0)) * 1.1
    moments = sorted(
        {until * (step / SAMPLES) ** 3 for step in range(SAMPLES + 1)}
        | {each.minutes for each in curve.points if each.minutes <= until}
    )
    reached, zh = curve.tolerable, chinese()
    word = span(_whole(reached), chinese=zh) if reached is not None else ""
    title, unit = pick(IMPACTS[curve.kind]), pick(UNITS[curve.kind])
    never = pick(("不會達到不可容忍的程度", "never reaches what is not tolerable"))
    return Harm(
        title=title,
        unit=unit,
        basis=curve.basis,
        points=" ".join(f"{_x(each, until)},{_y(curve.at(each), top)}" for each in moments),
        dots=tuple((_x(each.minutes, until), _y(each.value, top)) for each in curve.points),
        limit=_y(curve.limit, top),
        times=_times(until),
        heights=(
            Tick(at=_y(0, top), label="0"),
            Tick(at=_y(curve.limit, top), label=_amount(curve.limit)),
        ),
        targets=tuple(
            Tick(at=_x(minutes, until), label=name)
            for name, minutes in (("RTO", entry.rto), ("MTPD", entry.mtpd))
        ),
        reached=word,
        early=reached is not None and reached < entry.mtpd,
        spoken=pick(
            (
                f"{title}衝擊：{word}起不可容忍" if word else f"{title}衝擊{never}",
                f"{title}: not tolerable after {word}" if word else f"{title}: {never}",
            )
        ),
    )


def _times(until: float) -> tuple[Tick, ...]:
    kept: list[Tick] = []
    for minutes in MARKS:
        at = _x(minutes, until)
        if minutes <= until and (not kept or at - kept[-1].at >= APART):
            kept.append(Tick(at=at, label=span(minutes, chinese=chinese())))
    return tuple(kept)


def _x(minutes: float, until: float) -> int:
    part = log1p(minutes / ROOM) / log1p(until / ROOM)
    return LEFT + round((WIDTH - LEFT - RIGHT) * part)


def _y(value: float, top: float) -> int:
    return HEIGHT - BOTTOM - round((HEIGHT - TOP - BOTTOM) * value / top)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= _THOUSAND else f"{value:.6g}"


def _whole(minutes: float) -> float:
    """Round down to the minute: harm is never said to come later than it does."""
    return float(int(minutes))
