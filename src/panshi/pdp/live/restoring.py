"""Live sessions as they were before a restart: kept sessions, trust, grants and pending orders.

Epochs of a run begin where no earlier run can have been: each start takes a block of its own, on
disk before the first order is given. What is open is decided anew once somebody decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import TYPE_CHECKING, Protocol

import msgspec

from panshi.errors import BadInputError, StoreError
from panshi.pdp.live.held import Held
from panshi.pdp.live.journal import Journal
from panshi.pdp.live.keeping import signal_name
from panshi.pdp.live.registry import Live
from panshi.pdp.live.schedule import Due
from panshi.protection.zero_trust.sessions.break_glass import Grant
from panshi.protection.zero_trust.sessions.nouns import Access, Cause, Order, Session
from panshi.protection.zero_trust.trust.ledger import Feed
from panshi.protection.zero_trust.trust.novelty import History
from panshi.protection.zero_trust.trust.signal import Signal

if TYPE_CHECKING:
    from panshi.pdp.live.keeping import Sink
    from panshi.protection.zero_trust.trust.model import TrustModel

BLOCK = 2**32
"Epochs of one run; JSON holds two million runs exactly."


class Kept(Protocol):
    """Where live state rests."""

    def put(self, rows: list[tuple[str, str, bytes | None]]) -> None:
        """Write a group, all of it or nothing."""
        ...

    def close(self) -> None:
        """Let go of the place."""
        ...

    def every(self, kind: str) -> Iterable[tuple[str, bytes]]:
        """Give all things of a kind, in the order of their ids."""
        ...


def restored(
    store: Kept, *, model: TrustModel, clock: Callable[[], float], sink: Sink | None = None
) -> Live:
    """Take up what rests in a store."""
    runs = _read(store, "run", int)
    run = runs.get("", 0) + 1
    store.put([("run", "", msgspec.json.encode(run))])
    live = Live(model=model, clock=clock, journal=Journal(store), sink=sink, epoch=run * BLOCK)
    live.histories.update(_read(store, "history", History))
    live.ended.update(_read(store, "ended", float))
    live.grants.update(_read(store, "grant", Grant))
    for signal in _read(store, "signal", Signal).values():
        _take(live, signal)
    for feed in _read(store, "feed", Feed).values():
        if all(name in model.families for name in feed.families):
            live.ledger.beat(feed)
            overdue = feed.overdue_at(model.missed_beats)
            live.schedule.put(Due.FEED, feed.source, inf if feed.lost else overdue)
    _take_sessions(live, store)
    live.orders.post(_read(store, "order", Order).values(), {})
    now = clock()
    for grant in live.grants.values():
        if grant.approver and now < grant.ends_at:
            live.schedule.put(Due.GRANT, grant.id, grant.ends_at)
    return live


def _take_sessions(live: Live, store: Kept) -> None:
    now = live.clock()
    for session in _read(store, "session", Session).values():
        live.register.put(session)
        held = Held(session=session, standing=live.stand(session, now), used_at=now)
        live.held[session.id] = held
        live.restand(held, now)
    for access in _read(store, "access", Access).values():
        if access.session in live.held:
            live.register.open(access)
    for session_id in live.held:
        live.reschedule(session_id)


def _take(live: Live, signal: Signal) -> None:
    """Take a word up again, unless the trust model no longer knows its kind."""
    try:
        live.ledger.put(signal)
    except BadInputError:
        live.journal.note("signal", signal_name(signal), None)


def _read[Thing](store: Kept, kind: str, shape: type[Thing]) -> dict[str, Thing]:
    found = {}
    for name, body in store.every(kind):
        try:
            found[name] = msgspec.json.decode(body, type=shape)
        except msgspec.MsgspecError as error:
            raise StoreError(
                f"the {kind} {name!r} in the live sessions cannot be read: {error}",
                remedy="restore the file, or remove it and let everybody sign in again",
            ) from error
    return found


def reconsidered(live: Live) -> tuple[Order, ...]:
    """Decide everything anew after a restart, once somebody decides."""
    return live.reconsider(None, Cause.RESTART)
