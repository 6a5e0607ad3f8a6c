"""Shared signals beside a decision point that has a home: begun with it, ended with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.node.zero_trust.signal_actions import signal_actions
from panshi.pdp.shared_signals.hub import Hub, install
from panshi.pdp.shared_signals.rounds import Rounds
from panshi.store.signal_streams import SignalStreams

if TYPE_CHECKING:
    from panshi.pdp.live.registry import Live
    from panshi.pdp.point import DecisionPoint


@contextlib.asynccontextmanager
async def shared_signals(point: DecisionPoint, home: Path, live: Live | None) -> AsyncIterator[Hub]:
    """Listen and tell while the decision point runs."""
    with SignalStreams(home) as store:
        hub = Hub(
            home=home,
            store=store,
            actions=signal_actions(),
            point=point,
            live=live,
            clock=point.clock,
        )
        install(point, hub)
        task = asyncio.get_running_loop().create_task(Rounds(hub).run())
        try:
            yield hub
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
