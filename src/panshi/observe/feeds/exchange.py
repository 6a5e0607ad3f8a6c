"""One HTTP exchange with a publisher: GET only, bounded in time and size, no further than allowed.

TLS 1.2 or later with certificate and name checked; plain HTTP to loopback only. Redirects stay on
the same host or go to one that was listed, never from TLS to none. A proxy is used where one was
configured, never one the environment names. An answer must say where it ends (length or chunks),
so that one cut short is known as such. Time limits hold for the head as a whole and for the pace
of the body, so that a server which sends a byte now and then holds nobody.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httptools

from panshi.errors import BadInputError, ForbiddenError, StoreError

HEAD_S = 20.0
"For connecting, TLS and the head of the answer together."
QUIET_S = 20.0
"For which a body may bring nothing."
LOWEST_PACE = 1_024
"Bytes a second, over each stretch of `PACE_S`."
PACE_S = 30.0
LONGEST_HEAD = 64 * 1024
MOST_REDIRECTS = 5
_CHUNK = 256 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_OK = 200


class PassingError(StoreError):
    """What may be over the next time: worth another try."""

    wait_s: float = 0.0
    "How long the publisher asks to wait."


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How publishers may be reached."""

    hosts: frozenset[str] = frozenset()
    "Hosts, with port where it is not the scheme's own, to which a redirect may lead."
    ca_file: str = ""
    proxy: str = ""
    "`http://proxy:3128`; empty: none."
    head_s: float = HEAD_S
    quiet_s: float = QUIET_S
    pace_s: float = PACE_S

    def __repr__(self) -> str:
        """Say all but what a proxy may be told in secret."""
        return f"Way(hosts={sorted(self.hosts)}, proxy={bool(self.proxy)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of an answer."""

    url: str
    status: int
    headers: Mapping[str, str]
    "By lower-case name; what stands several times is joined by commas."

    @property
    def length(self) -> int | None:
        """Length of the body as declared."""
        said = self.headers.get("content-length", "")
        return int(said) if said.isascii() and said.isdecimal() and len(said) < 20 else None  # noqa: PLR2004 -- digits of 64 bits


class Sink(Protocol):
    """Takes an answer as it comes."""

    def begin(self, head: Head) -> None:
        """Look at the head; raise to go no further."""
        ...

    def take(self, piece: bytes) -> None:
        """Take a piece of the body."""
        ...


@dataclass(slots=True)
class _Answer:
    """Callbacks by which httptools tells of one answer."""

    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    headed: bool = False
    whole: bool = False

    def on_message_begin(self) -> None:
        self.headers.clear()
        self.headed = self.whole = False

    def on_header(self, name: bytes, value: bytes) -> None:
        key, said = name.decode("latin-1").lower(), value.decode("latin-1")
        self.headers[key] = f"{self.headers[key]}, {said}" if key in self.headers else said

    def on_headers_complete(self) -> None:
        self.headed = True

    def on_body(self, piece: bytes) -> None:
        self.pieces.append(piece)

    def on_message_complete(self) -> None:
        self.whole = True


async def get(url: str, way: Way, headers: Mapping[str, str], sink: Sink) -> Head:
    """Ask for an address and hand its answer to the sink; redirects are followed as allowed."""
    asked = checked_url(url)
    for _ in range(MOST_REDIRECTS + 1):
        head = await _one(asked, way, headers, sink)
        if head.status not in _REDIRECTS:
            return head
        asked = _next(asked, head, way, urlsplit(url))
    raise StoreError(f"redirects more than {MOST_REDIRECTS} times", place=place_of(url))


def checked_url(url: str) -> SplitResult:
    """Refuse an address that is none, carries a secret, or would go out unencrypted."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadInputError("is no address", place=url[:80]) from error
    if parts.scheme not in {"https", "http"} or not host or not url.isascii() or " " in url:
        raise BadInputError("is no https address", place=url[:80])
    if parts.username or parts.password or parts.fragment:
        raise BadInputError("an address with a name, password or fragment", place=place_of(url))
    if parts.scheme == "http" and not is_loopback(host):
        raise ForbiddenError(
            "is reached without TLS", place=place_of(url), remedy="use https:// or a file"
        )
    return parts


def place_of(url: str) -> str:
    """Give what errors call an address: without query, name or password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(parts: SplitResult) -> str:
    """Name a host as lists of hosts do."""
    name = (parts.hostname or "").lower()
    return f"{name}:{parts.port}" if parts.port else name


def _next(asked: SplitResult, head: Head, way: Way, first: SplitResult) -> SplitResult:
    told = checked_url(urljoin(asked.geturl(), head.headers.get("location", "")))
    if host_of(told) not in {host_of(first), *way.hosts}:
        raise ForbiddenError(
            f"points to {host_of(told)}, which was not listed",
            place=place_of(asked.geturl()),
            remedy=f"add the feed with --host {host_of(told)} if that is its publisher too",
        )
    if asked.scheme == "https" and told.scheme != "https":
        raise ForbiddenError("points from TLS to none", place=place_of(asked.geturl()))
    return told


