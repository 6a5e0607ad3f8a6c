"""Values of indicators in words: the number with its unit; a dash for what is not known."""

from __future__ import annotations

import math

from panshi.governance.indicators.definition import Unit

_WORDS: dict[Unit, tuple[str, str]] = {
    Unit.SHARE: ("%", "%"),
    Unit.LEVEL: ("級", ""),
    Unit.COUNT: ("", ""),
    Unit.DAYS: (" 天", " days"),
    Unit.HOURS: (" 小時", " hours"),
    Unit.MINUTES: (" 分鐘", " minutes"),
    Unit.SECONDS: (" 秒", " seconds"),
}


def printed(value: float | None, unit: Unit, *, chinese: bool) -> str:
    """Print a value; shares are never rounded up, and unknown is a dash, never 0."""
    if value is None:
        return "–"
    word = _WORDS[unit][0 if chinese else 1]
    match unit:
        case Unit.SHARE:
            return f"{math.floor(value * 1000 + 1e-9) / 10:.1f}{word}"
        case Unit.LEVEL:
            number = f"{value:.1f}".removesuffix(".0")
            return f"第 {number} {word}" if chinese else f"stage {number}"
        case _:
            return f"{value:,.1f}".removesuffix(".0") + word
