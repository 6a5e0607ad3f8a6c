"""The moment of judgement: its day, and the day on which something was observed.

Days are those of one zone, the institution's, whatever offset a time is written in. The same
instant therefore always gives the same grade: a freshness period of 30 days ends, and an exception
lapses, at midnight in Taipei, wherever the question is asked from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from panshi.errors import UsageError
from panshi.model.zone import INSTITUTION_ZONE

__all__ = ("INSTITUTION_ZONE", "Moment")

_ORIGIN = datetime(1, 1, 1, tzinfo=INSTITUTION_ZONE)


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of the clock, given by the caller."""

    as_of: datetime
    day: date = field(init=False)
    ordinal: int = field(init=False)
    "The day as a proleptic Gregorian ordinal, which array code can hold."

    def __post_init__(self) -> None:
        """Refuse a time without zone; take the day it is in the institution's zone."""
        if self.as_of.utcoffset() is None:
            raise UsageError("the moment of judgement has no time zone", remedy="give an offset")
        try:
            day = date.fromordinal(self.ordinal_of(self.as_of))
        except (OverflowError, ValueError) as error:
            raise UsageError(
                f"the moment of judgement {self.as_of.isoformat()} is on no day of the calendar",
                remedy="give a time between the years 1 and 9999",
            ) from error
        object.__setattr__(self, "day", day)
        object.__setattr__(self, "ordinal", day.toordinal())

    def ordinal_of(self, moment: datetime) -> int:
        """Give the ordinal of the calendar day on which something happened."""
        return (moment - _ORIGIN).days + 1
