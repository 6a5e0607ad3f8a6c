"""When things happened, Chinese and English: absolute and relative, years of the Republic too.

Years of the Republic (民國) count from 1912; a bare three-digit year is one. What is relative is
told only as far as the day it was written on is given; a time without zone is Taipei's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

REPUBLIC = 1911
"Years between the Republic's count and the common one."


class Precision(StrEnum):
    """How exactly it is told."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    UNKNOWN = "unknown"
    "Relative to a day that was not given."


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Moment:
    """A time and the span of text that tells it."""

    start: int
    end: int
    text: str
    at: str
    "`2026-03-05T09:20+08:00`, `2026-03-05` or `2026-03`; empty where it cannot be told."
    precision: Precision


_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sept sep", "october oct", "november nov", "december dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=lambda name: -len(name)))
_HALF = "凌晨|清晨|早上|上午|中午|午間|下午|傍晚|晚上|晚間|夜間|深夜|午夜"
_CLOCK = (
    rf"(?:(?P<half>{_HALF})\s?)?(?:(?P<hour>\d{{1,2}})\s?(?:[:：]|時|點)\s?(?:(?P<half_past>半)|(?P<minute>\d{{1,2}})\s?分?(?:\s?[:：]?\s?\d{{1,2}}\s?秒?)?)?"
    r"(?:\s?(?P<pm>[ap]\.?m\.?))?)(?P<zone>\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
)
_ZH = re.compile(
    rf"(?:(?:(?:中華)?(?P<roc>民國)\s?)?(?P<year>\d{{2,4}})\s?年\s?)?(?P<month>\d{{1,2}})\s?月\s?(?:(?P<day>\d{{1,2}})\s?[日號])?\s?(?:[（(][一二三四五六日週星期]{{1,3}}[）)])?\s?(?:{_CLOCK})?",
    re.IGNORECASE,
)
_ISO = re.compile(
    rf"(?<![\d./-])(?P<year>\d{{3,4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?![\d./-]\d)(?:[T\s]\s?{_CLOCK})?",
    re.IGNORECASE,
)
_EN = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<month>{_MONTH})\.?(?:,?\s(?P<year>\d{{4}}))?|(?P<month2>{_MONTH})\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s(?P<year2>\d{{4}}))?)(?:,?\s(?:at\s)?{_CLOCK})?(?![A-Za-z])",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?:(?<=[^\d.:])|^)(?=[{_HALF[0]}\d凌清早上中午下傍晚夜深]){_CLOCK}(?![\d:.])", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"(?P<zh_ago>(?P<count>\d{1,3}|[一二兩三四五六七八九十]{1,2})\s?個?\s?(?P<unit>天|日|週|周|星期|個月|月|小時)\s?(?:前|之前|以前))"
    r"|(?P<zh_day>大前天|前天|前日|前一日|昨天|昨日|昨晚|今天|今日|今早|今晚|本日|當日|當天|上週[一二三四五六日]?|上周[一二三四五六日]?|上個?月|本週|本月)"
    r"|(?<![A-Za-z])(?P<en_ago>(?P<count2>\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s(?P<unit2>hour|day|week|month)s?\s(?:ago|earlier))(?![A-Za-z])"
    r"|(?<![A-Za-z])(?P<en_day>yesterday|today|this morning|last night|last week|last month)"
    r"(?![A-Za-z])",
    re.IGNORECASE,
)
_LATE = frozenset({"下午", "傍晚", "晚上", "晚間", "夜間", "深夜"})
_NOON = frozenset({"中午", "午間"})
_DAYS_BACK = {
    "大前天": 3, "前天": 2, "前日": 2, "昨天": 1, "昨日": 1, "昨晚": 1, "今天": 0, "今日": 0,
    "今早": 0, "今晚": 0, "本日": 0, "yesterday": 1, "last night": 1, "today": 0, "this morning": 0,
}  # fmt: skip
_NUMERALS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"兩": 2}
_WORDS = dict(
    zip(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
        range(1, 11),
        strict=True,
    )
) | {"a": 1, "an": 1}
_UNIT_DAYS = {"天": 1, "日": 1, "週": 7, "周": 7, "星期": 7, "day": 1, "week": 7}


def times(text: str, *, written: date | None = None) -> tuple[Moment, ...]:
    """Find every time told in a text, in its order; `written` is the day it was written on."""
    taken: list[tuple[int, int]] = []
    found: list[Moment] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            span = (match.start(), match.start() + len(match.group().rstrip()))
            if span[0] == span[1] or any(span[0] < end and start < span[1] for start, end in taken):
                continue
            told = read(match, written)
            if told is None:
                continue
            taken.append(span)
            at, precision = told
            found.append(
                Moment(
                    start=span[0],
                    end=span[1],
                    text=text[slice(*span)],
                    at=at,
                    precision=precision,
                )
            )
    return tuple(sorted(found))


type Told = tuple[str, Precision] | None
type Groups = dict[str, str | None]


