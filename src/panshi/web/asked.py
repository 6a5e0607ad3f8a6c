"""Values out of addresses: what cannot be read narrows nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils import timezone


def beginning_of(text: str) -> datetime | None:
    """Give the begin of a day in Taiwan's zone."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    local = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
    return local.astimezone(UTC)


def position(text: str) -> int | None:
    """Give a position in the log."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None  # noqa: PLR2004 -- digits of 64 bits
