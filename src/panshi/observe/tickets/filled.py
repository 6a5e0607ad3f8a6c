"""A filled-in form into a draft: what people write in a mail or a row of the template.

Choices are read by value, Chinese or English word; times without zone are those of the
institutions; years of the Republic (115/09/30) are years too. An indicator nobody can tell the
kind of is kept in the text, so that nothing that was written is lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from panshi.errors import BadInputError
from panshi.model.alliance.ticket_layout import Holds, Part, parts_by_label
from panshi.model.zone import INSTITUTION_ZONE
from panshi.observe.tickets.draft import Draft, long_text, name, observable, put

type Written = str | int | float | bool | date

_TIME = re.compile(
    r"(?P<year>\d{2,4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<half>上午|下午|AM|PM|am|pm)?\s*(?P<hour>\d{1,2})\s*[:：時點]\s*(?P<minute>\d{1,2})"
    r"(?:\s*[:：分]\s*(?P<second>\d{1,2}))?\s*[分秒]?)?"
)
_SPLIT = re.compile(r"[;；、\n]|,\s|，")
_AFTERNOON = {"下午", "PM", "pm"}
_REPUBLIC = 1911
MOST_TIME = 60
"Characters of a time; longer ones are none."
_NOON = 12
PARTS = parts_by_label()


def filled(written: Mapping[str, tuple[Part, Written, str]]) -> Draft:
    """Give the draft of what was written: by field, the part, the value and its place."""
    draft: Draft = {}
    for field, (part, value, place) in written.items():
        read = _read(part, value, place)
        if field == "indicators":
            _indicators(draft, read if isinstance(read, list) else [])
            continue
        head, dot, inner = field.partition(".")
        if dot:
            put(draft.setdefault(head, {}), inner, read)
        elif field == "text" and "text" in draft:
            draft["text"] = f"{read}\n{draft['text']}"
        else:
            put(draft, field, read)
    for head in ("impact", "marking"):
        if not draft.get(head, True):
            del draft[head]
    return draft


def moment(text: str, place: str) -> str:
    """Read a time as people write it; ISO 8601 with zone."""
    stripped = text.strip()
    try:
        found = datetime.fromisoformat(stripped)
    except ValueError:
        found = _spoken(stripped, place)
    return (found if found.tzinfo else found.replace(tzinfo=INSTITUTION_ZONE)).isoformat()


def _read(part: Part, value: Written, place: str) -> object:
    text = _text(value)
    match part.holds:
        case Holds.TEXT:
            return name(text)
        case Holds.LONG:
            return long_text(text)
        case Holds.TIME:
            return moment(text, place) if text.strip() else ""
        case Holds.WHOLE:
            return _whole(text, place) if text.strip() else None
        case Holds.CHOICE:
            return _choice(part, text, place) if text.strip() else ""
        case Holds.CHOICES:
            return [_choice(part, each, place) for each in _texts(text)]
        case Holds.TEXTS:
            return _texts(text)


def _text(value: Written) -> str:
    match value:
        case datetime() | date():
            whole = value if isinstance(value, datetime) else datetime.combine(value, time())
            return whole.isoformat()
        case bool():
            return str(value)
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _texts(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (name(each) for each in _SPLIT.split(text)))))


def _whole(text: str, place: str) -> int:
    digits = text.strip().replace(",", "").replace("，", "")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 15:  # noqa: PLR2004 -- below 10**15
        raise BadInputError(f"{text[:40]!r} is not a whole number", place=place, remedy="e.g. 120")
    return int(digits)


def _choice(part: Part, text: str, place: str) -> str:
    wanted = text.strip().casefold()
    words = part.words or {}
    for value, spoken in words.items():
        if wanted in {str(value).casefold(), *(each.casefold() for each in spoken)}:
            return str(value)
    known = "、".join(spoken[0] for spoken in words.values())
    raise BadInputError(
        f"{part.zh} {text[:40]!r} is none of its words", place=place, remedy=f"one of: {known}"
    )


def _spoken(text: str, place: str) -> datetime:
    found = _TIME.fullmatch(text[:MOST_TIME])
    try:
        if found is None or len(text) > MOST_TIME:
            raise ValueError(text)
        year = int(found["year"])
        hour = int(found["hour"] or 0)
        if found["half"]:
            hour = hour % _NOON + (_NOON if found["half"] in _AFTERNOON else 0)
        return datetime(
            year + _REPUBLIC if year < 1000 else year,  # noqa: PLR2004 -- years of the Republic
            int(found["month"]),
            int(found["day"]),
            hour,
            int(found["minute"] or 0),
            int(found["second"] or 0),
            tzinfo=INSTITUTION_ZONE,
        )
    except ValueError as error:
        raise BadInputError(
            f"{text[:40]!r} is not a time",
            place=place,
            remedy="2026-09-30 10:05, or 115/09/30 10:05",
        ) from error


def _indicators(draft: Draft, values: list[str]) -> None:
    known = [(value, observable(value)) for value in values]
    put(draft, "indicators", [each for _value, each in known if each])
    unknown = [value for value, each in known if each is None]
    if unknown:
        told = f"入侵指標：{'；'.join(unknown)}"
        draft["text"] = f"{draft['text']}\n{told}" if "text" in draft else told
