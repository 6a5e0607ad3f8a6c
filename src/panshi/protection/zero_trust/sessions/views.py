"""What is shown of live sessions: to the console, the command line and enforcement points."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.protection.zero_trust.sessions.break_glass import Grant, GrantState
from panshi.protection.zero_trust.sessions.facts import Consequence
from panshi.protection.zero_trust.sessions.nouns import Access, Session
from panshi.protection.zero_trust.trust.ledger import Feed
from panshi.protection.zero_trust.trust.standing import Contribution


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAccess:
    """One open access and how it stands."""

    access: Access
    narrowed: str
    step_up: str
    due_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSession:
    """One session and what is known of it."""

    session: Session
    level: int
    name_zh: str
    name_en: str
    missing: tuple[str, ...]
    stale: tuple[str, ...]
    "Stale, or from a feed that is silent."
    unfavourable: tuple[str, ...]
    conflicting: tuple[str, ...]
    next_look_at: float | None
    "When something about it changes by itself next; None: nothing will."
    accesses: tuple[OpenAccess, ...]
    contributions: tuple[Contribution, ...] = ()
    "The explanation of the level; only where one session is asked for."
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementPoint:
    """One enforcement point as seen from here."""

    name: str
    open: int
    listening: bool
    blind: bool
    "It holds something open, and nobody listens there."
    unconfirmed: int
    "Orders to close that it has not confirmed."
    oldest_unconfirmed_s: float
    heard_s_ago: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """One break-glass grant and how far it has come."""

    grant: Grant
    state: GrantState
    ends_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything at one moment."""

    at: float
    epoch: int
    model: str
    "Version of the trust model."
    sessions_live: int
    accesses_open: int
    not_confirmed: int
    "Sessions whose closing no enforcement point has confirmed, or which a blind one holds."
    sessions: tuple[LiveSession, ...]
    after: str
    "Where the next page begins; empty: this was the last."
    enforcement_points: tuple[EnforcementPoint, ...]
    feeds: tuple[Feed, ...]
    grants: tuple[GrantView, ...]
    consequences: tuple[Consequence, ...]
    "The latest first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """What followed from one change."""

    orders: int
    kinds: dict[str, int]
    "Orders by kind."
    sessions: tuple[str, ...]
    "Sessions that got orders, the first hundred."
    sessions_ordered: int
    "How many there were."
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantStep:
    """A break-glass grant after a step."""

    grant: Grant
    state: GrantState
