"""One client connection that speaks HTTP/1.1: ask, pass on, and be able to end it.

    head → plain form → route → decision point → application → relay → closed, and told

Requests are answered one after another; what a client sends ahead of its answer ends the
connection after that answer, because only a parser that agrees with every other could keep the two
apart. A WebSocket becomes a relay of bytes after the application has agreed to it.
"""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

from panshi.pep.asking import Unanswered
from panshi.pep.streaming import answers
from panshi.pep.streaming.application import Application
from panshi.pep.streaming.census import Census
from panshi.pep.streaming.configuration import Behind, Limits, Narrowing, WebListener
from panshi.pep.streaming.enforcer import Claim, Enforcer
from panshi.pep.streaming.exchange import Exchange
from panshi.pep.streaming.head import BadHead, RequestHead, credential_of, request_head, to_upstream
from panshi.pep.streaming.registry import Ending
from panshi.pep.streaming.sockets import HIGH_WATER, address_of, certificate_of, cut
from panshi.protection.zero_trust.enforcement.routes import Mapped
from panshi.protection.zero_trust.enforcement.target import Refused, target_of

CONNECT_S = 3.0


class WebClient(asyncio.Protocol):
    """One client's connection."""

    def __init__(
        self, enforcer: Enforcer, listener: WebListener, limits: Limits, census: Census
    ) -> None:
        """Wait for the first head."""
        self.enforcer = enforcer
        self.listener = listener
        self.limits = limits
        self.census = census
        self.transport: asyncio.Transport
        self.exchange: Exchange | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._method_uri = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._head_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._gone = False

    # -- transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away when there are too many."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        if not self.census.enter(self):
            self.transport.write(answers.too_many())
            self.transport.close()
            return
        self._expect(self.limits.head_s)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        """End what was going on."""
        self._gone = True
        self._expect(None)
        self.census.leave(self)
        if self._task is not None:
            self._task.cancel()
        if self.exchange is not None:
            self.exchange.client_lost()

    def pause_writing(self) -> None:
        """Let the application wait for a slow client."""
        if self.exchange is not None:
            self.exchange.hold_application()

    def resume_writing(self) -> None:
        """Let the application go on."""
        if self.exchange is not None:
            self.exchange.release_application()

    def eof_received(self) -> bool:
        """Close both ways: HTTP knows no half-closed client."""
        return False

    def data_received(self, data: bytes) -> None:
        """Parse heads and bodies; relay what belongs to a WebSocket."""
        if self.exchange is not None and self.exchange.websocket:
            self.exchange.from_client(data)
            return
        if self.exchange is not None and self.exchange.request_whole:
            self.exchange.pipelined = True
            return
        if self.exchange is None:
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.head_bytes:
                self.answer(answers.head_too_large())
                return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self.exchange is not None:
                self.exchange.early = data[upgrade.args[0] :]
        except (httptools.HttpParserError, BadHead):
            self.refuse_malformed()

    # -- parser

    def on_message_begin(self) -> None:
        """Begin a head; one that comes too early is noted and goes no further."""
        if self.exchange is not None:
            self.exchange.pipelined = True
            return
        self._method_uri = b""
        self._headers = []

    def on_url(self, url: bytes) -> None:
        """Collect the target."""
        if self.exchange is None:
            self._method_uri += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header; those after the body are dropped."""
        if self.exchange is None:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Check the head and ask about it."""
        if self.exchange is not None:
            return
        if self._parser.get_http_version() != "1.1":
            raise BadHead("not HTTP/1.1")
        head = request_head(self._parser.get_method(), self._method_uri, self._headers)
        self._head_bytes = 0
        self._expect(None)
        self.exchange = Exchange(self, head)
        self.transport.pause_reading()
        self._task = asyncio.get_running_loop().create_task(self._serve(self.exchange))

    def on_body(self, body: bytes) -> None:
        """Pass a part of the body on."""
        if self.exchange is not None and not self.exchange.pipelined:
            self.exchange.body(body)

    def on_message_complete(self) -> None:
        """Note the end of the request."""
        if self.exchange is not None and not self.exchange.pipelined:
            self.exchange.request_ended()

    # -- serving one request

    async def _serve(self, exchange: Exchange) -> None:
        mapped = self._mapped(exchange.head)
        if isinstance(mapped, Refused):
            self.answer(answers.not_mapped())
            return
        behind = self.listener.of(mapped)
        exchange.grace_s = behind.grace_s
        exchange.receive_only = behind.narrowing is Narrowing.RECEIVE_ONLY
        try:
            grant = await self.enforcer.open(exchange, self._claim(exchange.head, mapped))
        except Unanswered:
            self.answer(answers.unanswered())
            return
        if exchange.ended:
            return
        if not grant.allowed:
            self.answer(answers.denied(grant))
            return
        await self._connect(exchange, behind, grant.headers)

    def _mapped(self, head: RequestHead) -> Mapped | Refused:
        target = target_of(head.method, head.host, head.uri, headers=head.names)
        return target if isinstance(target, Refused) else self.listener.table.find(target)

    def _claim(self, head: RequestHead, mapped: Mapped) -> Claim:
        return Claim(
            system=mapped.system,
            action=mapped.action,
            kind="stream"
            if head.websocket or "event-stream" in head.first("accept")
            else "request",
            session=credential_of(head),
            certificate=certificate_of(self.transport),
            address=self._address(head),
            path=head.uri.partition("?")[0],
        )

    def _address(self, head: RequestHead) -> str:
        peer = address_of(self.transport)
        told = head.first("x-forwarded-for") if peer in self.listener.trusted else ""
        return told.rpartition(",")[2].strip() or peer

    async def _connect(
        self, exchange: Exchange, behind: Behind, told: tuple[tuple[str, str], ...]
    ) -> None:
        loop = asyncio.get_running_loop()
        upstream = behind.upstream
        try:
            async with asyncio.timeout(CONNECT_S):
                _, application = await loop.create_connection(
                    lambda: Application(exchange), upstream.host, upstream.port
                )
        except (OSError, TimeoutError):
            self.answer(answers.no_application())
            return
        if self._gone or exchange.ended:
            application.transport.abort()
            return
        scheme = "https" if self.listener.tls is not None else "http"
        address = self._address(exchange.head)
        exchange.begin(
            application, to_upstream(exchange.head, address=address, scheme=scheme, told=told)
        )
        if exchange.head.expects:
            self.transport.write(answers.CONTINUE)
        self.transport.resume_reading()

    # -- ends

    def next(self, *, keep: bool) -> None:
        """Take the next request, or close."""
        self.exchange = None
        self._task = None
        if not keep or self._gone:
            self.transport.close()
            return
        self._parser = httptools.HttpRequestParser(self)
        self._expect(self.limits.idle_s)
        self.transport.resume_reading()

    def answer(self, raw: bytes) -> None:
        """Say something of our own and close."""
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.discard()
        if not self.transport.is_closing():
            self.transport.write(raw)
            self.transport.close()

    def refuse_malformed(self) -> None:
        """Refuse what could be read in two ways; in the middle of something, cut."""
        if self.exchange is None:
            self.answer(answers.malformed())
        else:
            self.exchange.end_silently()
            cut(self.transport)

    def answer_for_lost_application(self) -> None:
        """Tell that the application went away before it answered."""
        self.answer(answers.no_application())

    def end_before_answer(self, why: Ending) -> None:
        """Tell a client that waits for its answer that there will be none."""
        self.answer(answers.taken_back(why))

    def _expect(self, seconds: float | None) -> None:
        """Close if nothing whole comes within a while; None: no longer."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(seconds, self.transport.close)
