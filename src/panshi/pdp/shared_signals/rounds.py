"""The work of shared signals that goes on: polling, pushing, asking for signs of life, tidying.

Once a second whatever is due is started; each thing runs by itself, so that none waits for another,
and none is started while it still runs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from panshi.errors import PanshiError
from panshi.pdp.shared_signals.hub import Hub
from panshi.pdp.shared_signals.polling import poll
from panshi.pdp.shared_signals.watching import ask_for_sign
from panshi.protection.zero_trust.signals import health, replay

ROUND_S = 1.0
logger = logging.getLogger(__name__)


class Rounds:
    """The rounds of one hub."""

    def __init__(self, hub: Hub) -> None:
        """Begin with nothing under way."""
        self.hub = hub
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stamp = -1

    async def run(self) -> None:
        """Do what is due, until cancelled."""
        try:
            while True:
                self.once()
                await asyncio.sleep(ROUND_S)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def once(self) -> None:
        """Start whatever is due; each thing runs by itself, so that none waits for another."""
        now = self.hub.clock()
        stamp = self.hub.store.changed()
        if stamp != self._stamp:
            self._stamp = stamp
            self.hub.reload()
        self.hub.names()
        for feed in tuple(self.hub.feeds.values()):
            self.hub.silence(feed)
            if feed.row.status != "enabled":
                continue
            name = feed.row.name
            if feed.row.method == "poll":
                self._start(f"poll {name}", partial(poll, self.hub, feed))
            fare = self.hub.store.fare(name)
            alive = health.Feed(
                set_up_at=feed.row.created_at,
                heard_at=fare.heard_at,
                interval_s=feed.row.interval_s,
                status=feed.row.status,
            )
            if health.verification_due(alive, fare.asked_at, now):
                self._start(f"ask {name}", partial(ask_for_sign, self.hub, feed))
            self.hub.store.trim_arrivals(name)
        if self.hub.feeds:
            # By the feed that takes the oldest tokens: no window may outlast the memory
            windows = (
                replay.forgotten_before(each.issuer, now) for each in self.hub.feeds.values()
            )
            self.hub.store.forget_heard(min(windows))
        for stream_id in self.hub.sender.due(now):
            self._start(f"push {stream_id}", partial(self.hub.sender.push, stream_id))
        self.hub.sender.tidy(now)
        if self.hub.teller is not None and self.hub.sender.named:
            self.hub.teller.look_at_risk()

    def _start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        running = self._tasks.get(name)
        if running is None or running.done():
            self._tasks[name] = asyncio.get_running_loop().create_task(self._guarded(name, work))

    async def _guarded(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except PanshiError as error:
            logger.warning("%s: %s", name, error)
