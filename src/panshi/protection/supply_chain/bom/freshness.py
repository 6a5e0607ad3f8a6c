"""Judge the age of a bill of materials on a day: fresh, stale, undated, or of the future."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

OLDEST = 90
"Days after which a bill no longer tells what runs, unless the caller sets another number."


class Age(StrEnum):
    """What the date of a bill says."""

    FRESH = "fresh"
    STALE = "stale"
    UNDATED = "undated"
    FUTURE = "future"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How old a bill is on a day."""

    age: Age
    days: int | None
    zh: str
    en: str


def freshness(created: str, day: date, *, oldest: int = OLDEST) -> Freshness:
    """Give the age of a bill made at that time, as written in it."""
    made = _day(created)
    if made is None:
        return Freshness(
            age=Age.UNDATED, days=None, zh="清單未載製作時間", en="it does not say when it was made"
        )
    days = (day - made).days
    if days < -1:
        return Freshness(
            age=Age.FUTURE,
            days=days,
            zh=f"製作日期 {made} 在未來",
            en=f"its date {made} is in the future",
        )
    days = max(days, 0)
    if days > oldest:
        return Freshness(
            age=Age.STALE,
            days=days,
            zh=f"已 {days} 天，超過 {oldest} 天",
            en=f"it is {days} days old, more than {oldest}",
        )
    return Freshness(age=Age.FRESH, days=days, zh=f"{days} 天前製作", en=f"it is {days} days old")


def _day(created: str) -> date | None:
    try:
        moment = datetime.fromisoformat(created.strip())
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None
