"""`/events/alerts/`: that new alerts on findings were raised, as server-sent events.

A message tells the number of the newest alert and how many came since the last message; whoever
listens fetches them by the policies, `GET …/supply-chain/alerts?after=`.

    data: {"newest": 42, "new": 3}
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
from panshi.node.supply_chain.alert_register import alerts_of

PATH = "/events/alerts/"
ACTION = "supply_chain.view"


class AlertStream(Stream):
    """Open streams of people who wait for alerts."""

    every = 1.0

    def __init__(self) -> None:
        super().__init__()
        self._newest = -1

    def _look(self, node: Node) -> dict[str, int] | None:
        """Give what is new since the last look; None where nothing is."""
        newest, before = alerts_of(node).newest(), self._newest
        if newest == before:
            return None
        self._newest = newest
        return {"newest": newest, "new": newest - before if before >= 0 else 0}

    async def _tell(self, news: dict[str, int]) -> None:
        message = b"data: " + msgspec.json.encode(news) + b"\n\n"
        for each in tuple(self.clients):
            if decided(each.roles, ACTION).allowed:
                each.offer(message)


STREAM = AlertStream()


async def serve(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Serve one client that may know of alerts."""
    known = await asyncio.to_thread(events.console().who, events.cookies_of(scope))
    if known is not None and not decided(known[1], ACTION).allowed:
        await send({"type": "http.response.start", "status": 403, "headers": events.HEADERS})
        await send({"type": "http.response.body", "body": b""})
        return
    await events.serve(scope, receive, send, STREAM)
