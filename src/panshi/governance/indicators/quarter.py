"""Quarters of the calendar year, counted in the institution's zone: `2026Q3`, 115 年第 3 季."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from panshi.errors import BadInputError
from panshi.model.zone import INSTITUTION_ZONE, day_of

_NAME = re.compile(r"((?:19|20|21)\d\d)Q([1-4])")
ROC_BEFORE = 1911
PER_YEAR = 4


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Quarter:
    """One quarter; quarters sort by time."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> Quarter:
        """Read `2026Q3`."""
        fit = _NAME.fullmatch(text)
        if fit is None:
            raise BadInputError(f"{text[:20]!r} is not a quarter", remedy="write 2026Q3")
        return cls(year=int(fit[1]), number=int(fit[2]))

    @classmethod
    def of(cls, moment: datetime) -> Quarter:
        """Give the quarter a moment falls in."""
        return cls.of_day(day_of(moment))

    @classmethod
    def of_day(cls, day: date) -> Quarter:
        """Give the quarter a day is in."""
        return cls(year=day.year, number=(day.month - 1) // 3 + 1)

    @property
    def index(self) -> int:
        """Give a number that grows by one from quarter to quarter."""
        return self.year * PER_YEAR + self.number - 1

    @property
    def begins(self) -> datetime:
        """First instant."""
        return datetime.combine(self.first_day, time.min, tzinfo=INSTITUTION_ZONE)

    @property
    def ends(self) -> datetime:
        """Last instant: the moment its values are judged as of."""
        return self.after(1).begins - timedelta(microseconds=1)

    @property
    def first_day(self) -> date:
        """First day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> date:
        """Last day."""
        return day_of(self.ends)

    def after(self, count: int) -> Quarter:
        """Give the quarter so many later, or earlier where negative."""
        year, number = divmod(self.index + count, PER_YEAR)
        return Quarter(year=year, number=number + 1)

    def __str__(self) -> str:
        """Write `2026Q3`."""
        return f"{self.year}Q{self.number}"

    @property
    def words_zh(self) -> str:
        """Write it as forms in Taiwan do."""
        return f"{self.year - ROC_BEFORE} 年第 {self.number} 季"
