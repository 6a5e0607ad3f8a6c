"""One client connection of raw TCP: who is it, may it, relay, and be able to end it.

The client proves itself by a certificate (mutual TLS that ends here) or by a first line that
carries the credential of its session. Either end may close its direction and go on listening.
"""

from __future__ import annotations

import asyncio
import re
from typing import cast

from panshi.pep.asking import Unanswered
from panshi.pep.streaming.census import Census
from panshi.pep.streaming.configuration import Limits, Narrowing, Proof, TcpListener
from panshi.pep.streaming.enforcer import Claim, Enforcer
from panshi.pep.streaming.registry import Ending
from panshi.pep.streaming.sockets import HIGH_WATER, address_of, certificate_of, cut

CONNECT_S = 3.0
LONGEST_PREAMBLE = 1024
_PREAMBLE = re.compile(rb"PANSHI-ZT/1 ([!-~]{8,900})\r?\n")


class TcpClient(asyncio.Protocol):
    """One client's connection."""

    def __init__(
        self, enforcer: Enforcer, listener: TcpListener, limits: Limits, census: Census
    ) -> None:
        """Wait for the connection."""
        self.enforcer = enforcer
        self.listener = listener
        self.limits = limits
        self.census = census
        self.transport: asyncio.Transport
        self.access = enforcer.new_access()
        self.session = ""
        self.grace_s = listener.behind.grace_s
        self._far: Far | None = None
        self._first = b""
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self._half = False
        self._narrowed: Ending | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask at once where the certificate tells who it is."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        if not self.census.enter(self):
            cut(self.transport)
            return
        if self.listener.proof is Proof.CERTIFICATE:
            self._begin(None, certificate_of(self.transport))
        else:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self.limits.head_s, cut, self.transport)

    def _begin(self, session: str | None, certificate: str | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.transport.pause_reading()
        claim = Claim(
            system=self.listener.system,
            action=self.listener.action,
            session=session,
            certificate=certificate,
            address=address_of(self.transport),
        )
        self._task = asyncio.get_running_loop().create_task(self._serve(claim))

    async def _serve(self, claim: Claim) -> None:
        try:
            grant = await self.enforcer.open(self, claim)
        except Unanswered:
            self._cut()
            return
        if self._ended or not grant.allowed:
            self._cut()
            return
        upstream = self.listener.behind.upstream
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                _, far = await loop.create_connection(
                    lambda: Far(self), upstream.host, upstream.port
                )
        except (OSError, TimeoutError):
            self._cut()
            return
        if self.enforcer.gone(self):
            far.transport.abort()
            return
        self._far = far
        if self._first:
            far.transport.write(self._first)
        self._first = b""
        if self._half:
            far.transport.write_eof()
        self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Read the first line, then relay."""
        if self._narrowed is not None:
            self.end(self._narrowed)
        elif self._far is not None:
            self._far.transport.write(data)
        elif self._task is not None:
            self._first += data
        else:
            self._preamble(data)

    def _preamble(self, data: bytes) -> None:
        self._first += data
        found = _PREAMBLE.match(self._first)
        if found is not None:
            self._first = self._first[found.end() :]
            self._begin(found[1].decode("ascii"), certificate_of(self.transport))
        elif b"\n" in self._first or len(self._first) > LONGEST_PREAMBLE:
            self._cut()

    def eof_received(self) -> bool:
        """Pass on that the client will say no more; it may go on listening."""
        self._half = True
        if self._far is not None and self._far.transport.can_write_eof():
            self._far.transport.write_eof()
        return self.transport.can_write_eof() and self._task is not None

    def pause_writing(self) -> None:
        """Let the application wait for a slow client."""
        if self._far is not None:
            self._far.transport.pause_reading()

    def resume_writing(self) -> None:
        """Let the application go on."""
        if self._far is not None:
            self._far.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        """End what was open."""
        self.census.leave(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._forget()

    def far_said(self, data: bytes) -> None:
        """Relay what the application says."""
        if not self._ended:
            self.transport.write(data)

    def far_half_closed(self) -> bool:
        """Pass on that the application will say no more."""
        if not self._ended and self.transport.can_write_eof():
            self.transport.write_eof()
            return True
        return False

    def far_lost(self) -> None:
        """Close after what is still to be sent."""
        if not self._ended:
            self._forget()
            self.transport.close()

    def end(self, why: Ending) -> None:  # noqa: ARG002 -- raw bytes have no room for a reason
        """Reset both sides now."""
        self._cut()

    def narrow(self, why: Ending) -> None:
        """Let the application go on speaking, where the route allows it; else end."""
        if self.listener.behind.narrowing is Narrowing.RECEIVE_ONLY and self._far is not None:
            self._narrowed = why
        else:
            self._cut()

    def tell(self, why: Ending) -> None:
        """Say nothing: raw bytes have no room for a notice."""

    def _cut(self) -> None:
        self._forget()
        cut(self.transport)

    def _forget(self) -> None:
        if self._ended:
            return
        self._ended = True
        self.enforcer.forget(self)
        if self._far is not None:
            self._far.transport.abort()


class Far(asyncio.Protocol):
    """The connection to the application."""

    def __init__(self, client: TcpClient) -> None:
        """Belong to a client."""
        self.client = client
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def data_received(self, data: bytes) -> None:
        """Relay."""
        self.client.far_said(data)

    def eof_received(self) -> bool:
        """Pass on the end of this direction."""
        return self.client.far_half_closed()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        """Close the client too."""
        self.client.far_lost()

    def pause_writing(self) -> None:
        """Let the client wait for a slow application."""
        self.client.transport.pause_reading()

    def resume_writing(self) -> None:
        """Let the client go on."""
        self.client.transport.resume_reading()
