"""What TAXII 2.1 says over HTTP: media types, error messages, answers (sections 1.6, 3.2, 3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import msgspec

from panshi.api.exchange import RefusalError
from panshi.api.sender import Scope, header
from panshi.errors import (
    BadInputError,
    ForbiddenError,
    MissingError,
    PanshiError,
    StoreError,
    UsageError,
)

MEDIA = "application/taxii+json;version=2.1"
TYPE = "application/taxii+json"
VERSION = "2.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A response before it is sent."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


def reply(value: object, *, status: int = 200) -> Reply:
    """Answer with a resource."""
    return Reply(body=msgspec.json.encode(value), status=status)


def check_accept(scope: Scope) -> None:
    """Refuse a client that does not take TAXII 2.1 (1.6.8.1); no header takes anything."""
    told = header(scope, b"accept")
    if told.strip() and not any(_taken(each) for each in told.split(",")):
        raise RefusalError(
            HTTPStatus.NOT_ACCEPTABLE,
            f"nothing here is {told[:100]}",
            remedy=f"Accept: {MEDIA}",
        )


def check_content(scope: Scope) -> None:
    """Refuse content that is not TAXII 2.1."""
    told = header(scope, b"content-type")
    name, parameters = _parted(told)
    if name != TYPE or parameters.get("version", VERSION) != VERSION:
        raise RefusalError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the content is {told[:100] or 'of no type'}",
            remedy=f"Content-Type: {MEDIA}",
        )


def _taken(one: str) -> bool:
    name, parameters = _parted(one)
    if parameters.get("q", "1").rstrip("0") in {"", "0", "0."} and "q" in parameters:
        return False
    fits = name == TYPE and parameters.get("version", VERSION) == VERSION
    return fits or name in {"*/*", "application/*"}


def _parted(one: str) -> tuple[str, dict[str, str]]:
    name, *rest = (each.strip() for each in one.split(";"))
    pairs = (each.partition("=") for each in rest)
    return name.lower(), {key.strip().lower(): value.strip(' "') for key, _, value in pairs}


def told_error(error: PanshiError) -> Reply:
    """Answer with an error message resource; never with what the asked-for thing holds."""
    status = error.status if isinstance(error, RefusalError) else _status(error)
    extra = error.headers if isinstance(error, RefusalError) else ()
    message = {
        "title": error.problem,
        "description": error.remedy or error.problem,
        "error_id": type(error).__name__,
        "http_status": str(status),
    }
    return Reply(body=msgspec.json.encode(message), status=status, headers=extra)


_STATUS: tuple[tuple[type[PanshiError], HTTPStatus], ...] = (
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (MissingError, HTTPStatus.NOT_FOUND),
    (BadInputError, HTTPStatus.BAD_REQUEST),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    (PanshiError, HTTPStatus.INTERNAL_SERVER_ERROR),
)
"The first class that fits decides."


def _status(error: PanshiError) -> HTTPStatus:
    return next(status for kind, status in _STATUS if isinstance(error, kind))