async def _one(asked: SplitResult, way: Way, headers: Mapping[str, str], sink: Sink) -> Head:
    place = place_of(asked.geturl())
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(way.head_s):
            reader, writer = await _connected(asked, way)
            writer.write(_request(asked, headers))
            await writer.drain()
            answer = _Answer()
            parser = httptools.HttpResponseParser(answer)
            head = await _headed(reader, parser, answer, asked.geturl())
        if head.status in _REDIRECTS:
            return head
        _check(head, place)
        sink.begin(head)
        await _body(reader, parser, answer, way, sink)
    except httptools.HttpParserError as error:
        raise PassingError("the answer is not HTTP", place=place) from error
    except TimeoutError as error:
        raise PassingError("no answer in time, or too slow a one", place=place) from error
    except ssl.SSLCertVerificationError as error:
        raise StoreError(
            f"its certificate is not trusted: {error.verify_message}",
            place=place,
            remedy="name the authority's PEM file with `panshi feeds set ca-file`",
        ) from error
    except (OSError, EOFError) as error:
        said = getattr(error, "strerror", "") or str(error) or type(error).__name__
        raise PassingError(f"cannot be reached: {said}", place=place) from error
    finally:
        if writer is not None:
            writer.close()
    return head


async def _connected(
    asked: SplitResult, way: Way
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, tls = asked.hostname or "", asked.scheme == "https"
    port = asked.port or (443 if tls else 80)
    if not way.proxy or is_loopback(host):
        return await asyncio.open_connection(host, port, ssl=_tls(way) if tls else None)
    proxy = urlsplit(way.proxy)
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port or 3128)
    try:
        lines = [f"CONNECT {host}:{port} HTTP/1.1", f"Host: {host}:{port}"]
        if proxy.username:
            secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
            lines.append(f"Proxy-Authorization: Basic {b64encode(secret.encode()).decode()}")
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        said = await reader.readuntil(b"\r\n\r\n")
        words = said.split(None, 2)
        if len(words) < 2 or words[1] != b"200":  # noqa: PLR2004 -- protocol and status
            status = words[1][:10].decode("latin-1") if len(words) > 1 else "nothing"
            raise PassingError(f"the proxy answers {status}", place=f"{proxy.hostname}")
        await writer.start_tls(_tls(way), server_hostname=host)
    except BaseException:
        writer.close()
        raise
    return reader, writer


def _tls(way: Way) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=way.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise StoreError(
            "the file of trusted certificates cannot be read",
            place=way.ca_file,
            remedy="name a PEM file with `panshi feeds set ca-file`",
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _request(asked: SplitResult, headers: Mapping[str, str]) -> bytes:
    path = (asked.path or "/") + (f"?{asked.query}" if asked.query else "")
    sent = {
        "Host": asked.netloc,
        "User-Agent": "panshi",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **headers,
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    if any("\r" in line or "\n" in line for line in lines):
        raise BadInputError("an address with a line break", place=place_of(asked.geturl()))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def _headed(
    reader: asyncio.StreamReader,
    parser: httptools.HttpResponseParser,
    answer: _Answer,
    url: str,
) -> Head:
    taken = 0
    while True:
        piece = await reader.read(_CHUNK if answer.headed else LONGEST_HEAD)
        if not piece:
            raise EOFError("the connection ended without an answer")
        taken += len(piece)
        parser.feed_data(piece)
        status = parser.get_status_code()
        if answer.headed and status >= _OK:
            return Head(url=url, status=status, headers=dict(answer.headers))
        if taken > LONGEST_HEAD:
            raise StoreError("the head of the answer is too long", place=place_of(url))


def _check(head: Head, place: str) -> None:
    if head.status in _PASSING:
        error = PassingError(f"answers {head.status}", place=place)
        asked = head.headers.get("retry-after", "")
        error.wait_s = min(float(asked), 120.0) if asked.isascii() and asked.isdecimal() else 0.0
        raise error
    if head.headers.get("content-encoding", "identity") not in {"identity", ""}:
        raise StoreError("answers in an encoding nobody asked for", place=place)


async def _body(
    reader: asyncio.StreamReader,
    parser: httptools.HttpResponseParser,
    answer: _Answer,
    way: Way,
    sink: Sink,
) -> None:
    pace = _Pace(way.pace_s)
    while True:
        for piece in answer.pieces:
            sink.take(piece)
        answer.pieces.clear()
        if answer.whole:
            return
        async with asyncio.timeout(way.quiet_s):
            piece = await reader.read(_CHUNK)
        if not piece:
            raise EOFError("the connection ended early")
        pace.keep(len(piece))
        parser.feed_data(piece)


@dataclass(slots=True)
class _Pace:
    """Whether a body comes fast enough; measured over stretches, so that a pause is allowed."""

    stretch: float
    clock: Callable[[], float] = time.monotonic
    since: float = 0.0
    taken: int = 0

    def keep(self, count: int) -> None:
        now = self.clock()
        self.since = self.since or now
        self.taken += count
        if now - self.since >= self.stretch:
            if self.taken < LOWEST_PACE * self.stretch:
                raise TimeoutError
            self.since, self.taken = now, 0
