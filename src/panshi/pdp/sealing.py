"""The way from what the decision point did to the evidence log, beside deciding.

    tell(fact) ──► memory ──once a second──► spool on disk ──every ten──► sealed

Deciding never waits for it. Where sealing fails (a full disk, another that writes), facts stay in
the spool, the next round takes them, and the operator is told once a minute.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from panshi.errors import PanshiError
from panshi.node.home import Home
from panshi.node.node import Node
from panshi.node.zero_trust.sealing import Fact, seal, spool_of, summarise, written

SPOOL_S = 1.0
SEAL_S = 10.0
SUMMARY_S = 3_600.0
SUMMARISED = timedelta(days=30)
SAY_AGAIN_S = 60.0
MOST_HELD = 100_000
logger = logging.getLogger(__name__)


class Sealing:
    """Takes facts and brings them into the log of one home."""

    def __init__(self, home: Path) -> None:
        """Take up the spool of a home."""
        self._home = home
        self._spool = spool_of(home)
        self._held: list[bytes] = []
        self._sealed_at = self._summarised_at = time.monotonic()
        self._said_at = float("-inf")

    def tell(self, fact: Fact) -> None:
        """Take a fact."""
        if len(self._held) < MOST_HELD:
            self._held.append(written(fact))
        else:
            self._say("facts are dropped: they could not be written for too long")

    async def run(self) -> None:
        """Bring facts on until cancelled."""
        while True:
            await asyncio.sleep(SPOOL_S)
            await asyncio.to_thread(self.bring, time.monotonic())

    def bring(self, now: float) -> None:
        """Write what is held, and seal when it is time."""
        try:
            self.write()
            if now - self._sealed_at >= SEAL_S:
                self._sealed_at = now
                self._seal(summary=now - self._summarised_at >= SUMMARY_S)
                if now - self._summarised_at >= SUMMARY_S:
                    self._summarised_at = now
        except PanshiError as error:
            self._say(str(error))

    def write(self) -> None:
        """Let what is held rest in the spool."""
        held, self._held = self._held, []
        if held:
            try:
                self._spool.append(b"".join(held))
            except PanshiError:
                self._held = held + self._held
                raise

    def _seal(self, *, summary: bool) -> None:
        home = Home.locate(os.environ)._replace(path=self._home)
        with Node.open(home) as node:
            seal(node)
            if summary:
                now = datetime.now(UTC)
                summarise(node, now - SUMMARISED, now)

    def _say(self, what: str) -> None:
        now = time.monotonic()
        if now - self._said_at >= SAY_AGAIN_S:
            self._said_at = now
            logger.error("not sealed yet: %s", what)

    def end(self) -> None:
        """Write and seal what is left."""
        try:
            self.write()
            self._seal(summary=True)
        except PanshiError as error:
            logger.error("left in the spool: %s", error)  # noqa: TRY400 -- it says what to do


@asynccontextmanager
async def sealing(home: Path) -> AsyncIterator[Sealing]:
    """Bring facts into the log of a home while the block runs."""
    found = Sealing(home)
    task = asyncio.create_task(found.run())
    try:
        yield found
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(found.end)
