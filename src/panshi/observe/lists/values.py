"""Turn one cell into one value of one type, or say what is wrong with it. Nothing is guessed.

Days are ISO 8601 or of the Republic of China calendar (民國, year 1 is 1912): `2026-09-30`,
`2026/9/30`, `115/09/30`, `民國115年9月30日`. What could be read in two ways is refused: a day
with its year at the end, and a year of two digits that does not say that it is 民國.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from types import NoneType, UnionType
from typing import get_args, get_origin

from panshi.observe.lists.words import VALUES, plain
from panshi.observe.reading.texts import clean
from panshi.observe.spreadsheet import CellValue, Refused

type Value = str | int | float | bool | date | tuple[str, ...] | None

_TRUE = frozenset({"是", "有", "yes", "y", "true", "1"})
_FALSE = frozenset({"否", "無", "no", "n", "false", "0"})
_SEPARATORS = re.compile(r"[;；、\n]")
_DAY = re.compile(
    r"(?:民國\s*)?(?P<year>\d{1,4})(?P<mark>[-/.年])(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
)
_TIME_AFTER = re.compile(r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")
_WHOLE = re.compile(r"\d{1,15}(\.0+)?")
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?")
_LONGEST_TEXT = 2000
_ROC_OFFSET = 1911
_ROC_LAST = 999
_ROC_BARE = 100
_YEARS = range(1900, 2200)


class CellError(Exception):
    """What is wrong with one cell, without its place."""


def reader(field: str, annotation: object) -> Callable[[CellValue], Value] | None:
    """Give what reads a field of that type; None where a cell cannot hold it."""
    if isinstance(annotation, UnionType):
        parts = [part for part in get_args(annotation) if part is not NoneType]
        return reader(field, parts[0]) if len(parts) == 1 else None
    if get_origin(annotation) is tuple and get_args(annotation)[:1] == (str,):
        return lambda cell: _several(cell, VALUES.get(field, {}))
    if not isinstance(annotation, type):
        return None
    if annotation is float and field.endswith("_share"):
        return read_share
    if annotation is str:
        return lambda cell: _word(cell, VALUES.get(field, {}))
    readers: Mapping[type, Callable[[CellValue], Value]] = {
        bool: read_bool,
        int: read_whole,
        float: read_number,
        date: read_day,
    }
    return readers.get(annotation)


def read_bool(cell: CellValue) -> bool:
    """Read 是, 否, yes, no, true, false, 1 or 0."""
    if isinstance(cell, bool):
        return cell
    word = plain(_text(cell))
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise CellError(f"{_shown(cell)} is neither 是/yes/true/1 nor 否/no/false/0")


def read_whole(cell: CellValue) -> int:
    """Read a whole number that is not negative."""
    text = _text(cell)
    if isinstance(cell, bool) or not _WHOLE.fullmatch(text):
        raise CellError(f"{_shown(cell)} is no whole number from 0 (write it without separators)")
    return int(text.partition(".")[0])


def read_number(cell: CellValue) -> float:
    """Read a number that is not negative."""
    text = _text(cell)
    if isinstance(cell, bool) or not _NUMBER.fullmatch(text):
        raise CellError(f"{_shown(cell)} is no number from 0 (write it without separators)")
    return float(text)


def read_share(cell: CellValue) -> float:
    """Read a share from 0 to 1, or a percentage with its sign."""
    text = _text(cell)
    share = read_number(text[:-1].strip()) / 100 if text.endswith("%") else read_number(cell)
    if not 0 <= share <= 1:
        raise CellError(f"{_shown(cell)} is no share from 0 to 1 (95 % is 0.95 or 95%)")
    return share


def read_day(cell: CellValue) -> date:
    """Read a day, ISO or 民國; a time after it is left out."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _TIME_AFTER.sub("", _text(cell))
    found = _DAY.fullmatch(text)
    if found is None:
        raise CellError(f"{_shown(cell)} is no day like 2026-09-30, 115/09/30 or 民國115年9月30日")
    year = int(found["year"])
    if year < _ROC_BARE and found["mark"] != "年" and not text.startswith("民國"):
        raise CellError(f"{_shown(cell)} has a year of two digits, which could be two years")
    if 1 <= year <= _ROC_LAST:
        year += _ROC_OFFSET
    elif text.startswith("民國"):
        raise CellError(f"{_shown(cell)} has a Western year after 民國")
    try:
        day = date(year, int(found["month"]), int(found["day"]))
    except ValueError as error:
        raise CellError(f"{_shown(cell)} is no day of the calendar") from error
    if day.year not in _YEARS:
        raise CellError(f"{_shown(cell)} is outside the years 1900 to 2199")
    return day


def read_moment(cell: CellValue, zone: tzinfo) -> datetime:
    """Read a moment; without a zone it is taken in `zone`, without a time at its begin of day."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, str) and _TIME_AFTER.search(cell):
        try:
            moment = datetime.fromisoformat(cell.strip())
        except ValueError as error:
            raise CellError(f"{_shown(cell)} is no time like 2026-09-30T08:00+08:00") from error
        if moment.year not in _YEARS:
            raise CellError(f"{_shown(cell)} is outside the years 1900 to 2199")
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return datetime.combine(read_day(cell), time(), zone)


def read_text(cell: CellValue) -> str:
    """Read a text without control characters."""
    text = _text(cell)
    if len(text) > _LONGEST_TEXT:
        raise CellError(f"a text of more than {_LONGEST_TEXT:,} characters")
    return clean(text, _LONGEST_TEXT)


def _word(cell: CellValue, words: Mapping[str, str]) -> str:
    text = read_text(cell)
    return words.get(plain(text), text)


def _several(cell: CellValue, words: Mapping[str, str]) -> tuple[str, ...]:
    parts = (clean(part, _LONGEST_TEXT) for part in _SEPARATORS.split(_text(cell)))
    return tuple(words.get(plain(part), part) for part in parts if part)


def _text(cell: CellValue) -> str:
    """Give a cell as text in plain width; refuse what is no value."""
    match cell:
        case Refused():
            raise CellError(f"{cell.problem} (write the value itself)")
        case str():
            if cell.lstrip().startswith("="):
                raise CellError("a formula (write the value itself)")
            return unicodedata.normalize("NFC", cell).translate(_WIDE).strip()
        case bool():
            return "true" if cell else "false"
        case float():
            if not math.isfinite(cell):
                raise CellError("a number without end")
            return f"{cell:.15f}".rstrip("0").rstrip(".")
        case int():
            return str(cell)
        case _:
            return cell.isoformat()


_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), 0xFF05, 0xFF0E, 0xFF0F)}
"Digits, percent sign, full stop and solidus of full width."


def _shown(cell: CellValue) -> str:
    return repr(clean(cell, 40)) if isinstance(cell, str) else repr(cell)[:40]
