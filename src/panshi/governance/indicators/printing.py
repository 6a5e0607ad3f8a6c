"""Values of indicators in words: the number with its unit; a dash for what is not known."""

from __future__ import annotations

import math

from panshi.governance.indicators.definition import Unit

_WORDS: dict[Unit, tuple[str, str]] = {
    Unit.SHARE: ("%", "%"),
    Unit.LEVEL: ("", ""),
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
            return level(value, chinese=chinese)
        case _:
            return f"{value:,.1f}".removesuffix(".0") + word


NUMERALS = ("", "I", "II", "III", "IV")


def level(value: float, *, chinese: bool) -> str:
    """Print a stage by its numeral; below the first there is none."""
    if value == int(value) and 0 <= value < len(NUMERALS):
        if not value:
            return "未達第 I 級" if chinese else "below stage I"
        number = NUMERALS[int(value)]
    else:
        number = f"{value:.1f}"
    return f"第 {number} 級" if chinese else f"stage {number}"
