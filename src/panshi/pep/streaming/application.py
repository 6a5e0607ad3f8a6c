"""The connection to the application behind: its answer is parsed and told to the exchange."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import httptools

from panshi.pep.streaming.sockets import HIGH_WATER

if TYPE_CHECKING:
    from panshi.pep.streaming.exchange import Exchange

SWITCHING = 101
FIRST_FINAL = 200
MOST_HEAD = 64 * 1024


class Application(asyncio.Protocol):
    """One request's connection to an application; never used twice."""

    def __init__(self, exchange: Exchange) -> None:
        """Parse for an exchange."""
        self.transport: asyncio.Transport
        self._exchange: Exchange | None = exchange
        self._parser = httptools.HttpResponseParser(self)
        self._pairs: list[tuple[str, str]] = []
        self._head_bytes = 0
        self._raw = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the exchange."""
        if self._exchange is not None:
            self._exchange.application_lost(exc)

    def leave(self) -> None:
        """Close; the exchange wants to hear no more."""
        self._exchange = None
        self.transport.abort()

    def pause_writing(self) -> None:
        """Let the client wait for a slow application."""
        if self._exchange is not None:
            self._exchange.hold_client()

    def resume_writing(self) -> None:
        """Let the client go on."""
        if self._exchange is not None:
            self._exchange.release_client()

    def data_received(self, data: bytes) -> None:
        """Parse an answer, or relay what belongs to a WebSocket."""
        exchange = self._exchange
        if exchange is None:
            return
        if self._raw:
            exchange.from_application(data)
            return
        if not exchange.answered:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._raw = True
            exchange.switched(tuple(self._pairs), data[upgrade.args[0] :])
        except httptools.HttpParserError:
            exchange.application_lost(None)
        if not exchange.answered and self._head_bytes > MOST_HEAD:
            exchange.application_lost(None)

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._pairs = []

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        if self._exchange is not None and not self._exchange.answered:
            self._pairs.append((name.decode("latin-1").lower(), value.decode("latin-1").strip()))

    def on_headers_complete(self) -> None:
        """Tell the head of a final answer; interim ones end here."""
        status = self._parser.get_status_code()
        if self._exchange is not None and status >= FIRST_FINAL:
            self._exchange.answer_began(status, tuple(self._pairs))

    def on_body(self, body: bytes) -> None:
        """Tell a part of the body."""
        if self._exchange is not None:
            self._exchange.answer_body(body)

    def on_message_complete(self) -> None:
        """Tell the end of a final answer."""
        if self._exchange is not None and self._parser.get_status_code() >= FIRST_FINAL:
            self._exchange.answer_ended()
