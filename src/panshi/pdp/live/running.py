"""What runs beside the server: time for live sessions, and the way to the disk.

It sleeps until something falls due, is woken when something is to happen sooner, and lets what
enforcement points opened rest on disk once a second.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from panshi.errors import StoreError

if TYPE_CHECKING:
    from panshi.pdp.live.registry import Live

LONGEST_SLEEP_S = 1.0
logger = logging.getLogger(__name__)


async def run(live: Live) -> None:
    """Let time pass for live sessions until cancelled."""
    woken = asyncio.Event()
    live.schedule.sooner = woken.set
    while True:
        live.tick()
        if live.unscheduled:  # more is left of a change that touched many: let others have a turn
            await asyncio.sleep(0)
            continue
        try:
            await live.journal.durable()
        except StoreError as error:  # deciding goes on; answers that promise rest are refused
            logger.error("%s", error)  # noqa: TRY400 -- the message says what to do
        wait = min(max(live.next_due() - live.clock(), 0.001), LONGEST_SLEEP_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), wait)
        woken.clear()
