"""Requests of a hub's members: let in by signature or token, body bounded, answered once.

    async with admitted(scope, receive, opens=Scope.TAXII_READ) as came:
        …came.entry.member, came.body…

A route of the table says `opens=…` and is answered by `by_member`; what has a dispatch of its own
(TAXII) uses `admitted`. Headers are judged before a byte of the body is taken; the body is taken
up to what the member may send and no longer than a minute. Addresses that show nothing valid are
slowed before they are heard again.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from time import monotonic
from urllib.parse import quote, urlsplit

from panshi.alliance.members.claims import SignedRequest
from panshi.api.decoding import decode_body
from panshi.api.exchange import Answered, Asked, Came, RefusalError
from panshi.api.receiving import Receive, check_json, query_of, wanted_of
from panshi.api.route import Route
from panshi.api.sender import Scope, Senders, header, slow_down
from panshi.errors import BadInputError
from panshi.model.alliance.member import Reason, Refused
from panshi.model.alliance.member import Scope as MemberScope
from panshi.node.alliance.admission import (
    Admission,
    Entry,
    MemberRefusedError,
    admission,
)
from panshi.node.running import running_node

ENROL = "member.enrol"
"What opens by a one-time code and proof of a key alone."
MOST_ENROL = 64 * 1024
BODY_SECONDS = 60.0
READING = frozenset({"GET", "HEAD", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    content: bytes
    sha256: bytes


@asynccontextmanager
async def admitted(
    scope: Scope, receive: Receive, *, opens: MemberScope | str
) -> AsyncIterator[Came]:
    """Let one request of a member in, with its whole body; refusals are errors."""
    request, gate = signed_request(scope), await asyncio.to_thread(_gate)
    hosts = hosts_of(scope)
    try:
        entry = await asyncio.to_thread(
            gate.admit, request, scope=opens, size=_told_size(scope), hosts=hosts
        )
    except MemberRefusedError as error:
        if not error.refused.member:
            _slow_stranger(scope)
        raise
    try:
        body = await _taken(scope, receive, gate, entry)
        await asyncio.to_thread(gate.body_came, entry, body.sha256, len(body.content))
        yield Came(entry=entry, request=request, hosts=hosts, body=body.content, sha256=body.sha256)
    finally:
        gate.leave(entry)


async def by_member(
    route: Route, names: dict[str, str], scope: Scope, receive: Receive
) -> Answered:
    """Answer a route that opens to members."""
    if route.opens == ENROL:
        return await _enrolling(route, scope, receive)
    query = query_of(scope)
    async with admitted(scope, receive, opens=route.opens) as came:
        entry = came.entry
        asked = Asked(
            names=names,
            query=query,
            wanted=wanted_of(route, query),
            given=await _given(route, scope, came.body),
            actor=entry.actor if entry is not None else "",
            came=came,
        )
        return await asyncio.to_thread(route.handler, running_node(), asked)


async def _enrolling(route: Route, scope: Scope, receive: Receive) -> Answered:
    _slow_stranger(scope)
    gate = await asyncio.to_thread(_gate)
    told = _told_size(scope)
    if told is not None and told > MOST_ENROL:
        raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"larger than {MOST_ENROL:,} bytes")
    body = await _received(receive, MOST_ENROL, lambda: _too_large(gate, None, MOST_ENROL))
    came = Came(
        request=signed_request(scope),
        hosts=hosts_of(scope),
        body=body.content,
        sha256=body.sha256,
    )
    asked = Asked(names={}, given=await _given(route, scope, body.content), came=came)
    return await asyncio.to_thread(route.handler, running_node(), asked)


def signed_request(scope: Scope) -> SignedRequest:
    """Give what a signature speaks of: method, address as the sender saw it, header lines."""
    host = header(scope, b"host")
    raw = scope.get("raw_path") or quote(scope["path"], safe="/%:@!$&'()*+,;=~-._").encode()
    path = raw.decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    scheme, public = _public()
    scheme = scheme if host.lower() in public else "http"
    return SignedRequest(
        method=scope["method"],
        url=f"{scheme}://{host}{path}{'?' + query if query else ''}",
        fields=tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in scope["headers"]
        ),
    )


def hosts_of(scope: Scope) -> frozenset[str]:
    """Names under which this hub is known: PANSHI_URL, and loopback at its port."""
    _scheme, public = _public()
    port = (scope.get("server") or ("", None))[1]
    local = {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")} if port else set()
    return frozenset(local | public)


def _public() -> tuple[str, frozenset[str]]:
    """Give scheme and names of PANSHI_URL; the scheme's own port may be told or left out."""
    parts = urlsplit(os.environ.get("PANSHI_URL", ""))
    host, own = (parts.hostname or "").lower(), {"https": 443, "http": 80}.get(parts.scheme)
    if not host:
        return "http", frozenset()
    if ":" in host:
        host = f"[{host}]"
    port = parts.port or own
    named = {f"{host}:{port}", *({host} if port == own else ())}
    return parts.scheme, frozenset(named)


def _gate() -> Admission:
    return admission(running_node())


@cache
def _strangers() -> Senders:
    return Senders()


def _slow_stranger(scope: Scope) -> None:
    """Slow an address that shows nothing valid; members that are known are never slowed so."""
    strangers = _strangers()
    slow_down(strangers.unknown.wait(strangers.address(scope), monotonic()))


def _told_size(scope: Scope) -> int | None:
    """Give the body's length where it is told; None where it is not and a body may come."""
    told = header(scope, b"content-length")
    if told.isascii() and told.isdecimal():
        return int(told[:20])
    chunked = "chunked" in header(scope, b"transfer-encoding").lower()
    return None if chunked or scope["method"] not in READING else 0


async def _taken(scope: Scope, receive: Receive, gate: Admission, entry: Entry) -> _Body:
    if not entry.reserved and scope["method"] in READING:
        return _Body(content=b"", sha256=sha256(b"").digest())
    return await _received(receive, entry.reserved, lambda: _too_large(gate, entry, entry.reserved))


async def _received(
    receive: Receive, most: int, too_large: Callable[[], MemberRefusedError]
) -> _Body:
    """Take a body of at most so many bytes within a minute."""
    chunks: list[bytes] = []
    size, digest = 0, sha256()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise BadInputError("the sender went away before the end")
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > most:
                    raise await asyncio.to_thread(too_large)
                digest.update(chunk)
                chunks.append(chunk)
                if not message.get("more_body"):
                    return _Body(content=b"".join(chunks), sha256=digest.digest())
    except TimeoutError as error:
        raise RefusalError(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the body did not come within {BODY_SECONDS:.0f} s",
            remedy="send smaller batches",
        ) from error


def _too_large(gate: Admission, entry: Entry | None, most: int) -> MemberRefusedError:
    return gate.refuse(
        Refused(
            reason=Reason.TOO_LARGE,
            problem=f"larger than {most:,} bytes",
            remedy="send smaller batches",
            member=entry.member.id if entry is not None else "",
        )
    )


async def _given(route: Route, scope: Scope, body: bytes) -> object:
    if route.body is None:
        return None
    check_json(scope)
    return await asyncio.to_thread(decode_body, body, route.body)
