"""ASGI middleware: every request and WebSocket is asked about, and may be ended while it runs.

    gatekeeper = Gatekeeper("shop", "http://127.0.0.1:8421", token="…")
    application = ZeroTrust(application, gatekeeper, question=lambda scope: ("shop", "read"))

`question` gives system and action of a scope, or None for what nobody may do. The application
finds who was let in under `scope["zero_trust"]`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from panshi.pep.asking import Unanswered
from panshi.pep.client import Gatekeeper, Kept, credential_in
from panshi.pep.streaming.enforcer import Claim, Grant
from panshi.pep.streaming.head import OURS
from panshi.pep.streaming.registry import Ending

type Scope = MutableMapping[str, Any]
type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Application = Callable[[Scope, Receive, Send], Awaitable[None]]
type Question = Callable[[Scope], tuple[str, str] | None]

FAREWELL_S = 1.0
_STATUS = {"sign-in": 401, "step-up": 401}
_DENIED = Grant(allowed=False, outcome="denied")


class TakenBackError(ConnectionAbortedError):
    """Raised in an application that goes on sending after access was taken back."""


class ZeroTrust:
    """The middleware."""

    def __init__(
        self, application: Application, gatekeeper: Gatekeeper, *, question: Question
    ) -> None:
        """Stand before an application."""
        self._application = application
        self._gatekeeper = gatekeeper
        self._question = question

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask, then let in or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self._application(scope, receive, send)
            return
        try:
            grant, kept = await self._ask(scope)
        except Unanswered:
            await _refuse(scope, send, 503, _DENIED)
            return
        if not grant.allowed or kept is None:
            await _refuse(scope, send, _STATUS.get(grant.outcome, 403), grant)
            return
        inside = dict(scope)
        inside["headers"] = _headers(scope, grant)
        inside["zero_trust"] = grant
        await _Let(self._gatekeeper, kept, self._application).run(inside, receive, send)

    async def _ask(self, scope: Scope) -> tuple[Grant, Kept | None]:
        asked = self._question(scope)
        if asked is None:
            return _DENIED, None
        system, action = asked
        headers = {name.lower(): value for name, value in scope["headers"]}
        client = scope.get("client")
        return await self._gatekeeper.ask(
            Claim(
                system=system,
                action=action,
                session=credential_in(
                    headers.get(b"cookie", b"").decode("latin-1"),
                    headers.get(b"authorization", b"").decode("latin-1"),
                ),
                address=str(client[0]) if client else "",
            )
        )


class _Let:
    """One request or WebSocket that was let in."""

    def __init__(self, gatekeeper: Gatekeeper, kept: Kept, application: Application) -> None:
        """Watch the answer it stands on."""
        self._gatekeeper = gatekeeper
        self._kept = kept
        self._application = application
        self._why: Ending | None = None
        self._ended = asyncio.Event()

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application until it is done or access is taken back."""
        self._gatekeeper.hold(self._kept, self._end)
        working = asyncio.ensure_future(
            self._application(scope, self._receiving(receive), self._sending(send))
        )
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
            if self._why is not None and not working.done():
                await self._farewell(scope, send, working)
            if working.done() and not working.cancelled():
                working.result()
            elif scope["type"] == "http":
                raise TakenBackError("access was taken back")
        finally:
            self._gatekeeper.release(self._kept, self._end)
            ending.cancel()
            working.cancel()

    async def _farewell(self, scope: Scope, send: Send, working: asyncio.Future[None]) -> None:
        if scope["type"] == "websocket" and self._why is not None:
            why = f"{self._why.cause}: {self._why.en}"[:120]
            await send({"type": "websocket.close", "code": self._why.code, "reason": why})
            await asyncio.wait((working,), timeout=FAREWELL_S)
        working.cancel()
        await asyncio.wait((working,), timeout=FAREWELL_S)

    def _end(self, why: Ending) -> None:
        self._why = why
        self._ended.set()

    def _receiving(self, receive: Receive) -> Receive:
        async def received() -> Message:
            getting = asyncio.ensure_future(receive())
            ending = asyncio.ensure_future(self._ended.wait())
            try:
                await asyncio.wait((getting, ending), return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
            why = self._why
            if why is None:
                return getting.result()
            getting.cancel()
            return {"type": "websocket.disconnect", "code": why.code}

        return received

    def _sending(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if self._why is not None:
                raise TakenBackError("access was taken back")
            await send(message)

        return sent


def _headers(scope: Scope, grant: Grant) -> list[tuple[bytes, bytes]]:
    """Take off what a client claims to be, and say who it is."""
    given = [
        (name, value)
        for name, value in scope["headers"]
        if not name.lower().replace(b"_", b"-").startswith(OURS.encode())
    ]
    told = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in grant.headers)
    return [*given, *told]


async def _refuse(scope: Scope, send: Send, status: int, grant: Grant) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4401 if status == 401 else 1008})  # noqa: PLR2004
        return
    text = f"{grant.reason_zh or '未獲許可。'}\n{grant.reason_en or 'Not allowed.'}\n".encode()
    pairs = (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"))
    headers = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in (*pairs, *grant.headers, ("content-length", str(len(text))))
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
