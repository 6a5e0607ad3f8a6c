"""Quarters of the calendar, written `2027-Q1`, and days that fall into them."""

from __future__ import annotations

import re
from datetime import date

from panshi.errors import UsageError

_WRITTEN = re.compile(r"([12][0-9]{3})-Q([1-4])")


def quarter_of(day: date) -> str:
    """Give the quarter a day falls into."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def ahead(quarter: str, steps: int) -> str:
    """Give the quarter so many quarters later."""
    number = _number(quarter) + steps
    return f"{number // 4}-Q{number % 4 + 1}"


def between(first: str, second: str) -> int:
    """Give how many quarters the second lies after the first."""
    return _number(second) - _number(first)


def _number(quarter: str) -> int:
    written = _WRITTEN.fullmatch(quarter)
    if written is None:
        raise UsageError(f"{quarter!r} is no quarter", remedy="write 2027-Q1")
    return int(written[1]) * 4 + int(written[2]) - 1
