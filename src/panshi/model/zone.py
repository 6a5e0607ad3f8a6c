"""The zone in which an institution in Taiwan counts its days: UTC+08:00, without summer time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

INSTITUTION_ZONE = timezone(timedelta(hours=8), "Asia/Taipei")


def day_of(moment: datetime) -> date:
    """Give the day a moment falls on in the institution's zone."""
    return moment.astimezone(INSTITUTION_ZONE).date()
