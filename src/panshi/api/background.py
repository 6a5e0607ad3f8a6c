"""What a serving process does on its own: the first judgement, the index, notices, live updates.

All of it goes on where it was after a restart: the index from the log position it reached, notices
from the register of who was told what.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import sleep
from types import FrameType

from panshi.api import alert_events, hub_events, live_sessions
from panshi.api.events import STREAM
from panshi.errors import PanshiError
from panshi.node.alerting import watching as supply_chain
from panshi.node.alliance.correlation_watch import keep_correlating
from panshi.node.falling import fallen
from panshi.node.node import Node
from panshi.node.notify import Recipient, deliver, load, turn
from panshi.node.resilience.sealing_order import keep_sealing
from panshi.node.running import running_node
from panshi.node.searching import bring_up_to_date
from panshi.node.watching import keep_watching

PEOPLE = "panshi.web.people"
DRILLS = "panshi.node.resilience.drill_watch"
"Imported where there are drill plans: it brings the vault's libraries."
EVERY = 15.0
"Seconds between two rounds."
STREAMS = (STREAM, live_sessions.STREAM, alert_events.STREAM, hub_events.STREAM)
AT_ONCE = 5
"Messages sent per round, so that a round is never long."


def end_streams_when_told_to_stop() -> None:
    """Let listeners go at SIGTERM and SIGINT.

    The server stops after its last answer, and a stream is an answer that does not end. Its own
    handlers hang on the loop's wake-up descriptor and stay as they are.
    """
    loop = asyncio.get_running_loop()

    def end(_number: int, _frame: FrameType | None) -> None:
        for each in STREAMS:
            loop.call_soon_threadsafe(each.end)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


async def tend(stopping: asyncio.Event) -> None:
    """Tend the node until the process is to end; a round that has begun is finished."""
    node = running_node()
    watching = asyncio.create_task(_watch(node, stopping, keep_watching))
    alerting = asyncio.create_task(_watch(node, stopping, supply_chain.keep_watching))
    correlating = asyncio.create_task(_watch(node, stopping, keep_correlating))
    drilling = asyncio.create_task(_watch(node, stopping, _keep_drilling))
    sealing = asyncio.create_task(_watch(node, stopping, keep_sealing))
    await asyncio.to_thread(node.warm)
    producing = [asyncio.create_task(each.produce(stopping)) for each in STREAMS]
    told = ""
    while not stopping.is_set():
        told = await asyncio.to_thread(_round, node, told)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), EVERY)
    await asyncio.gather(*producing)
    await watching
    await alerting
    await correlating
    await drilling
    await sealing


async def _watch(
    node: Node, stopping: asyncio.Event, keep: Callable[[Node, Callable[[], bool]], None]
) -> None:
    """Observe what arrives at watched places, or what feeds bring, in a thread of its own."""
    leave = threading.Event()
    at_work = asyncio.create_task(asyncio.to_thread(keep, node, leave.is_set))
    await stopping.wait()
    leave.set()
    await at_work


def _keep_drilling(node: Node, stop: Callable[[], bool]) -> None:
    """Run drills when they are due, once there is a plan."""
    while not (stop() or (node.home.path / "drills").is_dir()):
        sleep(1)
    if not stop():
        importlib.import_module(DRILLS).keep_drilling(node, stop)


def _round(node: Node, told: str) -> str:
    """Do one round; what went wrong is recorded once, not at every round."""
    try:
        for estate_id in node.estate_ids():
            fallen(node, estate_id)
        bring_up_to_date(node, most=None)
        settings = load(node.home.path, os.environ)
        turn(node, _recipients(), settings)
        deliver(node, settings, limit=AT_ONCE)
    except PanshiError as error:
        if error.problem != told:
            node.audit("", "background.failure", type(error).__name__, detail=error.problem[:200])
        return error.problem
    return ""


def _recipients() -> Sequence[Recipient]:
    """Give everybody who may be told things; the console keeps the accounts."""
    ask: Callable[[], Sequence[Recipient]] = importlib.import_module(PEOPLE).recipients
    return ask()
