"""Asking the decision point over HTTP, without a library: few connections, short waits, one retry.

An enforcement point that cannot get an answer has not been allowed anything; every failure here is
`Unanswered`, and whoever asked fails closed.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urlsplit

from panshi.errors import PanshiError, UsageError

MOST_HEAD = 64 * 1024
MOST_BODY = 4 * 1024 * 1024
IDLE_KEPT = 16

type Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unanswered(PanshiError):  # noqa: N818 -- reads as what it is where it is caught
    """The decision point gave no usable answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the decision point listens, and what proves who asks."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    token: str = ""

    @classmethod
    def of(cls, url: str, *, token: str = "", tls: ssl.SSLContext | None = None) -> Address:
        """Read `http://host:port` or `https://host:port`; the latter checks the certificate."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(
                f"{url!r} is no address of a decision point", remedy="http://host:port or https://"
            )
        if parts.scheme == "https" and tls is None:
            tls = ssl.create_default_context()
        port = parts.port or (443 if parts.scheme == "https" else 80)
        secure = tls if parts.scheme == "https" else None
        return cls(host=parts.hostname, port=port, tls=secure, token=token)

    def head(self, method: str, path: str, body: bytes) -> bytes:
        """Write the head of a request."""
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"Content-Length: {len(body)}",
            "Content-Type: application/json",
        ]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        return "\r\n".join([*lines, "", ""]).encode()


class Channel:
    """Keep-alive connections to one decision point."""

    def __init__(self, address: Address, *, timeout_s: float = 1.0, most: int = 64) -> None:
        """Connect when first asked."""
        self.address = address
        self.timeout_s = timeout_s
        self._idle: deque[Connection] = deque()
        self._room = asyncio.Semaphore(most)

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        """Ask once; a connection that had gone stale is replaced once."""
        raw = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        sent = self.address.head(method, path, raw) + raw
        try:
            async with self._room, asyncio.timeout(self.timeout_s):
                return await self._exchange(sent)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            raise Unanswered(f"no answer from the decision point: {error!r}") from error

    async def _exchange(self, sent: bytes) -> tuple[int, object]:
        while self._idle:
            connection = self._idle.pop()
            try:
                return await self._use(connection, sent)
            except (OSError, EOFError):
                continue
        return await self._use(await self._connect(), sent)

    async def _use(self, connection: Connection, sent: bytes) -> tuple[int, object]:
        reader, writer = connection
        whole = False
        try:
            writer.write(sent)
            status, headers = await read_head(reader)
            body = await _body(reader, headers)
            whole = headers.get("connection", "").lower() != "close"
        finally:
            if whole and len(self._idle) < IDLE_KEPT:
                self._idle.append(connection)
            else:
                writer.close()
        return status, json.loads(body) if body else None

    async def lines(self, path: str, *, silence_s: float) -> AsyncGenerator[bytes]:
        """Yield the lines of a never-ending answer; silence longer than agreed ends it."""
        try:
            async with asyncio.timeout(self.timeout_s):
                reader, writer = await self._connect()
                writer.write(self.address.head("GET", path, b""))
                status, headers = await read_head(reader)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            raise Unanswered(f"no orders from the decision point: {error!r}") from error
        try:
            if status != 200 or headers.get("transfer-encoding", "").lower() != "chunked":  # noqa: PLR2004
                raise Unanswered(f"the decision point gives no orders: HTTP {status}")
            async with aclosing(_lines(reader, silence_s)) as lines:
                async for line in lines:
                    yield line
        finally:
            writer.close()

    async def _connect(self) -> Connection:
        address = self.address
        return await asyncio.open_connection(
            address.host, address.port, ssl=address.tls, limit=MOST_HEAD
        )

    def close(self) -> None:
        """Drop what is kept."""
        while self._idle:
            self._idle.pop()[1].close()


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read the status and the headers of an answer."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise ValueError("a head beyond the limit") from error
    first, *rest = raw.decode("latin-1").split("\r\n")[:-2]
    version, _, after = first.partition(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError("not HTTP/1")
    pairs = (line.partition(":") for line in rest)
    return int(after[:3]), {name.strip().lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        parts = []
        while part := await _chunk(reader):
            parts.append(part)
        return b"".join(parts)
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= MOST_BODY:
        raise ValueError("an answer beyond the limit")
    return await reader.readexactly(length)


async def _chunk(reader: asyncio.StreamReader) -> bytes:
    size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
    if not 0 <= size <= MOST_BODY:
        raise ValueError("a chunk beyond the limit")
    part = await reader.readexactly(size)
    await reader.readexactly(2)
    return part


async def _lines(reader: asyncio.StreamReader, silence_s: float) -> AsyncGenerator[bytes]:
    kept = b""
    while True:
        try:
            async with asyncio.timeout(silence_s):
                part = await _chunk(reader)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            raise Unanswered(f"the orders stopped: {error!r}") from error
        if not part:
            raise Unanswered("the decision point ended its orders")
        *whole, kept = (kept + part).split(b"\n")
        if len(kept) > MOST_HEAD:
            raise Unanswered("a line beyond the limit")
        for line in whole:
            if line:
                yield line
