"""The picture of a score losing its weight with time, as geometry; templates draw it as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from panshi.model.zone import day_of
from panshi.node.alliance.intelligence.content import worths
from panshi.node.alliance.intelligence.known import Known, curve_over

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 200, 56, 12, 12, 28
STEPS = 24
LONGEST = 180
"Days ahead at most."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One mark of an axis."""

    at: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """A score from today on, as long as nobody says anything new."""

    points: str
    limit: int
    "Height at which it is no longer looked for."
    days: tuple[Tick, ...]
    heights: tuple[Tick, ...]
    until: str
    "First day on which it is no longer looked for; empty within the picture."
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def decay_of(one: Known, now: datetime) -> Decay:
    """Draw a value's score from now on."""
    content = worths()
    ahead = min(content.curve(one.kind).lifetime_days, LONGEST)
    moments = [now + timedelta(days=ahead * step / STEPS) for step in range(STEPS + 1)]
    scores = curve_over(one, moments)
    gone = next(
        (at for at, score in zip(moments, scores, strict=True) if score < content.looked_for), None
    )
    return Decay(
        points=" ".join(f"{_x(step)},{_y(score)}" for step, score in enumerate(scores)),
        limit=_y(content.looked_for),
        days=tuple(
            Tick(at=_x(step), label=day_of(moments[step]).isoformat())
            for step in (0, STEPS // 2, STEPS)
        ),
        heights=tuple(Tick(at=_y(score), label=f"{score}%") for score in (0, 50, 100)),
        until=day_of(gone).isoformat() if gone else "",
    )


def _x(step: int) -> int:
    return LEFT + round((WIDTH - LEFT - RIGHT) * step / STEPS)


def _y(score: int) -> int:
    return HEIGHT - BOTTOM - round((HEIGHT - TOP - BOTTOM) * score / 100)
