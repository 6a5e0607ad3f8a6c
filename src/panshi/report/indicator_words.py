"""Indicators in words and as cells: values by their unit, standings with their tone."""

from __future__ import annotations

from panshi.governance.indicators.definition import Indicator, Unit
from panshi.governance.indicators.printing import printed
from panshi.governance.indicators.trend import Standing
from panshi.report.paper.document import Cell, Figure, Mark, Say, Share, Tone

STANDINGS: dict[Standing, tuple[str, str, Tone]] = {
    Standing.ON_TARGET: ("達標", "on target", Tone.GOOD),
    Standing.WITHIN: ("容許範圍內", "within tolerance", Tone.PLAIN),
    Standing.OFF: ("未達標", "off target", Tone.FAIL),
    Standing.UNKNOWN: ("未知", "unknown", Tone.UNKNOWN),
    Standing.NO_TARGET: ("尚無目標", "no target yet", Tone.PLAIN),
}


def indicator_cell(value: float | None, indicator: Indicator, say: Say) -> Cell:
    """Give a value, or a target, of an indicator in its unit."""
    if indicator.unit is Unit.SHARE:
        return Share(value)
    return Figure(value, printed(value, indicator.unit, chinese=say.chinese))


def standing_mark(standing: Standing, say: Say) -> Mark:
    """Give how a value stands to its target."""
    zh, en, tone = STANDINGS[standing]
    return Mark(say(zh, en), tone)
