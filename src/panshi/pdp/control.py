"""Live sessions beside the server: taken up at start, running, reached by this node's own socket.

    live = take_up(point, home=…, model=…, sink=…)      before the first request
    async with running(live, server, home): …           while the server runs

The control socket `zero_trust/control.sock` speaks the same routes as the port. Only the owner of
the home can open it, so whoever speaks there is let in, and break-glass is decided there alone.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from panshi.pdp.gate import OpenGate
from panshi.pdp.live.deciding import attach
from panshi.pdp.live.registry import Live
from panshi.pdp.live.restoring import reconsidered, restored
from panshi.pdp.live.running import run
from panshi.store.live_sessions import FOLDER, LiveStore

if TYPE_CHECKING:
    from panshi.pdp.live.keeping import Sink
    from panshi.pdp.point import DecisionPoint
    from panshi.pdp.server import Server
    from panshi.protection.zero_trust.trust.model import TrustModel

SOCKET = "control.sock"


def socket_path(home: Path) -> Path:
    """Give where the control socket of a home is."""
    return home / FOLDER / SOCKET


def take_up(
    point: DecisionPoint, *, model: TrustModel, home: Path | None = None, sink: Sink | None = None
) -> Live:
    """Give a decision point its live sessions: those that rest in a home, or none yet."""
    if home is None:
        live = Live(model=model, clock=point.clock, sink=sink)
    else:
        live = restored(LiveStore(home), model=model, clock=point.clock, sink=sink)
    attach(live, point)
    reconsidered(live)
    return live


@asynccontextmanager
async def running(live: Live, server: Server, home: Path | None = None) -> AsyncIterator[None]:
    """Let time pass for live sessions and open the control socket, until the block ends."""
    if home is not None:
        await server.listen_at(socket_path(home), OpenGate())
    gc.collect()
    gc.freeze()  # what is there at the start stays: looking through it again finds nothing
    task = asyncio.get_running_loop().create_task(run(live))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        live.journal.close()
        if home is not None:
            socket_path(home).unlink(missing_ok=True)
