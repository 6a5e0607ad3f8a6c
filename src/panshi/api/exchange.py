"""One HTTP exchange in values: what was asked, what is answered; RFC 9457 for what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from panshi.errors import (
    BadInputError,
    ContentError,
    ForbiddenError,
    IntegrityError,
    PanshiError,
    StoreError,
    UsageError,
)

_HTTP_STATUS: tuple[tuple[type[PanshiError], int], ...] = (
    (ForbiddenError, 403),
    (BadInputError, 422),
    (UsageError, 404),
    (IntegrityError, 409),
    (ContentError, 500),
    (StoreError, 503),
    (PanshiError, 500),
)
"The first class that fits decides."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request after authentication."""

    names: Mapping[str, str]
    "Parts of the path that the route names."
    query: Mapping[str, str] = field(default_factory=dict)
    body: Path | None = None
    "The request's body on disk, bounded in size; None where there is none."
    actor: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A response before it is sent."""

    body: bytes
    status: int = 200
    media_type: str = "application/json"
    headers: tuple[tuple[bytes, bytes], ...] = ()


def answered(value: object, *, status: int = 200) -> Answered:
    """Answer with a value as JSON."""
    return Answered(body=msgspec.json.encode(value), status=status)


def problem(error: PanshiError) -> Answered:
    """Answer with a problem document (RFC 9457)."""
    status = next(code for kind, code in _HTTP_STATUS if isinstance(error, kind))
    place = "" if isinstance(error, StoreError) else _public(error.place)
    detail = {
        "type": "about:blank",
        "title": error.problem,
        "status": status,
        "detail": error.remedy,
        "instance": place,
    }
    return Answered(
        body=msgspec.json.encode(detail),
        status=status,
        media_type="application/problem+json",
    )


def _public(place: str) -> str:
    """Name an uploaded body as such; where it lies on our disk is nobody's business."""
    head, slash, tail = place.rpartition("/body")
    return f"body{tail}" if slash and head.startswith("/") else place
