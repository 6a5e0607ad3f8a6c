"""Asking a feed for a sign of life before its silence counts (SSF 1.0 section 8.1.4.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from panshi.errors import PanshiError
from panshi.node.zero_trust.streams import ask_verification

if TYPE_CHECKING:
    from panshi.pdp.shared_signals.feeds import Listening
    from panshi.pdp.shared_signals.hub import Hub


async def ask_for_sign(hub: Hub, feed: Listening) -> None:
    """Ask the transmitter for a verification event; a failure is kept for people to see."""
    if not feed.row.endpoints.get("verification_endpoint"):
        return  # it sends one by itself, or silence will tell
    try:
        await ask_verification(hub.store, feed.row, now=hub.clock())
    except PanshiError as error:
        fare = hub.store.fare(feed.row.name)
        now = hub.clock()
        hub.store.keep_fare(
            feed.row.name, replace(fare, error=str(error)[:300], error_at=now, asked_at=now)
        )
