"""Values out of what was asked: query, body, moments; each refusal names the field."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from panshi.api.exchange import Asked
from panshi.errors import BadInputError
from panshi.model.zone import INSTITUTION_ZONE

YEARS = (1970, 9000)
type Moment = Annotated[
    str,
    Meta(
        max_length=40,
        description="Date (its last instant in Taipei) or time with zone, ISO 8601",
        examples=["2026-09-30", "2026-09-30T12:00:00+08:00"],
    ),
]
"A moment in a query; read it with `moment`."


def queried[T](asked: Asked, kind: type[T]) -> T:
    """Give the query as the dataclass the route names."""
    if not isinstance(asked.wanted, kind):
        raise TypeError(f"the route names no query {kind.__name__}")
    return asked.wanted


def given[T](asked: Asked, kind: type[T]) -> T:
    """Give the JSON body as the dataclass the route names."""
    if not isinstance(asked.given, kind):
        raise TypeError(f"the route names no body {kind.__name__}")
    return asked.given


def body_of(asked: Asked) -> Path:
    """Give the uploaded body, or say that there is none."""
    if asked.body is None:
        raise BadInputError("the request has no body", remedy="send the file as the body")
    return asked.body


def moment(text: str) -> datetime | None:
    """Read a date (its last instant in the institution's zone) or a time; None for empty."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(f"{text[:40]!r} is not a date or time", remedy="ISO 8601") from error
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise BadInputError(f"the year {found.year} is out of range", remedy="1970 to 9000")
    if len(text) == len("2026-09-30"):
        return datetime.combine(found.date(), time.max, tzinfo=INSTITUTION_ZONE)
    if found.tzinfo is None:
        raise BadInputError(f"{text!r} has no time zone", remedy=f"write {text}+08:00")
    return found
