"""What the console shows of a decision point that runs, and what people may do through it.

Everything goes over the control socket of the home; where none runs, there is nothing to see, and
changes say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from panshi.errors import StoreError
from panshi.node.node import Node
from panshi.node.zero_trust.recorded import recorded
from panshi.node.zero_trust.telling import asked

type Told = dict[str, Any]
"A JSON object as the decision point gave it."

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


def look(node: Node, *, user: str = "", after: str = "", limit: int = 50) -> Told | None:
    """Give what is live; None where no decision point runs."""
    wanted = {"user": user, "after": after, "limit": str(limit)}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return asked(node, "GET", f"/zt/v1/sessions?{query}")


def look_closely(node: Node, session_id: str) -> Told | None:
    """Give one session with the explanation of its trust; None where it is not live."""
    return asked(node, "GET", f"/zt/v1/sessions/{quote(session_id, safe='')}")


def counts_of(node: Node) -> Counts:
    """Count the recorded decisions of the last hours."""
    now = node.clock().timestamp()
    allowed = denied = 0
    for each in recorded(node, now - WATCHED_HOURS * 3600, now):
        allowed += each.allowed
        denied += not each.allowed
    return Counts(allowed=allowed, denied=denied)


def end_session(node: Node, session_id: str, *, actor: str) -> Told:
    """End a session and everything it has open."""
    query = urlencode({"cause": "manual", "source": actor})
    path = f"/zt/v1/sessions/{quote(session_id, safe='')}?{query}"
    return _done(node, "DELETE", path, None, actor, "access.end", session_id)


def narrow_session(node: Node, session_id: str, *, actor: str, lift: bool = False) -> Told:
    """Say that a session is at high risk, so that policies leave it less; or take that back."""
    signal = {
        "kind": RISK,
        "subject": {"kind": "session", "id": session_id},
        "grade": LIFTED if lift else NARROWED,
        "source": f"analyst:{actor}",
    }
    body = {"signals": [signal]}
    return _done(node, "POST", "/zt/v1/signals", body, actor, "access.narrow", session_id)


def step_grant(node: Node, grant: str, step: str, *, actor: str, finding: str = "") -> Told:
    """Approve, end or review break-glass; that they are two people is the decision point's rule."""
    body = {"step": step, "person": actor, "finding": finding}
    path = f"/zt/v1/break-glass/{quote(grant, safe='')}"
    return _done(node, "POST", path, body, actor, "break_glass.decide", f"{grant} {step}")


def _done(
    node: Node, method: str, path: str, body: Told | None, actor: str, action: str, target: str
) -> Told:
    found = asked(node, method, path, body)
    if found is None:
        raise StoreError(
            "no decision point of this home runs, or it does not know this any more",
            remedy="start it with `panshi zt serve`",
        )
    node.audit(actor, action, target)
    return found
