"""The ASGI entry: `/api/v1/…` is answered here, everything else by the console.

Blocking work of the node runs in worker threads. The console is a synchronous WSGI application
named by a dotted string, because entry points do not import each other; each of its requests
runs in a thread of its own (ADR 0070).
"""

from __future__ import annotations

import asyncio
import importlib
import tempfile
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from asgiref.sync import ThreadSensitiveContext
from asgiref.wsgi import WsgiToAsgi

from panshi.api.exchange import Answered, Asked, answered, problem
from panshi.api.openapi import document
from panshi.api.route import PREFIX, Route
from panshi.api.routes import find, methods
from panshi.errors import BadInputError, ForbiddenError, PanshiError
from panshi.node.authority import permitted
from panshi.node.running import running_node

CONSOLE = ("panshi.web.wsgi", "application")
MAX_BODY = 512 * 1024 * 1024
MAX_PARTS = 20
MAX_PART = 200
"Parts of a query, and characters of each but `without`, which lists ids."

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Console = Callable[[Scope, Receive, Send], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(PREFIX + "/"):
        await _send(send, await _api(scope, receive))
    elif scope["type"] == "http":
        console = await asyncio.to_thread(_console)

        async def forward(message: MutableMapping[str, Any]) -> None:
            await send(message)

        async with ThreadSensitiveContext():
            await console(scope, receive, forward)


@cache
def _console() -> Console:
    module, name = CONSOLE
    wrapped: Console = WsgiToAsgi(getattr(importlib.import_module(module), name))  # type: ignore[no-untyped-call]
    return wrapped


async def _lifespan(receive: Receive, send: Send) -> None:
    warming: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await asyncio.to_thread(running_node)
            await asyncio.to_thread(_console)
            await send({"type": "lifespan.startup.complete"})
            warming = asyncio.create_task(asyncio.to_thread(running_node().warm))
        else:
            if warming is not None:
                await asyncio.wait([warming])
            await asyncio.to_thread(running_node().close)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _api(scope: Scope, receive: Receive) -> Answered:
    try:
        return await _answer(scope, receive)
    except PanshiError as error:
        return problem(error)
    except Exception as error:  # noqa: BLE001 -- the entry point answers whatever happens
        running_node().audit("", "api.failure", scope["path"], detail=type(error).__name__)
        return problem(PanshiError("an internal fault; it was recorded"))


async def _answer(scope: Scope, receive: Receive) -> Answered:
    path, method = scope["path"], scope["method"]
    if path == f"{PREFIX}/openapi.json" and method == "GET":
        return answered(document())
    found = find(method, path)
    if found is None:
        status = 405 if methods(path) else 404
        return answered({"title": f"no such {method} {path}", "status": status}, status=status)
    route, names = found
    actor, role = await asyncio.to_thread(_authenticated, route, _header(scope, b"authorization"))
    query = _query(scope)
    if not route.takes_body:
        asked = Asked(names=names, query=query, actor=actor, role=role)
        return await asyncio.to_thread(route.handler, running_node(), asked)
    with tempfile.TemporaryDirectory(prefix="panshi-") as folder:
        body = Path(folder) / "body"
        await _receive_into(body, receive)
        asked = Asked(names=names, query=query, actor=actor, role=role, body=body)
        return await asyncio.to_thread(route.handler, running_node(), asked)


def _authenticated(route: Route, authorization: str) -> tuple[str, str]:
    """Give who asks and in which role, or refuse; anyone may ask what has no action."""
    if not route.action:
        return "", ""
    node = running_node()
    scheme, _, clear = authorization.partition(" ")
    token = node.tokens.holder(clear, node.clock()) if scheme.lower() == "bearer" else None
    if token is None:
        raise ForbiddenError("no valid token", remedy="Authorization: Bearer <panshi token make>")
    actor = f"token:{token.name}"
    if not permitted(token.role, route.action):
        node.audit(actor, route.action, route.path, allowed=False)
        raise ForbiddenError(
            f"role {token.role} may not {route.action}",
            remedy="use a token of another role",
        )
    return actor, token.role


async def _receive_into(path: Path, receive: Receive) -> None:
    taken = 0
    with path.open("wb") as file:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise BadInputError("the sender went away before the end")
            chunk = message.get("body", b"")
            taken += len(chunk)
            if taken > MAX_BODY:
                raise BadInputError(f"larger than {MAX_BODY:,} bytes")
            await asyncio.to_thread(file.write, chunk)
            if not message.get("more_body"):
                return


def _query(scope: Scope) -> dict[str, str]:
    raw = scope["query_string"].decode("latin-1")
    try:
        query = dict(parse_qsl(raw, keep_blank_values=True, max_num_fields=MAX_PARTS))
    except ValueError as error:
        raise BadInputError("too many parts in the query") from error
    for name, value in query.items():
        if len(value) > MAX_PART and name != "without":
            raise BadInputError(f"{name[:40]} is longer than {MAX_PART} characters")
    return query


def _header(scope: Scope, name: bytes) -> str:
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value.decode("latin-1") for key, value in headers if key.lower() == name), "")


async def _send(send: Send, response: Answered) -> None:
    headers = [
        (b"content-type", response.media_type.encode()),
        (b"content-length", str(len(response.body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        *response.headers,
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
