"""One request and its answer, from the first question to the last byte; it can be ended at any one.

What the client is told at the end depends on what it understands: a status before the answer has
begun, a closing frame on a WebSocket, a last event on an event stream. In the middle of a frame,
an event or any other body, and whenever something waits for a slow client, there is nothing honest
to say: the connection is reset.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from panshi.pep.streaming.enforcer import Enforcer
from panshi.pep.streaming.frames import EventWatch, FrameWatch, close_frame, event
from panshi.pep.streaming.head import Pair, RequestHead, answer_head
from panshi.pep.streaming.registry import Ending
from panshi.pep.streaming.sockets import cut, waiting

LINGER_S = 1.0
"How long a client may take to answer a closing frame."
BODILESS = frozenset({204, 304})
LAST_CHUNK = b"0\r\n\r\n"
SENT_ON_ENDING = "panshi-closed"
SENT_ON_TELLING = "panshi-notice"


class ApplicationSide(Protocol):
    """The connection to the application."""

    transport: asyncio.Transport

    def leave(self) -> None:
        """Close, and tell nothing more."""
        ...


class ClientSide(Protocol):
    """The connection to the client."""

    transport: asyncio.Transport
    enforcer: Enforcer

    def next(self, *, keep: bool) -> None:
        """Take the next request, or close."""
        ...

    def answer_for_lost_application(self) -> None:
        """Tell that the application went away before it answered."""
        ...

    def end_before_answer(self, why: Ending) -> None:
        """Tell a client that waits for its answer that there will be none."""
        ...


class Exchange:
    """What is open on behalf of one request."""

    def __init__(self, client: ClientSide, head: RequestHead) -> None:
        """Begin with a checked head."""
        self.client = client
        self.head = head
        self.access = client.enforcer.new_access()
        self.session = ""
        self.grace_s = 0
        self.receive_only = False
        self.answered = False
        self.websocket = False
        "Agreed to by the application: bytes are relayed from now on."
        self.request_whole = False
        self.pipelined = False
        self.ended = False
        self.early = b""
        "What a client sent behind its wish to switch."
        self._application: ApplicationSide | None = None
        self._pending: list[bytes] = []
        self._chunked = False
        self._declared = False
        self._events: EventWatch | None = None
        self._in = FrameWatch()
        self._out = FrameWatch()
        self._narrowed: Ending | None = None

    # -- the request

    def body(self, part: bytes) -> None:
        """Pass on, or keep what came in one piece with the head."""
        framed = b"%x\r\n%b\r\n" % (len(part), part) if self.head.chunked else part
        if self._application is None:
            self._pending.append(framed)
        else:
            self._application.transport.write(framed)

    def request_ended(self) -> None:
        """End the body towards the application."""
        self.request_whole = True
        if not self.head.chunked:
            return
        if self._application is None:
            self._pending.append(LAST_CHUNK)
        else:
            self._application.transport.write(LAST_CHUNK)

    def begin(self, application: ApplicationSide, head: bytes) -> None:
        """Send head and what has come of the body."""
        self._application = application
        application.transport.write(b"".join([head, *self._pending]))
        self._pending.clear()

    # -- the answer

    def answer_began(self, status: int, pairs: tuple[Pair, ...]) -> None:
        """Send the head of the answer."""
        if self.ended or self.answered:
            return
        self.answered = True
        values = dict(pairs)
        length = values.get("content-length")
        coded = "transfer-encoding" in values
        self._declared = coded or length is not None
        bodiless = status in BODILESS or self.head.method == "HEAD"
        self._chunked = not bodiless and (coded or length is None)
        framing: tuple[Pair, ...] = ()
        if self._chunked:
            framing = (("transfer-encoding", "chunked"),)
        elif length is not None:
            framing = (("content-length", length),)
        if values.get("content-type", "").partition(";")[0].strip() == "text/event-stream":
            self._events = EventWatch()
        head = answer_head(status, pairs, framing=framing, close=not self._keeps)
        self.client.transport.write(head)
        if bodiless:
            self.answer_ended()

    def answer_body(self, part: bytes) -> None:
        """Send a part of the body."""
        if self.ended or not self.answered:
            return
        if self._events is not None:
            self._events.feed(part)
        self.client.transport.write(b"%x\r\n%b\r\n" % (len(part), part) if self._chunked else part)

    def answer_ended(self) -> None:
        """End the answer and take the next request, if the client sent nothing ahead."""
        if self.ended:
            return
        if self._chunked:
            self.client.transport.write(LAST_CHUNK)
        keep = self._keeps
        self.discard()
        self.client.next(keep=keep)

    @property
    def _keeps(self) -> bool:
        """Whether another request may follow on this connection."""
        return self.request_whole and not self.pipelined and self.head.keep

    def application_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- asyncio's signature
        """End as the application ended: whole, cut, or never begun."""
        if self.ended:
            return
        if self.websocket:
            self.discard()
            self.client.transport.close()
        elif not self.answered:
            self.discard()
            self.client.answer_for_lost_application()
        elif self._chunked and not self._declared:
            self.answer_ended()
        else:
            self.discard()
            cut(self.client.transport)

    # -- the WebSocket

    def switched(self, pairs: tuple[Pair, ...], first: bytes) -> None:
        """Begin the relay of bytes, if this is what the client asked for."""
        if self.ended:
            return
        if not self.head.websocket or dict(pairs).get("upgrade", "").lower() != "websocket":
            self.application_lost(None)
            return
        self.answered = self.websocket = True
        head = answer_head(101, pairs, framing=(("upgrade", "websocket"),), close=False)
        self.client.transport.write(head.replace(b"connection: keep-alive", b"connection: Upgrade"))
        early, self.early = self.early, b""
        if first:
            self.from_application(first)
        if early:
            self.from_client(early)

    def from_client(self, data: bytes) -> None:
        """Relay towards the application."""
        if self.ended or self._application is None:
            return
        before = self._in.data_frames
        self._in.feed(data)
        if self._narrowed is not None and self._in.data_frames > before:
            self.end(self._narrowed)
        elif self._in.broken:
            self.end_silently()
            cut(self.client.transport)
        else:
            self._application.transport.write(data)

    def from_application(self, data: bytes) -> None:
        """Relay towards the client."""
        if not self.ended:
            self._out.feed(data)
            self.client.transport.write(data)

    # -- pressure

    def hold_application(self) -> None:
        """Read no more from the application."""
        if self._application is not None:
            self._application.transport.pause_reading()

    def release_application(self) -> None:
        """Read again from the application."""
        if self._application is not None:
            self._application.transport.resume_reading()

    def hold_client(self) -> None:
        """Read no more from the client."""
        self.client.transport.pause_reading()

    def release_client(self) -> None:
        """Read again from the client."""
        self.client.transport.resume_reading()

    # -- ends

    def end(self, why: Ending) -> None:
        """Take it back now: nothing of the application reaches the client from here on."""
        if self.ended:
            return
        if not self.answered:
            self.client.end_before_answer(why)
            return
        transport = self.client.transport
        last = self._last_word(why)
        self.end_silently()
        if last is None or waiting(transport):
            cut(transport)
            return
        transport.write(last)
        asyncio.get_running_loop().call_later(LINGER_S, cut, transport)
        if not self.websocket:
            transport.close()

    def _last_word(self, why: Ending) -> bytes | None:
        if self.websocket and self._out.between and not self._out.closed:
            return close_frame(why.code, f"{why.cause}: {why.en}", masked=False)
        if self._events is not None and self._events.between and self._chunked:
            told = event(SENT_ON_ENDING, why.told)
            return b"%x\r\n%b\r\n%b" % (len(told), told, LAST_CHUNK)
        return None

    def narrow(self, why: Ending) -> None:
        """Leave only what comes from the application, where the route allows it; else end."""
        if self.receive_only and (self._events is not None or self._quiet):
            self._narrowed = why
            self.tell(why)
        else:
            self.end(why)

    @property
    def _quiet(self) -> bool:
        """Whether the client is not in the middle of saying something."""
        return self.websocket and self._in.between

    def tell(self, why: Ending) -> None:
        """Say something on an event stream; nothing else has room for it."""
        if self._events is not None and self._events.between and self._chunked and not self.ended:
            self.answer_body(event(SENT_ON_TELLING, why.told))

    def end_silently(self) -> None:
        """Let go of the application and be counted as closed."""
        application = self._application
        if application is not None and self.websocket and self._in.between:
            application.transport.write(close_frame(1001, "", masked=True))
        self.discard()

    def discard(self) -> None:
        """Forget everything; the client's connection is the caller's."""
        if self.ended:
            return
        self.ended = True
        self.client.enforcer.forget(self)
        if self._application is not None:
            self._application.leave()

    def client_lost(self) -> None:
        """End because the client left."""
        self.discard()
