"""Reach into decoded foreign JSON without trusting its shape: what is not there is empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from panshi.observe.reading.texts import TEXT_LIMIT, clean

_MOST_DIGITS = 15
_MILLISECONDS = 100_000_000_000
"Seconds since 1970 above this are milliseconds."


def member(value: object, *path: str) -> object:
    """Follow names into objects; None where the way ends."""
    for name in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def table(value: object, *path: str) -> Mapping[str, object]:
    """Give the object there; empty where there is none."""
    found = member(value, *path)
    return cast("Mapping[str, object]", found) if isinstance(found, Mapping) else {}


def listed(value: object, *path: str) -> list[object]:
    """Give the list there; empty where there is none."""
    found = member(value, *path)
    return found if isinstance(found, list) else []


def text(value: object, *path: str, limit: int = TEXT_LIMIT) -> str:
    """Give the text there, cleaned; empty where there is none."""
    return clean(member(value, *path), limit)


def texts(value: object, *path: str, limit: int = TEXT_LIMIT) -> tuple[str, ...]:
    """Give the texts of the list there, cleaned, empty ones left out."""
    return tuple(filter(None, (clean(each, limit) for each in listed(value, *path))))


def whole(value: object, *path: str) -> int:
    """Give the whole number there, also where it is written as text; 0 where there is none."""
    found = member(value, *path)
    if isinstance(found, bool):
        return 0
    if isinstance(found, int) and abs(found) < 10**_MOST_DIGITS:
        return found
    if isinstance(found, float) and abs(found) < 10**_MOST_DIGITS:
        return int(found)
    if isinstance(found, str) and len(found) <= _MOST_DIGITS and found.isascii():
        return int(found) if found.removeprefix("-").isdecimal() else 0
    return 0


def flag(value: object, *path: str) -> bool | None:
    """Give the truth there, also where it is written as text; None where there is none."""
    found = member(value, *path)
    if isinstance(found, bool):
        return found
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    return known.get(str(found).strip().lower()) if isinstance(found, str | int) else None


def epoch(value: object, *path: str) -> str:
    """Give seconds or milliseconds since 1970 as an ISO 8601 time; empty where there are none."""
    seconds = float(whole(value, *path))
    if seconds <= 0:
        return ""
    if seconds > _MILLISECONDS:
        seconds /= 1000
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return ""
