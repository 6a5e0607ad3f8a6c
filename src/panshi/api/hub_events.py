"""`/events/hub/`: that tickets came in or campaigns changed, as server-sent events.

A message tells how far acceptance has come and how many changes campaigns have seen; whoever
listens fetches them by the policies. Nothing of a ticket is in it.

    data: {"tickets": 1042, "changes": 87, "warnings": 3}
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

import msgspec

from panshi.api import events
from panshi.api.events import Receive, Send, Stream
from panshi.node.alliance.hub import is_hub
from panshi.node.alliance.news import hub_news
from panshi.node.authority import decided
from panshi.node.node import Node
from panshi.node.running import running_node

PATH = "/events/hub/"
ACTION = "soc.view"


class HubStream(Stream):
    """Open streams of people at the joint SOC's desk."""

    every = 1.0

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, int] | None = None

    def _look(self, node: Node) -> dict[str, int] | None:
        """Give how things stand where anything changed since the last look."""
        now = hub_news(node)
        if now == self._seen:
            return None
        self._seen = now
        return now

    async def _tell(self, news: dict[str, int]) -> None:
        message = b"data: " + msgspec.json.encode(news) + b"\n\n"
        for each in tuple(self.clients):
            if decided(each.roles, ACTION).allowed:
                each.offer(message)


STREAM = HubStream()


async def serve(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Serve one client at the desk of a hub."""
    known = await asyncio.to_thread(events.console().who, events.cookies_of(scope))
    there = await asyncio.to_thread(is_hub, running_node())
    if not there or (known is not None and not decided(known[1], ACTION).allowed):
        status = 403 if there else 404
        await send({"type": "http.response.start", "status": status, "headers": events.HEADERS})
        await send({"type": "http.response.body", "body": b""})
        return
    await events.serve(scope, receive, send, STREAM)
