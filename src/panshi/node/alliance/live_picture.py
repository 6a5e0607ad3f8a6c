"""The picture of campaigns in memory, following the register of tickets in its order.

    picture = live_picture(node)      brought up to the newest accepted ticket

Everything follows from the order of acceptance, so that a process that begins anew comes to the
same picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from threading import Lock
from weakref import WeakKeyDictionary

from panshi.alliance.correlation import CampaignChange, Correlator, Method, load_method
from panshi.alliance.correlation.changes import NONE
from panshi.alliance.correlation.traits import sketch_of
from panshi.node.alliance.intelligence.content import allow_list
from panshi.node.alliance.tickets import tickets_since
from panshi.node.node import Node
from panshi.store import library

PIECE = 500


@dataclass(slots=True)
class LivePicture:
    """Campaigns as of the newest ticket."""

    correlator: Correlator
    position: int = 0
    "Of the newest ticket taken in; a ticket's place is its position less one."
    changes: list[tuple[datetime, CampaignChange]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


_pictures: WeakKeyDictionary[Node, LivePicture] = WeakKeyDictionary()
_opening = Lock()


@cache
def method() -> Method:
    """Give the method that ships."""
    return load_method(library.alliance("correlation.yaml"))


def live_picture(node: Node) -> LivePicture:
    """Give the picture, every accepted ticket taken in."""
    with _opening:
        picture = _pictures.get(node)
        if picture is None:
            picture = _pictures[node] = LivePicture(correlator=Correlator(method()))
    with picture.lock:
        while found := tickets_since(node, picture.position, PIECE):
            for position, ticket in found:
                made = picture.correlator.take(
                    sketch_of(ticket, allow_list(), picture.correlator.limits.values)
                )
                at = ticket.accepted_at or ticket.reported_at
                picture.changes += [(at, each) for each in made]
                picture.position = position
    return picture


def campaign_of(node: Node, position: int) -> int | None:
    """Give the campaign a ticket belongs to, by its position; None where to none."""
    homes = live_picture(node).correlator.homes
    home = homes[position - 1] if 0 < position <= len(homes) else NONE
    return None if home == NONE else home
