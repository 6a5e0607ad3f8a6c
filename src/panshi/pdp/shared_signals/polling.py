"""Fetching tokens from a transmitter that is polled (RFC 8936): one round of asking and taking.

What was taken is acknowledged with the next question, what was refused is told in `setErrs`; a
token neither taken nor refused (this node failed half-way) is simply given again. Failures wait
longer and longer, up to five minutes.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from panshi.errors import PanshiError, StoreError
from panshi.node.zero_trust.ssf_client import Peer, call
from panshi.node.zero_trust.streams import authorization
from panshi.pdp.shared_signals.taking import take
from panshi.protection.zero_trust.signals.polling import MOST, Ask, read_given, write_ask
from panshi.protection.zero_trust.signals.refusal import Refusal, RefusedError
from panshi.protection.zero_trust.signals.strict_json import Limits, read_object

if TYPE_CHECKING:
    from panshi.pdp.shared_signals.feeds import Listening
    from panshi.pdp.shared_signals.hub import Hub

LONG_POLL_S = 120.0
"Longer than any transmitter holds a question open."
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 300.0
LIMITS = Limits(bytes=1 << 20, depth=4, values=10_000)
_OK = 200


async def poll(hub: Hub, feed: Listening) -> None:
    """Ask again and again until the feed is changed or taken out."""
    ask, refusals, pause = Ask(most=MOST), dict[str, Refusal](), FIRST_PAUSE_S
    while hub.feeds.get(feed.row.name) is feed and feed.row.status == "enabled":
        try:
            sets, more = await _asked(hub, feed, ask, refusals)
        except (PanshiError, RefusedError) as error:
            _failed(hub, feed, str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
            continue
        pause, refusals, taken = FIRST_PAUSE_S, {}, []
        for jti, raw in sets.items():
            answer = await take(hub, feed, raw)
            if isinstance(answer, Refusal):
                refusals[jti] = answer
            else:
                taken.append(jti)
        # Only a question that has nothing to tell may wait: acknowledgements go out at once.
        told = bool(taken or refusals)
        ask = Ask(most=MOST, at_once=told or more, ack=tuple(taken))


async def _asked(
    hub: Hub, feed: Listening, ask: Ask, refusals: dict[str, Refusal]
) -> tuple[dict[str, str], bool]:
    row = feed.row
    peer = Peer(
        ca_file=row.ca_file,
        plain_http=row.plain_http,
        authorization=await authorization(hub.store, row, now=hub.clock()),
    )
    reply = await call(
        "POST",
        row.endpoints["poll"],
        peer,
        body=msgspec.json.encode(write_ask(ask, refusals)),
        headers={"Content-Type": "application/json"},
        wait_s=LONG_POLL_S,
    )
    if reply.status != _OK:
        raise StoreError(f"polling was answered with status {reply.status}", place=row.issuer)
    given = read_given(read_object(bytes(reply.body), LIMITS))
    hub.store.keep_fare(row.name, replace(hub.store.fare(row.name), polled_at=hub.clock()))
    return dict(given.sets), given.more


def _failed(hub: Hub, feed: Listening, why: str) -> None:
    fare = hub.store.fare(feed.row.name)
    hub.store.keep_fare(feed.row.name, replace(fare, error=why[:300], error_at=hub.clock()))
