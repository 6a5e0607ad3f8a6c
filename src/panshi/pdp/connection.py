"""One connection: requests in the order they came, answers in the same order.

httptools parses; this class keeps the limits, decides what is framed in only one way, calls the
handler and writes. A hot route is answered inside the parser's callback with one write.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
from collections import deque
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any, NamedTuple, cast

import httptools
import msgspec

from panshi.errors import BadInputError, ForbiddenError, MissingError, UsageError
from panshi.pdp.around import Around
from panshi.pdp.gate import NOBODY, Caller, Gate, OpenGate
from panshi.pdp.http import HotHandler, HttpAnswer, HttpRequest, PdpRoute, Reply, Stream, refusal

JSON_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
LINGER_SECONDS = 1.0
NEVER = float("inf")
UNIQUE = frozenset({b"host", b"content-length", b"transfer-encoding", b"authorization",
                    b"content-type", b"x-request-id", b"expect"})  # fmt: skip
logger = logging.getLogger(__name__)


class Received(NamedTuple):
    """A request as it came off the wire."""

    method: bytes
    target: bytes
    headers: dict[bytes, bytes]
    body: bytes
    keep: bool
    version: str


class Connection(asyncio.Protocol):
    """The protocol of one client."""

    __slots__ = (
        "_body", "_body_bytes", "_can_write", "_certificate", "_dead", "_fed", "_gate",
        "_head_bytes", "_headers", "_in_head", "_limits", "_parser", "_peer", "_queue", "_server",
        "_streaming", "_target", "_transport", "deadline", "work",
    )  # fmt: skip

    def __init__(self, server: Around, gate: Gate | OpenGate) -> None:
        self._server = server
        self._gate = gate
        self._limits = server.limits
        self._parser: Any = httptools.HttpRequestParser(self)
        self._queue: deque[Received] = deque()
        self._can_write: asyncio.Event | None = None
        self._certificate: str | None = None
        self._dead = False
        self._fed = 0
        self._headers: dict[bytes, bytes] = {}
        self._head_bytes = 0
        self._in_head = True
        self._streaming = False
        self._target = b""
        self._body: list[bytes] = []
        self._body_bytes = 0
        self.work: asyncio.Task[None] | None = None
        self.deadline = server.now + self._limits.head_seconds

    # --- the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember who it is; one too many is closed at once."""
        self._transport = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        self._peer = name[0] if isinstance(name, tuple) else ""
        secured = transport.get_extra_info("ssl_object")
        shown = secured.getpeercert(binary_form=True) if secured is not None else None
        if shown:
            text = base64.encodebytes(shown).decode()
            self._certificate = f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"
        if self._server.stopping or len(self._server.connections) >= self._limits.connections:
            self._dead = True
            self._transport.close()
            return
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it, and end what was still being answered."""
        del exc
        self._dead = True
        self._server.connections.discard(self)
        self._queue.clear()
        if self._can_write is not None:
            self._can_write.set()
        if self.work is not None:
            self.work.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse; complete requests are answered from within."""
        if self._dead:
            return
        in_head = self._in_head
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            # RFC 9110, 7.8: an upgrade may be ignored; proxies pass on their client's wish
            self._parser = httptools.HttpRequestParser(self)
            self.data_received(data[upgrade.args[0] :])
            return
        except httptools.HttpParserError as error:
            if not self._dead:
                self._refuse(HTTPStatus.BAD_REQUEST, f"not a valid HTTP/1.1 request: {error}")
            return
        if self._in_head and not self._dead:
            # bytes of an unfinished head rest in the parser, which has no limit of its own
            self._fed = self._fed + len(data) if in_head else 0
            if self._fed > self._limits.header_bytes + self._limits.target_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers are too large")

    def eof_received(self) -> bool:
        """Close when the client has gone, unless an answer is still on its way to it."""
        return self.work is not None and not self._streaming

    def pause_writing(self) -> None:
        """Hold the next piece and read no more: the client takes less than it is given."""
        self._can_write = asyncio.Event()
        if not self._streaming:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on: the client has caught up."""
        if self._can_write is not None:
            self._can_write.set()
            self._can_write = None
        self._transport.resume_reading()

    # --- the parser's side

    def on_message_begin(self) -> None:
        """Start anew."""
        self._headers = {}
        self._head_bytes = 0
        self._in_head = True
        self._target = b""
        self._body = []
        self._body_bytes = 0
        self.deadline = self._server.now + self._limits.head_seconds

    def on_url(self, piece: bytes) -> None:
        """Gather the target, which may come in pieces."""
        self._target += piece
        if len(self._target) > self._limits.target_bytes:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG, "the request target is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one header; those that frame or identify may come only once."""
        name = name.lower()
        self._head_bytes += len(name) + len(value)
        if name in self._headers:
            if name in UNIQUE:
                self._refuse(HTTPStatus.BAD_REQUEST, f"header {name.decode('latin-1')} twice")
                return
            value = self._headers[name] + b", " + value
        self._headers[name] = value
        limits = self._limits
        if self._head_bytes > limits.header_bytes or len(self._headers) > limits.header_count:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers are too large")

    def on_headers_complete(self) -> None:
        """Check how the message is framed before a byte of its body is kept."""
        self._in_head = False
        self._fed = 0
        self.deadline = self._server.now + self._limits.body_seconds
        headers = self._headers
        if b"transfer-encoding" in headers or b"expect" in headers:
            self._unusual_framing(headers)
        length = headers.get(b"content-length")
        if length is not None and (
            not length.isdigit() or int(length[:20]) > self._limits.body_bytes
        ):
            status = (
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE if length.isdigit() else HTTPStatus.BAD_REQUEST
            )
            self._refuse(status, "the body is too large")
        if b"host" not in headers and self._parser.get_http_version() == "1.1":
            self._refuse(HTTPStatus.BAD_REQUEST, "header host is missing")

    def _unusual_framing(self, headers: dict[bytes, bytes]) -> None:
        coding = headers.get(b"transfer-encoding")
        if coding is not None and b"content-length" in headers:
            self._refuse(HTTPStatus.BAD_REQUEST, "content-length beside transfer-encoding")
        elif coding is not None and self._parser.get_http_version() != "1.1":
            self._refuse(HTTPStatus.BAD_REQUEST, "transfer-encoding needs HTTP/1.1")
        elif coding is not None and coding.strip().lower() != b"chunked":
            self._refuse(HTTPStatus.NOT_IMPLEMENTED, "transfer-encoding other than chunked")
        expected = headers.get(b"expect")
        if expected is None or self._dead:
            return
        if expected.lower() != b"100-continue":
            self._refuse(HTTPStatus.EXPECTATION_FAILED, "expectation cannot be met")
        elif self.work is None and not self._too_long(headers):
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _too_long(self, headers: dict[bytes, bytes]) -> bool:
        length = headers.get(b"content-length", b"0")
        return not length.isdigit() or int(length[:20]) > self._limits.body_bytes

    def on_body(self, piece: bytes) -> None:
        """Gather the body, within the limit."""
        self._body_bytes += len(piece)
        if self._body_bytes > self._limits.body_bytes:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large")
        elif not self._dead:
            self._body.append(piece)

    def on_message_complete(self) -> None:
        """Answer now, or after the answers before this one."""
        self._in_head = True
        if self._dead:
            return
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        parser = self._parser
        received = Received(
            parser.get_method(),
            self._target,
            self._headers,
            body,
            parser.should_keep_alive() and not self._server.stopping,
            parser.get_http_version(),
        )
        self._headers, self._target = {}, b""  # nothing has begun
        if self.work is not None:
            self._queue.append(received)
            if len(self._queue) > self._limits.waiting:
                self._refuse(HTTPStatus.TOO_MANY_REQUESTS, "too many requests wait", at_once=True)
            return
        self.deadline = self._server.now + self._limits.idle_seconds
        self._serve(received)

    # --- our side

    def _serve(self, received: Received) -> None:
        hot = self._server.routes.hot.get(received.target)
        if hot is not None and received.method == b"POST" and self._served_hot(*hot, received):
            return
        caller = self._gate.caller(received.headers.get(b"authorization", b""), self._certificate)
        answer = self._answer(received, caller)
        if isinstance(answer, HttpAnswer) and not isinstance(answer, Stream):
            self._write(answer, received)
            return
        self.deadline = NEVER
        self.work = asyncio.get_running_loop().create_task(self._finish(answer, received))

    def _served_hot(self, hot: HotHandler, scope: str, received: Received) -> bool:
        """Answer with one write where everything is plain; leave the rest to the handler."""
        headers = received.headers
        if headers.get(b"content-type") != b"application/json" or b"content-encoding" in headers:
            return False
        caller = self._gate.caller(headers.get(b"authorization", b""), self._certificate)
        if not caller.may(scope) or not received.keep or received.version != "1.1":
            return False
        request_id = headers.get(b"x-request-id")
        try:
            body = hot(
                self._server.point,
                received.body,
                request_id.decode("latin-1") if request_id is not None else "",
            )
        except Exception:  # noqa: BLE001 -- the handler meets it again, and answers for it
            return False
        if body is None:
            return False
        echo = b"" if request_id is None else b"\r\nx-request-id: " + request_id
        self._transport.write(
            b"%b%d%b%b\r\n\r\n%b" % (JSON_HEAD, len(body), self._server.date, echo, body)
        )
        return True

    def _answer(self, received: Received, caller: Caller) -> Reply:
        path, _, query = _target(received.target).partition("?")
        methods = self._server.routes.methods(path)
        if not methods:
            return refusal(HTTPStatus.NOT_FOUND, f"nothing answers at {path[:200]}")
        method = received.method.decode("latin-1")
        route = methods.get(method) or methods.get("*")
        if route is None and method == "HEAD":
            route = methods.get("GET")
        if route is None:
            allowed = ", ".join(sorted(methods))
            return refusal(
                HTTPStatus.METHOD_NOT_ALLOWED, f"{path} answers {allowed}", ("allow", allowed)
            )
        if not caller.may(route.scope):
            return _not_let_in(caller, route)
        request = HttpRequest(
            method=method,
            path=path,
            query=query,
            headers={
                name.decode("latin-1"): value.decode("latin-1")
                for name, value in received.headers.items()
            },
            body=received.body,
            peer=self._peer,
            certificate=self._certificate,
            caller=caller.name,
        )
        try:
            return route.handler(self._server.point, request)
        except Exception as error:  # noqa: BLE001 -- the entry point of every handler
            return _failed(error)

    async def _finish(self, reply: Reply, received: Received) -> None:
        """Await the answer, or pass on its pieces; then take the next request."""
        try:
            answer = reply if isinstance(reply, HttpAnswer) else await reply
        except Exception as error:  # noqa: BLE001 -- the entry point of every handler
            answer = _failed(error)
        if isinstance(answer, Stream):
            await self._write_pieces(answer, received)
        elif not self._dead:
            self._write(answer, received)
        self.work = None
        self.deadline = self._server.now + self._limits.idle_seconds
        while self._queue and not self._busy():
            self._serve(self._queue.popleft())

    def _busy(self) -> bool:
        return self.work is not None or self._dead

    def _write(self, answer: HttpAnswer, received: Received) -> None:
        keep = received.keep and not self._server.stopping
        head = self._head(answer, received, keep=keep)
        length = b"content-length: %d\r\n\r\n" % len(answer.body)
        body = b"" if received.method == b"HEAD" else answer.body
        if answer.status == HTTPStatus.NO_CONTENT:
            length, body = b"\r\n", b""
        self._transport.write(head + length + body)
        if not keep:
            self._dead = True
            self._transport.close()

    async def _write_pieces(self, answer: Stream, received: Received) -> None:
        chunked = received.version == "1.1"
        keep = received.keep and chunked
        framing = b"transfer-encoding: chunked\r\n\r\n" if chunked else b"\r\n"
        pieces = answer.pieces
        self._streaming = True
        try:
            self._transport.write(self._head(answer, received, keep=keep) + framing)
            async for piece in pieces:
                if self._dead or self._server.stopping:
                    break
                framed = b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
                self._transport.write(framed if piece else b"")
                if self._can_write is not None:
                    await self._can_write.wait()
        except Exception as error:  # noqa: BLE001 -- the entry point of every handler
            logger.warning("a stream broke: %r", error)
            self.drop()
        finally:
            self._streaming = False
            if isinstance(pieces, AsyncGenerator):
                with contextlib.suppress(RuntimeError):
                    await pieces.aclose()
        if self._dead:
            return
        if chunked:
            self._transport.write(b"0\r\n\r\n")
        if not keep or self._server.stopping:
            self._dead = True
            self._transport.close()

    def _head(self, answer: HttpAnswer, received: Received, *, keep: bool) -> bytes:
        status = HTTPStatus(answer.status)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}".encode() + self._server.date]
        if answer.content_type and (answer.body or isinstance(answer, Stream)):
            lines.append(f"content-type: {answer.content_type}".encode())
        request_id = received.headers.get(b"x-request-id")
        if request_id is not None:
            lines.append(b"x-request-id: " + request_id)
        for name, value in answer.headers:
            line = f"{name}: {value}".encode("latin-1", "replace")
            lines.append(line.replace(b"\r", b" ").replace(b"\n", b" "))
        if not keep:
            lines.append(b"connection: close")
        elif received.version != "1.1":
            lines.append(b"connection: keep-alive")
        return b"\r\n".join(lines) + b"\r\n"

    def _refuse(self, status: HTTPStatus, message: str, *, at_once: bool = False) -> None:
        """Say why, take nothing more, and close once the client could read it."""
        if self._dead:
            return
        self._dead = True
        self._queue.clear()
        if self.work is not None and not at_once:
            self.drop()
            return
        if self.work is None:
            answer = refusal(status, message)
            received = Received(b"", b"", self._headers, b"", keep=False, version="1.1")
            head = self._head(answer, received, keep=False)
            self._transport.write(
                head + b"content-length: %d\r\n\r\n" % len(answer.body) + answer.body
            )
        if self._transport.can_write_eof():
            with contextlib.suppress(OSError, RuntimeError):
                self._transport.write_eof()
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self._transport.abort)

    # --- the server's side

    def too_slow(self) -> None:
        """End a request that does not come to its end, or a connection nobody uses."""
        if self._in_head and not self._headers and not self._target:
            self.drop()
        else:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "the request took too long")

    def wind_up(self) -> None:
        """Close when idle; what is being answered is finished first."""
        if self.work is None:
            self.drop()

    def drop(self) -> None:
        """Close now."""
        self._dead = True
        if self.work is not None:
            self.work.cancel()
        self._transport.close()


