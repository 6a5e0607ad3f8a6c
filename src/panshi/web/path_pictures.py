"""Pictures of a path: projects over quarters, and what each amount of money buys; geometry only."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from panshi.governance.path.plan import Plan, Step
from panshi.report.path_words import money
from panshi.web.words import chinese, pick, say

WIDTH = 760
LEFT, RIGHT, TOP = 6, 6, 30
ROW, BAR = 44, 14
CURVE_HEIGHT, CURVE_LEFT, CURVE_BOTTOM, CURVE_TOP, CURVE_RIGHT = 300, 44, 44, 30, 24
HAN, LATIN = 13.5, 7.0
"Widths of a character at the size of the labels."
COST_TICKS = 5
MILLION = 1_000_000
_STEPS = (10, 12, 16, 20, 24, 30, 40, 50, 60, 80)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One project as a bar under its name."""

    id: str
    name: str
    x: float
    y: int
    width: float
    text_x: float
    anchor: str
    status: str
    told: str
    "Spoken, and shown when pointed at."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One place on an axis."""

    at: float
    word: str
    width: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """Projects over quarters."""

    spans: tuple[Span, ...]
    quarters: tuple[Mark, ...]
    height: int
    bar: int = BAR
    width: int = WIDTH
    top: int = TOP


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One rung of the curve."""

    x: float
    y: float
    told: str
    stage: str = ""
    "Named where the stage rises here."
    text_x: float = 0
    text_y: float = 0
    anchor: str = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What money buys: so many controls for so much."""

    line: str
    dots: tuple[Dot, ...]
    costs: tuple[Mark, ...]
    counts: tuple[Mark, ...]
    width: int = WIDTH
    height: int = CURVE_HEIGHT
    left: int = CURVE_LEFT
    right: int = WIDTH - CURVE_RIGHT
    bottom: int = CURVE_HEIGHT - CURVE_BOTTOM
    top: int = CURVE_TOP


def gantt(plan: Plan) -> Gantt | None:
    """Draw the projects of a path, in order of their ends."""
    if not plan.projects:
        return None
    names = [each.quarter for each in plan.quarters]
    each_wide = (WIDTH - LEFT - RIGHT) / len(names)
    column = {name: LEFT + at * each_wide for at, name in enumerate(names)}
    return Gantt(
        spans=tuple(_span(step, at, column, each_wide) for at, step in enumerate(plan.projects)),
        quarters=tuple(Mark(at=column[name], word=name, width=each_wide) for name in names),
        height=TOP + ROW * len(plan.projects) + 6,
    )


def _span(step: Step, at: int, column: dict[str, float], each_wide: float) -> Span:
    x = column[step.starts]
    width = column[step.ends] + each_wide - x
    name = f"{step.id} {pick((step.title_zh, step.title_en))}"
    fits = x + text_width(name) <= WIDTH - RIGHT
    return Span(
        id=step.id,
        name=name,
        x=round(x + 2, 1),
        y=TOP + ROW * at + 26,
        width=round(width - 4, 1),
        text_x=round(x + 2, 1) if fits else WIDTH - RIGHT,
        anchor="start" if fits else "end",
        status=step.status,
        told=f"{name} {step.starts}–{step.ends} {money(step.cost, chinese=chinese())}",
    )


def curve(plan: Plan) -> Curve | None:
    """Draw the cheapest way to ever more of the missing controls."""
    if not plan.curve:
        return None
    most, needed = max(each.cost for each in plan.curve), len(plan.missing)
    scale = _rounded(most)
    made = Curve(line="", dots=(), costs=(), counts=())
    wide, high = made.right - made.left, made.bottom - made.top

    def place(cost: int, count: int) -> tuple[float, float]:
        return (
            round(made.left + wide * cost / scale, 1),
            round(made.bottom - high * count / max(1, needed), 1),
        )

    points, dots = [place(0, 0)], list[Dot]()
    stage = plan.before.stage
    for rung in plan.curve:
        x, y = place(rung.cost, rung.controls)
        points += [(x, points[-1][1]), (x, y)]
        rises, late = rung.stage > stage, x > made.right - 90
        stage = max(stage, rung.stage)
        told = say("{}：{} 項成立", "{}: {} hold").format(
            money(rung.cost, chinese=chinese()), rung.controls
        )
        numeral = ("", "I", "II", "III", "IV")[rung.stage]
        dots.append(
            Dot(
                x=x,
                y=y,
                told=told,
                stage=say("第 {} 級", "stage {}").format(numeral) if rises else "",
                text_x=x - 8 if late else x + 8,
                text_y=y - 9 if late else y + 18,
                anchor="end" if late else "start",
            )
        )
    points.append((made.right, points[-1][1]))
    return Curve(
        line=" ".join(f"{x},{y}" for x, y in points),
        dots=tuple(dots),
        costs=tuple(
            Mark(at=place(cost, 0)[0], word=_millions(cost))
            for cost in range(0, scale + 1, max(1, scale // COST_TICKS))
        ),
        counts=tuple(
            Mark(at=place(0, count)[1], word=str(count)) for count in _whole_ticks(needed)
        ),
    )


def text_width(text: str) -> float:
    """Estimate how wide a text is drawn."""
    return sum(HAN if unicodedata.east_asian_width(each) in "WF" else LATIN for each in text)


def _rounded(most: int) -> int:
    """Give a round sum of at least as much, which the ticks part evenly."""
    unit = COST_TICKS * 10_000
    while True:
        for step in _STEPS:
            if unit * step >= 10 * most:
                return unit * step // 10
        unit *= 10


def _millions(cost: int) -> str:
    if chinese():
        return f"{cost // 10_000:,} 萬"
    return f"{cost / MILLION:g} M"


def _whole_ticks(most: int) -> range:
    step = max(1, -(-most // 6))
    return range(0, most + 1, step)
