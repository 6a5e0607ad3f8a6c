"""The ASGI entry: `/api/…` is answered here, everything else by the console.

Blocking work of the node runs in worker threads. The console is a synchronous WSGI application
named by a dotted string, because entry points do not import each other; each of its requests
runs in a thread of its own (ADR 0070).
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from asgiref.wsgi import WsgiToAsgi

from panshi.api import alert_events, events, hub_events, live_sessions
from panshi.api.background import end_streams_when_told_to_stop, tend
from panshi.api.exchange import Answered, Asked, RefusalError, answered, problem
from panshi.api.member_gate import by_member
from panshi.api.openapi import document
from panshi.api.receiving import (
    Receive,
    check_names,
    given_of,
    query_of,
    receive_into,
    wanted_of,
)
from panshi.api.restriction import check_estates
from panshi.api.route import PREFIX, Route
from panshi.api.routes import find, methods
from panshi.api.sender import Bearer, Scope, Senders, authorise, bearer_of, header
from panshi.api.taxii import serving as taxii
from panshi.errors import MissingError, PanshiError, UsageError
from panshi.node.alliance.hub import check_hub
from panshi.node.node import Node
from panshi.node.running import running_node

CONSOLE = ("panshi.web.wsgi", "application")
ROOT = "/api/"
DOCUMENTS = ("/api/openapi.json", f"{PREFIX}/openapi.json")
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)

type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Console = Callable[[Scope, Receive, Send], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(ROOT):
        await _send(scope, send, await _api(scope, receive))
    elif scope["type"] == "http" and scope["path"].startswith(taxii.PATH):
        await taxii.serve(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == events.PATH:
        await events.serve(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == alert_events.PATH:
        await alert_events.serve(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == hub_events.PATH:
        await hub_events.serve(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == live_sessions.PATH:
        await live_sessions.serve(scope, receive, send)
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


@cache
def senders() -> Senders:
    """Give the requests of late."""
    return Senders()


async def _lifespan(receive: Receive, send: Send) -> None:
    tending: asyncio.Task[None] | None = None
    stopping = asyncio.Event()
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await asyncio.to_thread(running_node)
            await asyncio.to_thread(_console)
            end_streams_when_told_to_stop()
            await send({"type": "lifespan.startup.complete"})
            tending = asyncio.create_task(tend(stopping))
        else:
            if tending is not None:
                stopping.set()
                await asyncio.wait([tending])
            await asyncio.to_thread(running_node().close)
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _api(scope: Scope, receive: Receive) -> Answered:
    reading = scope["method"] in {"GET", "HEAD"}
    try:
        return await _answer(scope, receive)
    except PanshiError as error:
        return problem(error, reading=reading)
    except Exception as error:  # noqa: BLE001 -- the entry point answers whatever happens
        return await asyncio.to_thread(_failed, scope["path"], error)


def _failed(path: str, error: Exception) -> Answered:
    """Answer to a fault nobody foresaw, and record it where that can be done."""
    try:
        running_node().audit("", "api.failure", path[:200], detail=type(error).__name__)
    except PanshiError as unrecorded:
        return problem(unrecorded)
    return problem(PanshiError("an internal fault; it was recorded"))


async def _answer(scope: Scope, receive: Receive) -> Answered:
    path = scope["path"]
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    if path in DOCUMENTS and method == "GET":
        senders().check_open(scope)
        return answered(document())
    found = find(method, path)
    if found is None:
        raise _nowhere(method, path)
    route, names = found
    if route.opens:
        check_names(names)
        return await by_member(route, names, scope, receive)
    bearer = await _admit(route, scope)
    token = bearer.token if bearer else None
    check_names(names)
    query = query_of(scope)
    asked = Asked(
        names=names,
        query=query,
        wanted=wanted_of(route, query),
        given=await given_of(route, scope, receive),
        actor=token.actor if token else "",
        role=token.role if token else "",
        token=token,
        held=bearer.held if bearer else (),
    )
    check_estates(route, asked)
    if not route.takes_body:
        return await asyncio.to_thread(_handled, route, asked, None)
    with tempfile.TemporaryDirectory(prefix="panshi-") as folder:
        body = Path(folder) / "body"
        await receive_into(body, scope, receive)
        return await asyncio.to_thread(_handled, route, asked, body)


def _nowhere(method: str, path: str) -> RefusalError:
    allowed = methods(path) or (("GET", "HEAD") if path in DOCUMENTS else ())
    if not allowed:
        return RefusalError(HTTPStatus.NOT_FOUND, f"no such path {path[:200]}")
    listed = ", ".join(allowed)
    return RefusalError(
        HTTPStatus.METHOD_NOT_ALLOWED,
        f"no {method[:20]} on {path[:200]}",
        remedy=f"one of {listed}",
        headers=((b"allow", listed.encode()),),
    )


async def _admit(route: Route, scope: Scope) -> Bearer | None:
    """Give who may use a route by their token; None where anyone may ask."""
    seen, node = senders(), running_node()
    if not route.action:
        seen.check_open(scope)
        return None
    bearer = await asyncio.to_thread(bearer_of, node, scope)
    if bearer is None:
        raise seen.refuse_unknown(scope)
    seen.check_token(bearer.token)
    await asyncio.to_thread(authorise, node, bearer, route)
    return bearer


def _handled(route: Route, asked: Asked, body: Path | None) -> Answered:
    node = running_node()
    if route.of_hub:
        check_hub(node)
    try:
        found = route.handler(node, asked if body is None else asked.with_body(body))
    except MissingError as error:
        if route.names or route.reading:
            raise
        raise UsageError(error.problem, place=error.place, remedy=error.remedy) from error
    if not route.reading:
        _record(node, route, asked)
    return found


def _record(node: Node, route: Route, asked: Asked) -> None:
    """Seal which token changed something; who did it is the actor."""
    path = route.path
    for name, value in asked.names.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:rest}}", value)
    by = asked.token.name if asked.token else ""
    node.audit(asked.actor, route.action, path[:200], detail=f"by token {by}")


async def _send(scope: Scope, send: Send, response: Answered) -> None:
    headers, body, status = [*HEADERS, *response.headers], response.body, response.status
    if scope["method"] in {"GET", "HEAD"} and status == HTTPStatus.OK:
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers.append((b"etag", tag.encode()))
        if tag in header(scope, b"if-none-match"):
            status, body = HTTPStatus.NOT_MODIFIED, b""
    if status not in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        headers.append((b"content-type", response.media_type.encode()))
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