def _target(raw: bytes) -> str:
    """Give path and query of a target in origin or absolute form."""
    text = raw.decode("latin-1")
    if text.startswith(("http://", "https://")):
        _, _, rest = text.partition("://")
        slash = rest.find("/")
        return rest[slash:] if slash >= 0 else "/"
    return text


def _not_let_in(caller: Caller, route: PdpRoute) -> HttpAnswer:
    if caller is NOBODY:
        return refusal(
            HTTPStatus.UNAUTHORIZED,
            "a bearer token or a client certificate is needed",
            ("www-authenticate", 'Bearer realm="panshi"'),
        )
    return refusal(HTTPStatus.FORBIDDEN, f"{caller.name} lacks the scope {route.scope}")


def _failed(error: Exception) -> HttpAnswer:
    """Turn what a handler raised into an answer; what nobody foresaw is logged and kept silent."""
    match error:
        case BadInputError() | msgspec.MsgspecError():
            return refusal(HTTPStatus.BAD_REQUEST, str(error))
        case ForbiddenError():
            return refusal(HTTPStatus.FORBIDDEN, str(error))
        case MissingError():
            return refusal(HTTPStatus.NOT_FOUND, str(error))
        case UsageError():
            return refusal(HTTPStatus.BAD_REQUEST, str(error))
        case _:
            logger.error("a handler failed", exc_info=error)
            return refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error")
