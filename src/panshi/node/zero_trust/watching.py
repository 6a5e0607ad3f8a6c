"""What the console and the API show of a decision point that may or may not run."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.errors import MissingError, StoreError
from panshi.node.node import Node
from panshi.node.zero_trust import live
from panshi.node.zero_trust.recorded import recorded
from panshi.protection.zero_trust.sessions.views import LiveSession, Ordered, Snapshot

WATCHED_HOURS = 24
RISK = "risk.session"
NARROWED, LIFTED = "high", "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Decisions of the last hours."""

    allowed: int
    denied: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.allowed + self.denied


def look(node: Node, *, user: str = "", after: str = "", limit: int = 50) -> Snapshot | None:
    """Give what is live; None where no decision point of this home answers."""
    try:
        return live.snapshot(node, user=user, after=after, limit=limit)
    except StoreError:
        return None


def look_closely(node: Node, session_id: str) -> LiveSession | None:
    """Give one session with the explanation of its trust; None where it is not live."""
    try:
        return live.session(node, session_id)
    except (StoreError, MissingError):
        return None


def counts_of(node: Node) -> Counts:
    """Count the recorded decisions of the last hours."""
    now = node.clock().timestamp()
    allowed = denied = 0
    for each in recorded(node, now - WATCHED_HOURS * 3600, now):
        allowed += each.allowed
        denied += not each.allowed
    return Counts(allowed=allowed, denied=denied)


def narrow(node: Node, session_id: str, *, actor: str, lift: bool = False) -> Ordered:
    """Say that a session is at high risk, so that policies leave it less; or take that back."""
    return live.send_signal(
        node,
        kind=RISK,
        subject=("session", session_id),
        said=LIFTED if lift else NARROWED,
        source=f"analyst:{actor}",
        actor=actor,
    )
