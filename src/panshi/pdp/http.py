"""Requests and answers as the handlers of the decision point see them.

A handler is a plain or an async function of the decision point and a request. It gives an answer
with its whole body, or a stream whose body comes piece by piece (chunked, with back-pressure: the
next piece is asked for only when the peer has taken the last).

A hot handler is the short way of a route that is asked a hundred thousand times a second: bytes in,
bytes out, no request object. It gives None for whatever is not plain, and the handler takes over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request, read whole."""

    method: str
    """Upper case, as sent."""
    path: str
    """Path without query, percent-escapes left as they came."""
    query: str = ""
    """What stands after the question mark."""
    headers: Mapping[str, str]
    """Lower-case names; a header sent twice is joined by ", "."""
    body: bytes = b""
    """The whole body, within the server's limit."""
    peer: str = ""
    """Address the connection comes from; empty on the control socket."""
    certificate: str | None = None
    """PEM of the client's certificate, verified against --client-ca."""
    caller: str = ""
    """Name of the token or certificate the request was let in by; empty on open routes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """One answer with its whole body."""

    status: int = HTTPStatus.OK
    """HTTP status code."""
    body: bytes = b""
    """The body; Content-Length follows from it."""
    content_type: str = JSON
    """Left out of the answer where the body is empty."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers; Content-Length, Date, Connection and X-Request-ID are the server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(HttpAnswer):
    """An answer that goes on: each piece is one chunk."""

    pieces: AsyncIterator[bytes]
    """Closed (`aclose`) when the peer leaves or the server stops."""


Reply = HttpAnswer | Awaitable[HttpAnswer]
Handler = Callable[["DecisionPoint", HttpRequest], Reply]
HotHandler = Callable[["DecisionPoint", bytes, str], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PdpRoute:
    """Where a handler is found and who may call it."""

    method: str
    """GET, POST, …; "*" for every method (questions of proxies keep the client's own)."""
    path: str
    """The exact path, or a prefix that ends in "/"."""
    handler: Handler
    """Answers every request of this route."""
    scope: str
    """What a bearer token must hold; "" = open to all."""
    hot: HotHandler | None = None
    """The short way: (point, body, request id) → body of a 200 answer in JSON, or None."""


def json_answer(value: object, status: int = HTTPStatus.OK) -> HttpAnswer:
    """Answer with one JSON value."""
    return HttpAnswer(status=status, body=msgspec.json.encode(value))


def refusal(status: int, message: str, *headers: tuple[str, str]) -> HttpAnswer:
    """Refuse with a message: a JSON string, as AuthZEN 1.0 wants of its error bodies."""
    return HttpAnswer(status=status, body=msgspec.json.encode(message), headers=headers)
