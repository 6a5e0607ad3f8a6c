"""Break-glass at run time: each step checked by its rule, carried out and told as a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from panshi.errors import MissingError, UsageError
from panshi.protection.zero_trust.sessions.break_glass import (
    Grant,
    GrantState,
    approved,
    ended,
    requested,
    reviewed,
)
from panshi.protection.zero_trust.sessions.facts import BreakGlassStep
from panshi.protection.zero_trust.sessions.nouns import Cause

if TYPE_CHECKING:
    from panshi.pdp.live.registry import Live

MOST_WAITING = 100


def ask(live: Live, grant: Grant) -> Grant:
    """Take a request."""
    now = live.clock()
    if grant.id in live.grants:
        raise UsageError(f"break-glass {grant.id} exists", remedy="use a new id")
    waiting = (each.state(now) is GrantState.REQUESTED for each in live.grants.values())
    if sum(waiting) >= MOST_WAITING:
        raise UsageError("too many requests wait", remedy="approve or withdraw some")
    live.keep_grant(requested(grant))
    live.tell(
        BreakGlassStep(
            grant=grant.id,
            step="requested",
            person=grant.requester,
            at=now,
            detail=f"{grant.user.id}: {grant.reason}",
        )
    )
    return grant


def approve(live: Live, grant_id: str, person: str) -> Grant:
    """Begin it on a second person's word."""
    now = live.clock()
    grant = approved(_named(live, grant_id), approver=person, now=now)
    live.tell(
        BreakGlassStep(
            grant=grant_id, step="begun", person=person, at=now, detail=f"{grant.lasts_s:g} s"
        )
    )
    live.grant_changed(grant, Cause.BREAK_GLASS_BEGIN)
    return grant


def end(live: Live, grant_id: str, person: str) -> Grant:
    """End it early, or withdraw the request."""
    now = live.clock()
    grant = ended(_named(live, grant_id), now=now)
    live.tell(BreakGlassStep(grant=grant_id, step="ended", person=person, at=now))
    live.grant_changed(grant, Cause.BREAK_GLASS_END)
    return grant


def review(live: Live, grant_id: str, person: str, finding: str) -> Grant:
    """Close it with what the look at it found."""
    now = live.clock()
    grant = reviewed(_named(live, grant_id), reviewer=person, finding=finding, now=now)
    live.keep_grant(grant)
    live.tell(
        BreakGlassStep(grant=grant_id, step="reviewed", person=person, at=now, detail=finding)
    )
    return grant


def _named(live: Live, grant_id: str) -> Grant:
    grant = live.grants.get(grant_id)
    if grant is None:
        raise MissingError(
            f"there is no break-glass {grant_id!r}",
            remedy="`panshi zt break-glass list` names them",
        )
    return grant
