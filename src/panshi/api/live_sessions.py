"""`/events/sessions/`: that something changed among live sessions, as server-sent events.

One producer asks the decision point of this home once a second while somebody listens, and tells
the epoch and how many sessions and accesses there are; whoever shows more fetches it by the
policies. A change is therefore on the screen within about a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import msgspec

from panshi.api import events
from panshi.api.events import Receive, Send, Stream
from panshi.node.authority import decided
from panshi.node.node import Node
from panshi.node.zero_trust import watching

PATH = "/events/sessions/"
ACTION = "access.view"


class SessionStream(Stream):
    """Open streams of people who watch live sessions."""

    every = 1.0

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, int] | None = None

    def _look(self, node: Node) -> dict[str, int] | None:
        """Give what changed since the last look; None where nothing did."""
        live = watching.look(node, limit=1)
        now = {name: getattr(live, name) for name in SHOWN} if live else {"epoch": 0}
        if now == self._seen:
            return None
        self._seen = now
        return now

    async def _tell(self, news: dict[str, int]) -> None:
        message = b"data: " + msgspec.json.encode(news) + b"\n\n"
        for each in tuple(self.clients):
            if decided(each.roles, ACTION).allowed:
                each.offer(message)


SHOWN = ("epoch", "sessions_live", "accesses_open", "not_confirmed")
STREAM = SessionStream()


async def serve(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Serve one client that may watch."""
    known = await asyncio.to_thread(events.console().who, events.cookies_of(scope))
    if known is not None and not decided(known[1], ACTION).allowed:
        await send({"type": "http.response.start", "status": 403, "headers": events.HEADERS})
        await send({"type": "http.response.body", "body": b""})
        return
    await events.serve(scope, receive, send, STREAM)
