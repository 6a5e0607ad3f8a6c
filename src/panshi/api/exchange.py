"""One HTTP exchange in values: what was asked, what is answered; RFC 9457 for what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

import msgspec

from panshi.alliance.members.claims import SignedRequest
from panshi.errors import (
    BadInputError,
    ContentError,
    ForbiddenError,
    IntegrityError,
    MissingError,
    PanshiError,
    StoreError,
    UsageError,
)
from panshi.node.alliance.admission import Entry, MemberRefusedError
from panshi.node.authority import token_permitted
from panshi.node.tokens import Token

JSON = "application/json"

_HTTP_STATUS: tuple[tuple[type[PanshiError], int], ...] = (
    (ForbiddenError, 403),
    (BadInputError, 422),
    (MissingError, 404),
    (UsageError, 422),
    (IntegrityError, 409),
    (ContentError, 500),
    (StoreError, 503),
    (PanshiError, 500),
)
"The first class that fits decides."


class RefusalError(PanshiError):
    """A refusal for which HTTP has a status of its own: 401, 405, 413, 415, 429."""

    def __init__(
        self,
        status: HTTPStatus,
        problem: str,
        *,
        remedy: str = "",
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        """Keep the status and the headers that belong to it."""
        super().__init__(problem, remedy=remedy)
        self.status = int(status)
        self.headers = headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a member's request: its signed head and its whole, bounded body."""

    entry: Entry | None = None
    "Who was let in; None where somebody enrols."
    request: SignedRequest
    hosts: frozenset[str]
    "Names under which the hub is known."
    body: bytes = b""
    sha256: bytes = b""
    "Digest of the body."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request after authentication."""

    names: Mapping[str, str]
    "Parts of the path that the route names."
    query: Mapping[str, str] = field(default_factory=dict)
    body: Path | None = None
    "The request's body on disk, bounded in size; None where there is none."
    wanted: object = None
    "The query as the route's dataclass; read with `queried`."
    given: object = None
    "The JSON body as the route's dataclass; read with `given`."
    actor: str = ""
    "The person a token is bound to, else `token:<name>`."
    role: str = ""
    token: Token | None = None
    held: tuple[str, ...] = ()
    "Every role of the person behind the token; of a service the token's."
    came: Came | None = None
    "Of a request that opens to members; None for all others."

    def with_body(self, body: Path) -> Asked:
        """Give the same request with its file."""
        return replace(self, body=body)

    def may(self, action: str) -> bool:
        """Whether the token that was presented may do this too."""
        return self.token is not None and token_permitted(self.token, action, self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A response before it is sent."""

    body: bytes
    status: int = 200
    media_type: str = JSON
    headers: tuple[tuple[bytes, bytes], ...] = ()


def answered(value: object, *, status: int = 200) -> Answered:
    """Answer with a value as JSON."""
    return Answered(body=msgspec.json.encode(value), status=status)


def nothing_more() -> Answered:
    """Answer that it is done and there is nothing to say."""
    return Answered(body=b"", status=204)


def attached(content: bytes, media_type: str, file_name: str) -> Answered:
    """Answer with a file to keep."""
    disposition = f'attachment; filename="{file_name}"'.encode()
    return Answered(
        body=content, media_type=media_type, headers=((b"content-disposition", disposition),)
    )


def problem(error: PanshiError, *, reading: bool = False) -> Answered:
    """Answer with a problem document (RFC 9457); nothing can be read where nothing fits."""
    if isinstance(error, MemberRefusedError):
        return _member_problem(error)
    status, headers = _status(error), error.headers if isinstance(error, RefusalError) else ()
    if reading and isinstance(error, UsageError):
        status = 404
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
        headers=headers,
    )


def _member_problem(error: MemberRefusedError) -> Answered:
    """Answer a refused member with the reason as a word, and how far its clock is off."""
    refused = error.refused
    detail: dict[str, object] = {
        "type": "about:blank",
        "title": refused.problem,
        "status": refused.status,
        "detail": refused.remedy,
        "instance": "",
        "reason": refused.reason,
    }
    if refused.skew is not None:
        detail["skew_seconds"] = round(refused.skew.total_seconds())
    headers: list[tuple[bytes, bytes]] = []
    if refused.retry_after:
        headers.append((b"retry-after", str(int(refused.retry_after)).encode()))
    if refused.status == HTTPStatus.UNAUTHORIZED:
        headers.append((b"www-authenticate", b'Basic realm="panshi-hub"'))
    return Answered(
        body=msgspec.json.encode(detail),
        status=refused.status,
        media_type="application/problem+json",
        headers=tuple(headers),
    )


def _status(error: PanshiError) -> int:
    if isinstance(error, RefusalError):
        return error.status
    return next(code for kind, code in _HTTP_STATUS if isinstance(error, kind))


def _public(place: str) -> str:
    """Name an uploaded body as such; where it lies on our disk is nobody's business."""
    head, slash, tail = place.rpartition("/body")
    return f"body{tail}" if slash and head.startswith("/") else place
