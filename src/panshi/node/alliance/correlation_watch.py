"""Correlate and warn for as long as a process serves.

Tickets are taken in within a fraction of a second of their acceptance; whoever shares the exposure
of a campaign that grew is warned right after.
"""

from __future__ import annotations

from collections.abc import Callable
from time import sleep

from panshi.alliance.correlation.changes import NONE
from panshi.errors import PanshiError
from panshi.node.alliance.campaign_warnings import warn
from panshi.node.alliance.correlating import PIECE, campaigns_store, correlate
from panshi.node.alliance.hub import is_hub
from panshi.node.node import Node

EVERY = 0.2
"Seconds between two looks while nothing comes."
GROWN = 1.2
SMALL = 10
"Tickets up to which a campaign is looked at whenever it grows."
IDLE = 2.0
"Seconds between two looks of a node that is no hub."


def keep_correlating(node: Node, stop: Callable[[], bool]) -> None:
    """Follow the register of tickets; a node that is no hub waits until it is one."""
    told, number = "", 0
    sizes: dict[int, int] = {}
    while not stop():
        if not is_hub(node):
            sleep(IDLE)
            continue
        try:
            taken = correlate(node, most=PIECE)
            number = _warned(node, number, sizes)
            told = ""
        except PanshiError as error:
            taken = 0
            if str(error) != told:
                told = str(error)
                node.audit("", "correlation.failure", "campaigns", detail=told[:200])
        if not taken:
            sleep(EVERY)


def _warned(node: Node, after: int, sizes: dict[int, int]) -> int:
    """Warn of what grew after a change, large campaigns by fifths; gives the newest change."""
    store = campaigns_store(node)
    with store.reading() as turn:
        newest = turn.reached()[1]
        changes = turn.changes(after) if newest > after else ()
    grown = []
    for number in sorted({each.campaign for each in changes if each.campaign != NONE}):
        found = store.campaign(number)
        if found and found.size >= sizes.get(found.number, 0) * GROWN:
            sizes[found.number] = found.size if found.size > SMALL else 0
            grown.append(found.number)
    warn(node, grown)
    return changes[-1].number if changes else after
