"""What the machinery did, as facts to be sealed: consequences of changes, and break-glass.

One consequence tells one change: what it was, whom it concerned and what it did to what was open.
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.protection.zero_trust.sessions.nouns import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What one change did to live sessions."""

    cause: Cause
    what: str
    "The change in a few words: kind and grade of a signal, version of a policy set."
    whom: str
    "Subject of the change: `user:amy`, `device:nb-1`; empty: everybody."
    source: str
    "Who or what said so."
    at: float
    "When it took effect, in seconds since 1970."
    sessions_touched: int
    "Sessions that were looked at again."
    sessions_ended: int
    accesses_closed: int
    accesses_narrowed: int
    step_ups: int
    notified: int
    accesses_kept: int
    "Open accesses of touched sessions that stayed as they were."
    first_epoch: int
    "0: nothing was ordered."
    last_epoch: int
    latency_s: float
    "From taking up the change to having the last order ready to send."
    resources: tuple[str, ...] = ()
    'What the orders are about, as `System::"core"`.'
    sessions: tuple[str, ...] = ()
    "Sessions that got orders, the first of them."


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassStep:
    """One step in the life of a break-glass grant."""

    grant: str
    step: str
    "requested, begun, used, ended, reviewed"
    person: str
    "Who took the step; empty: it ended by itself."
    at: float
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session was established, or established anew with another strength."""

    session: str
    user: str
    issuer: str
    "Who vouches for the sign-in; empty: nobody said."
    assurance: int
    "Level reached, 1 to 4 (ISO/IEC 29115)."
    phishing_resistant: bool
    at: float
