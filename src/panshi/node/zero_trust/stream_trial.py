"""Trying a feed: whether its transmitter is what was agreed on and a sign of life comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from panshi.errors import PanshiError
from panshi.node.zero_trust.ssf_client import Peer
from panshi.node.zero_trust.streams import (
    ask_verification,
    authorization,
    feed_named,
    fetched_keys,
    fetched_metadata,
    stream_as_it_is,
)
from panshi.store.signal_streams import SignalStreams

LOOK_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Whether a verification event came."""

    name: str
    came: bool
    state: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing tried."""

    what: str
    ok: bool
    why: str = ""


async def verify_feed(store: SignalStreams, name: str, *, wait_s: float) -> Verified:
    """Ask for a verification event and wait until the decision point took it."""
    row, began = feed_named(store, name), time.time()
    state = await ask_verification(store, row, now=began)
    while time.time() - began < wait_s:
        at = store.fare(name).verified_at
        if at is not None and at >= began:
            return Verified(name=name, came=True, state=state, after_s=round(at - began, 3))
        await asyncio.sleep(LOOK_S)
    return Verified(name=name, came=False, state=state)


async def try_feed(store: SignalStreams, name: str) -> tuple[Finding, ...]:
    """Try everything that can be tried without an event."""
    row = feed_named(store, name)
    peer = Peer(ca_file=row.ca_file, plain_http=row.plain_http)
    if not row.endpoints:
        return (Finding(what="keys", ok=bool(row.jwks), why="by hand; nothing outside is asked"),)

    async def tried(what: str, work: Awaitable[str]) -> Finding:
        try:
            why = await work
        except PanshiError as error:
            return Finding(what=what, ok=False, why=str(error))
        return Finding(what=what, ok=True, why=why)

    async def metadata() -> str:
        found = await fetched_metadata(row.issuer, peer)
        return found.spec_version or "no spec_version"

    async def keys() -> str:
        return f"{len(await fetched_keys(row.endpoints['jwks_uri'], peer))} bytes"

    async def access() -> str:
        return "given" if await authorization(store, row, now=time.time()) else "none needed"

    async def stream() -> str:
        return await stream_as_it_is(store, row, now=time.time())

    return (
        await tried("metadata", metadata()),
        await tried("keys", keys()),
        await tried("access", access()),
        await tried("stream", stream()),
    )
