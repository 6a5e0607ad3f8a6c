"""`/events/`: what happens while a page is open, as server-sent events, raw ASGI.

One producer looks at the log every two seconds, for all clients together; a client is a queue and
a task. Whoever listens is known by the console's session, checked when they come and every minute,
and is asked about by the same policies. Messages tell that something changed and how many things
wait, never what people wrote:

    data: {"size": 149627, "changed": 2, "inbox": 4, "unread": 1}
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from panshi.errors import PanshiError
from panshi.model.verdict import Status
from panshi.node.authority import decided
from panshi.node.node import Node
from panshi.node.running import running_node

PATH = "/events/"
CONSOLE = "panshi.web.live"
EVERY = 2.0
"Seconds between two looks at the log."
BEAT = 20.0
"Seconds after which a silent stream says that it lives."
CHECKED = 60.0
"Seconds after which a session is looked at again."
MOST = 2_000
MOST_EACH = 20
"Streams in all, and of one person."
WAITING = 4
"Messages a slow client may be behind; older ones are dropped, each tells the whole state."

type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Console(Protocol):
    """What the console knows: whose session it is, and what waits for them."""

    def who(self, cookies: str) -> tuple[str, tuple[str, ...]] | None:
        """Account and roles behind a cookie header; None where nobody is signed in."""
        ...

    def counts(self, person: str, roles: tuple[str, ...]) -> dict[str, int]:
        """How much waits for a person."""
        ...


@dataclass(eq=False, slots=True)
class Client:
    """One open stream."""

    person: str
    roles: tuple[str, ...]
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING))

    def offer(self, message: bytes | None) -> None:
        """Hand a message on, None for the end; a client that is behind loses the oldest."""
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(message)


class Stream:
    """Every open stream of this process, and the one producer that feeds them."""

    every = EVERY

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.ended = False
        self._size = -1
        self._verdicts: dict[tuple[str, str], Status] = {}

    def end(self) -> None:
        """Let everybody go and nobody in: a server that is to stop waits for open answers."""
        self.ended = True
        for each in self.clients:
            each.offer(None)

    def full(self, person: str) -> bool:
        """Whether one more stream would be too many."""
        if self.ended:
            return True
        mine = sum(each.person == person for each in self.clients)
        return len(self.clients) >= MOST or mine >= MOST_EACH

    async def produce(self, stopping: asyncio.Event) -> None:
        """Look at the log again and again, and tell whoever listens."""
        while not stopping.is_set():
            await asyncio.sleep(self.every)
            if not self.clients:
                continue
            try:
                news = await asyncio.to_thread(self._look, running_node())
                if news is not None:
                    await self._tell(news)
            except PanshiError:
                # Told again at the next look; whoever asks for a page is told why.
                continue

    def _look(self, node: Node) -> dict[str, int] | None:
        """Give what changed since the last look; None where nothing did."""
        size = node.log.size()
        if size == self._size:
            return None
        now = {
            (estate, verdict.control): verdict.status
            for estate in node.estate_ids()
            for framework in node.library.frameworks
            for verdict in node.assess(framework, estate).verdicts
        }
        first = self._size < 0
        changed = sum(self._verdicts.get(key) is not status for key, status in now.items())
        self._size, self._verdicts = size, now
        return {"size": size, "changed": 0 if first else changed}

    async def _tell(self, news: dict[str, int]) -> None:
        people = {(each.person, each.roles) for each in self.clients}
        for person, roles in people:
            message = await asyncio.to_thread(message_for, person, roles, news)
            for each in tuple(self.clients):
                if (each.person, each.roles) == (person, roles):
                    each.offer(message)


def message_for(person: str, roles: tuple[str, ...], news: dict[str, int]) -> bytes:
    """Give the message for one person: what changed, as far as they may know, and what waits."""
    told = dict(news) if decided(roles, "verdict.view").allowed else {}
    return b"data: " + msgspec.json.encode(told | console().counts(person, roles)) + b"\n\n"


def console() -> Console:
    """Give the console, named by a dotted string because entry points do not import each other."""
    found: Console = importlib.import_module(CONSOLE)
    return found


STREAM = Stream()


async def serve(
    scope: MutableMapping[str, Any], receive: Receive, send: Send, stream: Stream = STREAM
) -> None:
    """Serve one client until it leaves or its session ends."""
    cookies = cookies_of(scope)
    known = await asyncio.to_thread(console().who, cookies)
    refusal = _refusal(scope, known, stream)
    if known is None or refusal:
        await send({"type": "http.response.start", "status": refusal, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b""})
        return
    client = Client(*known)
    stream.clients.add(client)
    gone = asyncio.create_task(_left(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        first = await asyncio.to_thread(message_for, *known, {})
        await _body(send, b"retry: 5000\n\n" + first)
        await _pass_on(client, cookies, gone, send)
    finally:
        stream.clients.discard(client)
        gone.cancel()


async def _pass_on(client: Client, cookies: str, gone: asyncio.Task[None], send: Send) -> None:
    clock = asyncio.get_running_loop().time
    checked = clock()
    while not gone.done():
        getting = asyncio.ensure_future(client.queue.get())
        await asyncio.wait({gone, getting}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
        message = getting.result() if getting.done() else b": \n\n"
        getting.cancel()
        if gone.done():
            return
        if message is None:
            await send({"type": "http.response.body", "body": b""})
            return
        if clock() - checked > CHECKED:
            checked = clock()
            if await asyncio.to_thread(console().who, cookies) != (client.person, client.roles):
                await send({"type": "http.response.body", "body": b""})
                return
        await _body(send, message)


def _refusal(
    scope: MutableMapping[str, Any], known: tuple[str, tuple[str, ...]] | None, stream: Stream
) -> int:
    """Give the status to refuse with; 0 where nothing speaks against it."""
    if scope["method"] != "GET":
        return 405
    if known is None:
        return 401
    person, roles = known
    if not decided(roles, "home.view").allowed:
        return 403
    return 503 if stream.full(person) else 0


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(send: Send, message: bytes) -> None:
    await send({"type": "http.response.body", "body": message, "more_body": True})


def cookies_of(scope: MutableMapping[str, Any]) -> str:
    """Give the cookie header of a request."""
    found = (value for name, value in scope["headers"] if name.lower() == b"cookie")
    return "; ".join(value.decode("latin-1") for value in found)


HEADERS = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
)
