"""The server of the decision point: HTTP/1.1 on a bare asyncio protocol, many connections.

RFC 9112, read strictly: what could be framed in two ways (Content-Length twice or beside
Transfer-Encoding, an unknown transfer coding, no or several Host) is refused and the connection
closed, so that no proxy before us and we ever disagree about where a request ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from collections.abc import Iterable
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.pdp.around import Limits, Routes
from panshi.pdp.connection import Connection
from panshi.pdp.gate import Gate, OpenGate
from panshi.pdp.http import PdpRoute

if TYPE_CHECKING:
    from panshi.pdp.point import DecisionPoint

__all__ = ["Limits", "Routes", "Server", "server_tls"]


class Server:
    """Listens, keeps the connections and ends them."""

    def __init__(
        self,
        point: DecisionPoint,
        routes: Iterable[PdpRoute],
        *,
        gate: Gate | OpenGate | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.point = point
        self.routes = Routes(routes)
        self.gate = gate or OpenGate()
        self.limits = limits or Limits()
        self.connections: set[Connection] = set()
        self.stopping = False
        self.now = 0.0
        self.date = b""
        self._listening: list[asyncio.Server] = []
        self._sweeper: asyncio.Task[None] | None = None

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen on an address; gives the port, which may have been asked for as 0."""
        loop = self._begin()
        server = await loop.create_server(self._connection, host, port, ssl=tls, backlog=2048)
        self._listening.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    async def listen_at(self, path: Path, gate: Gate | OpenGate | None = None) -> None:
        """Listen on a socket in the file system that only its owner may open."""
        loop = self._begin()
        _make_room(path)

        def made() -> Connection:
            return self._connection(gate or OpenGate())

        before = os.umask(0o177)
        try:
            server = await loop.create_unix_server(made, str(path), backlog=256)
        finally:
            os.umask(before)
        self._listening.append(server)

    async def stop(self, grace: float = 5.0) -> None:
        """Take no more, let what is being answered finish within the grace, then close."""
        self.stopping = True
        for each in self._listening:
            each.close()
        for connection in tuple(self.connections):
            connection.wind_up()
        busy = [each.work for each in self.connections if each.work is not None]
        if busy:
            await asyncio.wait(busy, timeout=grace)
        for connection in tuple(self.connections):
            connection.drop()
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper

    def _begin(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._sweeper is None:
            self._tick(loop)
            self._sweeper = loop.create_task(self._sweep(loop))
        return loop

    def _connection(self, gate: Gate | OpenGate | None = None) -> Connection:
        return Connection(self, gate or self.gate)

    async def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Once a second: the date of the answers, the tokens, and who has been too slow."""
        while True:
            await asyncio.sleep(1)
            self._tick(loop)
            if isinstance(self.gate, Gate):
                self.gate.refresh()
            for connection in tuple(self.connections):
                if connection.deadline < self.now:
                    connection.too_slow()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self.now = loop.time()
        self.date = b"\r\ndate: " + formatdate(usegmt=True).encode()


def _make_room(path: Path) -> None:
    """Remove what a decision point that ended badly left."""
    path.unlink(missing_ok=True)


def server_tls(certificate: Path, key: Path, client_ca: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or later; with a client CA every caller must show a certificate of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.set_alpn_protocols(["http/1.1"])
    if client_ca is not None:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
