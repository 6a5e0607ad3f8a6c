"""What is live at this moment, for the console, the command line and the enforcement points.

Sessions come in pages by id; the figures beside them are of all sessions.
"""

from __future__ import annotations

from heapq import nsmallest
from math import inf
from typing import TYPE_CHECKING

from panshi.errors import MissingError
from panshi.protection.zero_trust.sessions.nouns import OrderKind
from panshi.protection.zero_trust.sessions.views import (
    EnforcementPoint,
    GrantView,
    LiveSession,
    OpenAccess,
    Snapshot,
)
from panshi.protection.zero_trust.trust.signal import SignalState

if TYPE_CHECKING:
    from panshi.pdp.live.held import Held
    from panshi.pdp.live.registry import Live

PAGE = 100
MOST_A_PAGE = 1_000
CONSEQUENCES = 50
_CLOSING = frozenset({OrderKind.CLOSE, OrderKind.END_SESSION})


def snapshot(
    live: Live, *, user: str = "", pep: str = "", after: str = "", limit: int = PAGE
) -> Snapshot:
    """Look at what is live; `user` and `pep` narrow the sessions."""
    now = live.clock()
    names = [
        name
        for name, held in live.held.items()
        if name > after
        and (not user or held.session.user.id == user)
        and (not pep or any(each.pep == pep for each in live.register.open_of(name)))
    ]
    limit = min(max(limit, 1), MOST_A_PAGE)
    page = nsmallest(limit, names)
    return Snapshot(
        at=now,
        epoch=live.orders.epoch,
        model=live.model.version,
        sessions_live=len(live.held),
        accesses_open=len(live.register.accesses),
        not_confirmed=_not_confirmed(live, now),
        sessions=tuple(_session(live, live.held[name], now) for name in page),
        after=page[-1] if len(names) > len(page) else "",
        enforcement_points=tuple(_points(live, now)),
        feeds=tuple(live.ledger.feeds.values()),
        grants=tuple(
            GrantView(
                grant=each, state=each.state(now), ends_at=each.ends_at if each.approver else 0.0
            )
            for each in live.grants.values()
        ),
        consequences=tuple(reversed(live.recent))[:CONSEQUENCES],
    )


def explained(live: Live, session_id: str) -> LiveSession:
    """Look at one session, with the explanation of its level."""
    held = live.held.get(session_id)
    if held is None:
        raise MissingError(
            f"there is no live session {session_id!r}", remedy="`panshi zt session list` names them"
        )
    now = live.clock()
    return _session(live, held, now, explain=True)


def _session(live: Live, held: Held, now: float, *, explain: bool = False) -> LiveSession:
    if not held.current(now):
        live.restand(held, now)
    standing, level = held.standing, held.standing.level(now)
    name_zh, name_en = live.model.level_name(level)
    opened = live.register.open_of(held.session.id)
    next_look = live.next_look(held.session.id)
    return LiveSession(
        session=held.session,
        level=level,
        name_zh=name_zh,
        name_en=name_en,
        missing=tuple(sorted(standing.in_state(SignalState.MISSING))),
        stale=tuple(sorted(standing.in_state(SignalState.STALE, SignalState.UNAVAILABLE))),
        unfavourable=tuple(sorted(standing.in_state(SignalState.FALSE))),
        conflicting=tuple(sorted(standing.in_state(SignalState.CONFLICTING))),
        next_look_at=None if next_look == inf else next_look,
        accesses=tuple(
            OpenAccess(
                access=each,
                narrowed=posture.narrowed if posture else "",
                step_up=posture.step_up if posture else "",
                due_at=posture.due_at if posture else 0.0,
            )
            for each in opened
            for posture in (held.postures.get(each.id),)
        ),
        contributions=standing.explained(now) if explain else (),
        probability=standing.probability(now) if explain else None,
    )


def _points(live: Live, now: float) -> list[EnforcementPoint]:
    found = []
    for name in sorted({*live.orders.queues, *live.register.peps()}):
        queue, held = live.orders.queue(name), len(live.register.held_by(name))
        closing = [each for each in queue.pending.values() if each.kind in _CLOSING]
        found.append(
            EnforcementPoint(
                name=name,
                open=held,
                listening=bool(queue.listeners),
                blind=bool(held or closing) and queue.blind(now),
                unconfirmed=len(closing),
                oldest_unconfirmed_s=now - min((each.issued_at for each in closing), default=now),
                heard_s_ago=max(0.0, now - queue.heard_at),
            )
        )
    return found


def _not_confirmed(live: Live, now: float) -> int:
    names: set[str] = set()
    for name in {*live.orders.queues, *live.register.peps()}:
        queue = live.orders.queue(name)
        names.update(each.session for each in queue.pending.values() if each.kind in _CLOSING)
        if queue.blind(now):
            names.update(each.session for each in live.register.held_by(name))
    return len(names)
