"""The moment of judgement: its day, and the day on which something was observed.

Ages are counted in calendar days of the zone that `as_of` carries, so that a freshness period of
30 days ends at midnight where the institution is, and an exception lapses on its day there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from panshi.errors import UsageError


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of the clock, given by the caller."""

    as_of: datetime
    day: date = field(init=False)
    ordinal: int = field(init=False)
    "The day as a proleptic Gregorian ordinal, which array code can hold."
    _origin: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Refuse a time without zone; take the zone's offset as it is at that moment."""
        offset = self.as_of.utcoffset()
        if offset is None:
            raise UsageError("the moment of judgement has no time zone", remedy="give an offset")
        zone = timezone(offset if offset % timedelta(minutes=1) == timedelta() else timedelta())
        object.__setattr__(self, "day", self.as_of.astimezone(zone).date())
        object.__setattr__(self, "ordinal", self.day.toordinal())
        object.__setattr__(self, "_origin", datetime(1, 1, 1, tzinfo=zone))

    def ordinal_of(self, moment: datetime) -> int:
        """Give the ordinal of the calendar day on which something happened."""
        return (moment - self._origin).days + 1
