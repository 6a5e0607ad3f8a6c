"""Asking other transmitters and telling other receivers: one HTTPS request at a time, bounded.

TLS 1.2 or later, certificate and name are checked, no redirect is followed, no cookie is kept, and
an answer is read up to a limit. Plain HTTP goes to loopback and only where that was set up. Nothing
here writes a log: addresses are told in errors, headers and bodies never.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools

from panshi.errors import BadInputError, StoreError
from panshi.protection.zero_trust.signals.metadata import checked_address

LONGEST_ANSWER = 1 << 20
WAIT_S = 15.0
_CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """How one side is reached."""

    ca_file: str = ""
    plain_http: bool = False
    authorization: str = ""

    def __repr__(self) -> str:
        """Say all but the secret."""
        return f"Peer(ca_file={self.ca_file!r}, plain_http={self.plain_http})"


@dataclass(slots=True)
class Reply:
    """An answer; also the callbacks by which httptools builds it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    whole: bool = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body, within the limit."""
        if len(self.body) + len(piece) > LONGEST_ANSWER:
            raise _TooLongError
        self.body += piece

    def on_message_complete(self) -> None:
        """Note that nothing more comes."""
        self.whole = True


class _TooLongError(Exception):
    """An answer beyond the limit."""


async def call(
    method: str,
    url: str,
    peer: Peer,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    wait_s: float = WAIT_S,
) -> Reply:
    """Send one request and give its answer; StoreError where there is none."""
    parts = urlsplit(checked_address(url, plain_http=peer.plain_http))
    host, tls = parts.hostname or "", parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {
        "Host": parts.netloc,
        "User-Agent": "panshi",
        "Accept": "application/json",
        "Connection": "close",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    if peer.authorization:
        sent["Authorization"] = peer.authorization
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{a}: {b}\r\n" for a, b in sent.items())
    try:
        async with asyncio.timeout(wait_s):
            return await _exchanged(
                host,
                parts.port or (443 if tls else 80),
                _tls(peer) if tls else None,
                head.encode("latin-1") + b"\r\n" + body,
            )
    except _TooLongError as error:
        raise BadInputError("the answer is too long", place=_place(url)) from error
    except httptools.HttpParserError as error:
        if isinstance(error.__context__, _TooLongError):
            raise BadInputError("the answer is too long", place=_place(url)) from error
        raise BadInputError("the answer is not HTTP", place=_place(url)) from error
    except TimeoutError as error:
        raise StoreError(f"no answer within {wait_s:g} seconds", place=_place(url)) from error
    except (OSError, EOFError) as error:
        said = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
        raise StoreError(f"cannot be reached: {said}", place=_place(url)) from error


async def _exchanged(host: str, port: int, tls: ssl.SSLContext | None, request: bytes) -> Reply:
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    try:
        writer.write(request)
        await writer.drain()
        reply = Reply()
        parser = httptools.HttpResponseParser(reply)
        while not reply.whole and (piece := await reader.read(_CHUNK)):
            parser.feed_data(piece)
        reply.status = parser.get_status_code() if reply.headers or reply.whole else 0
        if not reply.whole and "content-length" in reply.headers:
            raise EOFError("the connection ended early")
        if not reply.status:
            raise EOFError("the connection ended without an answer")
        return reply
    finally:
        writer.close()


def _tls(peer: Peer) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=peer.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise StoreError(
            "the file of trusted certificates cannot be read",
            place=peer.ca_file,
            remedy="name a PEM file with --ca",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
