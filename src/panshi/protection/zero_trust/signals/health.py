"""Is a feed alive? Silence is no news only while somebody proved lately that it would be heard.

A feed lives while a verification event came within its interval (SSF 1.0 section 8.1.4: the way to
tell silence from failure). Later it is late, and after some intervals it is blind: what it would
have said is no longer known, and live sessions are judged without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a feed stands."""

    NEW = "new"
    "Set up, and not heard of yet; counts as blind after the same time."
    ALIVE = "alive"
    LATE = "late"
    BLIND = "blind"
    PAUSED = "paused"
    "Paused or disabled by somebody: what it would say is not known either."


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What is known of a feed that bears on whether it lives."""

    set_up_at: float
    heard_at: float | None
    "When a token of it was last taken; a verification or any other event."
    interval_s: float
    "How often it must be heard; a verification event is asked for in time."
    status: str = "enabled"


def judged(feed: Feed, now: float, missed_beats: int) -> Health:
    """Say how a feed stands at a moment; it is lost after so many silent intervals."""
    if feed.status != "enabled":
        return Health.PAUSED
    silent = now - (feed.set_up_at if feed.heard_at is None else feed.heard_at)
    if silent > feed.interval_s * missed_beats:
        return Health.BLIND
    if feed.heard_at is None:
        return Health.NEW
    return Health.LATE if silent > feed.interval_s else Health.ALIVE


def usable(health: Health) -> bool:
    """Whether what the feed says, and its silence, may be relied on."""
    return health in {Health.ALIVE, Health.NEW, Health.LATE}


def verification_due(feed: Feed, asked_at: float | None, now: float) -> bool:
    """Whether to ask for a verification event: half the interval passed without a sign."""
    if feed.status != "enabled":
        return False
    last = max(feed.set_up_at, feed.heard_at or 0.0)
    half = feed.interval_s / 2
    return now - last >= half and (asked_at is None or now - asked_at >= half)
