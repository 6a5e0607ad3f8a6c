"""Cedar's `datetime` and `duration`: milliseconds in 64 bits, with RFC 80's forms and methods."""

from __future__ import annotations

import re
from dataclasses import dataclass

from panshi.protection.cedar.faults import EvaluationError

LIMIT = 2**63
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
UNITS = (DAY, HOUR, MINUTE, SECOND, 1)
DURATION = re.compile(
    r"(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?"
)
DATETIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2})))?"
)
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
EPOCH_DAYS = 719_468  # from 0000-03-01 to 1970-01-01


def checked(number: int, what: str) -> int:
    """Refuse what does not fit into 64 bits."""
    if not -LIMIT <= number < LIMIT:
        raise EvaluationError(f"overflow of {what}")
    return number


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A span of time."""

    milliseconds: int

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `1d2h3m4s5ms`: units in this order, each at most once, at least one."""
        match = DURATION.fullmatch(text)
        if match is None or not any(match.groups()[1:]) or len(text) > 200:  # noqa: PLR2004
            raise EvaluationError(f"`{text}` is not a duration, for example `1d2h3m4s5ms`")
        sign, *parts = match.groups()
        total = 0
        for part, unit in zip(parts, UNITS, strict=True):
            if part is not None:
                step = checked(int(sign + part), "a duration") * unit
                total = checked(total + checked(step, "a duration"), "a duration")
        return cls(total)

    def __str__(self) -> str:
        """In milliseconds."""
        return f"{self.milliseconds}ms"

    def whole(self, unit: int) -> int:
        """How many whole units it holds, towards zero."""
        count = abs(self.milliseconds) // unit
        return -count if self.milliseconds < 0 else count


@dataclass(frozen=True, slots=True, order=True)
class Datetime:
    """An instant."""

    milliseconds: int
    "Since 1970-01-01T00:00:00Z."

    @classmethod
    def parse(cls, text: str) -> Datetime:
        """Read a date, or a date and time with `Z` or an offset as `+0800`."""
        match = DATETIME.fullmatch(text)
        if match is None:
            raise EvaluationError(f"`{text}` is not a datetime, for example `2026-01-31T08:00:00Z`")
        year, month, day, hour, minute, second, fraction = (int(x or 0) for x in match.groups()[:7])
        sign, offset_hours, offset_minutes = match[8], int(match[9] or 0), int(match[10] or 0)
        if not (1 <= month <= 12 and 1 <= day <= _days_of(year, month)):  # noqa: PLR2004
            raise EvaluationError(f"`{text}` names no day of the calendar")
        if max(hour, offset_hours) > 23 or max(minute, second, offset_minutes) > 59:  # noqa: PLR2004
            raise EvaluationError(f"`{text}` names no time of the day")
        offset = offset_hours * HOUR + offset_minutes * MINUTE
        time = hour * HOUR + minute * MINUTE + second * SECOND + fraction
        shift = offset if sign == "-" else -offset
        return cls(_days_since_epoch(year, month, day) * DAY + time + shift)

    def __str__(self) -> str:
        """As an offset from the epoch: every instant has this form."""
        return f"{self.milliseconds}ms"

    def offset(self, by: Duration) -> Datetime:
        """Later by that much."""
        return Datetime(checked(self.milliseconds + by.milliseconds, "a datetime"))

    def since(self, other: Datetime) -> Duration:
        """How long after the other."""
        return Duration(checked(self.milliseconds - other.milliseconds, "a duration"))

    def date(self) -> Datetime:
        """Midnight (UTC) of its day."""
        return Datetime(checked(self.milliseconds // DAY * DAY, "a datetime"))

    def time(self) -> Duration:
        """How long after midnight (UTC)."""
        return Duration(self.milliseconds % DAY)


def _days_of(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else MONTH_DAYS[month - 1]  # noqa: PLR2004


def _days_since_epoch(year: int, month: int, day: int) -> int:
    """Count days in the proleptic Gregorian calendar; Python's own begins only with year 1."""
    shifted = year - (month <= 2)  # noqa: PLR2004
    era, of_era = divmod(shifted, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    day_of_era = of_era * 365 + of_era // 4 - of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - EPOCH_DAYS