def _chinese(match: re.Match[str], written: date | None) -> Told:
    groups = match.groupdict()
    if groups["day"] is None:
        if groups["year"] is None or groups["hour"] is not None:
            return None
        year = _year(groups["year"], republic=groups["roc"] is not None)
        month = int(groups["month"] or 0)
        return (f"{year:04}-{month:02}", Precision.MONTH) if 1 <= month <= 12 else None  # noqa: PLR2004 -- months
    told = _year(groups["year"], republic=groups["roc"] is not None) if groups["year"] else None
    return _dated(told, groups["month"], groups["day"], groups, written)


def _numeric(match: re.Match[str], written: date | None) -> Told:
    groups = match.groupdict()
    year = _year(groups["year"] or "", republic=False)
    return _dated(year, groups["month"], groups["day"], groups, written)


def _english(match: re.Match[str], written: date | None) -> Told:
    groups = match.groupdict()
    month = str(_MONTHS[(groups["month"] or groups["month2"] or "").lower()])
    year = groups["year"] or groups["year2"]
    day = groups["day"] or groups["day2"]
    return _dated(int(year) if year else None, month, day, groups, written)


def _bare(match: re.Match[str], _written: date | None) -> Told:
    groups = match.groupdict()
    marked = groups["half"] or groups["pm"] or len(groups["minute"] or "") > 1
    if not marked or groups["hour"] is None or _clock(groups) is None:
        return None
    hour, minute = _clock(groups) or (0, 0)
    exact = groups["minute"] is not None or groups["half_past"] is not None
    return f"T{hour:02}:{minute:02}", Precision.MINUTE if exact else Precision.HOUR


def _relative(match: re.Match[str], written: date | None) -> Told:
    groups = match.groupdict()
    day = (groups["zh_day"] or groups["en_day"] or "").lower()
    if written is None:
        return "", Precision.UNKNOWN
    if day in _DAYS_BACK:
        return (written - timedelta(days=_DAYS_BACK[day])).isoformat(), Precision.DAY
    if day:
        return "", Precision.UNKNOWN
    unit = (groups["unit"] or groups["unit2"] or "").lower()
    count = _count(groups["count"] or groups["count2"] or "")
    if unit in _UNIT_DAYS:
        back = timedelta(days=count * _UNIT_DAYS[unit])
        return (written - back).isoformat(), Precision.DAY
    return "", Precision.UNKNOWN


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date | None], Told]], ...] = (
    (_ISO, _numeric),
    (_ZH, _chinese),
    (_EN, _english),
    (_RELATIVE, _relative),
    (_BARE, _bare),
)


def _year(digits: str, *, republic: bool) -> int:
    number = int(digits)
    return number + REPUBLIC if republic or len(digits) <= 3 else number  # noqa: PLR2004 -- digits


def _dated(
    year: int | None, month: str | None, day: str | None, groups: Groups, written: date | None
) -> Told:
    assumed = year or (written.year if written else 0)
    try:
        told = date(assumed or 2000, int(month or 0), int(day or 0))
    except ValueError:
        return None
    ahead = written is not None and told > written + timedelta(days=1)
    if year is None and ahead and (told.month, told.day) != (2, 29):
        told = told.replace(year=told.year - 1)
    shown = told.isoformat() if assumed else f"--{told:%m-%d}"
    clock = _clock(groups)
    if clock is None:
        return shown, Precision.DAY
    exact = groups["minute"] is not None or groups["half_past"] is not None
    hour, minute = clock
    return (
        f"{shown}T{hour:02}:{minute:02}{_zone(groups['zone'])}",
        Precision.MINUTE if exact else Precision.HOUR,
    )


def _clock(groups: Groups) -> tuple[int, int] | None:
    if groups["hour"] is None:
        return None
    hour, minute = int(groups["hour"]), int(groups["minute"] or 0)
    if groups["half_past"]:
        minute = 30
    half, english = groups["half"] or "", (groups["pm"] or "").lower()
    noon = 12
    if (
        (half in _LATE or english.startswith("p") or half in _NOON)
        and hour < noon
        and not (half in _NOON and hour == noon - 1)
    ):
        hour += noon
    elif hour == noon and (half in {"凌晨", "午夜", "深夜"} or english.startswith("a")):
        hour = 0
    return (hour, minute) if hour <= 24 and minute < 60 else None  # noqa: PLR2004 -- a clock


def _zone(written: str | None) -> str:
    plain = (written or "").strip().upper()
    if not plain:
        return "+08:00"
    if plain in {"Z", "UTC", "GMT"}:
        return "+00:00"
    return plain if ":" in plain else f"{plain[:3]}:{plain[3:]}"


def _count(words: str) -> int:
    low = words.lower()
    if low.isdecimal():
        return int(low)
    if low in _WORDS:
        return _WORDS[low]
    total = 0
    for letter in low:
        value = _NUMERALS.get(letter, 0)
        total = total * 10 + value if letter != "十" else max(total, 1) * 10
    return total
