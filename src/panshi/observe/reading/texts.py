"""Turn foreign values into what a body may hold: clean short texts, whole numbers, instants."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from panshi.errors import BadInputError

if TYPE_CHECKING:
    from panshi.observe.port import Look

TEXT_LIMIT = 500
"Characters of a name or message that a body keeps."
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_SKEW = timedelta(minutes=5)
"A clock may be that far ahead of ours before its time is not believed."


def clean(value: object, limit: int = TEXT_LIMIT) -> str:
    """Give a text without control characters, cut with an ellipsis; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    text = _UNSEEN.sub(" ", value[: 4 * limit]).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def instant(text: object, zone: tzinfo) -> datetime | None:
    """Read ISO 8601; a time without zone is taken in `zone`. None where it is no time."""
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def observed(text: object, look: Look, place: str) -> datetime:
    """Give the time a file states for its look, or the time of ours where it states none.

    A time in the future would keep evidence fresh for longer than it is; it is not believed.
    """
    moment = instant(text, zone_of(look))
    if moment is None:
        if isinstance(text, str) and text.strip():
            look.warn(f"{place}: {clean(text, 60)!r} is not a time; the time of reading is used")
        return look.now
    if moment > look.now + _SKEW:
        look.warn(f"{place}: {moment:%Y-%m-%d %H:%M} is in the future; the time of reading is used")
        return look.now
    return min(moment, look.now)


def zone_of(look: Look) -> tzinfo:
    """Give the zone in which times without one are read: that of the look."""
    if look.now.tzinfo is None:
        raise BadInputError("a time without zone", remedy="give times with an offset")
    return look.now.tzinfo
