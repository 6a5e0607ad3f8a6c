"""The nouns of live sessions: session, access, change, order.

An enforcement point tells what it opens and gets orders about it. Orders are numbered in one
sequence, the epoch, so that none is lost by reconnecting and none harms by arriving twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from panshi.protection.cedar import Uid

type AttributeValue = bool | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in, with what and from where."""

    id: str
    user: Uid
    device: str | None = None
    "Id of the device; None: not known."
    credential: str | None = None
    "Id of the credential or certificate that was presented."
    assurance: int
    "Level of assurance reached at sign-in, 1 to 4 (ISO/IEC 29115)."
    authenticators: tuple[str, ...] = ()
    "Methods used, as RFC 8176 names them: `hwk`, `pwd`, `otp`."
    established_at: float
    expires_at: float
    address: str = ""
    country: str = ""
    "ISO 3166 code; empty: not known."
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


class AccessKind(StrEnum):
    """What is open."""

    STREAM = "stream"
    REQUEST = "request"
    SHELL = "shell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One open connection of a session to one resource, held by one enforcement point."""

    id: str
    session: str
    action: Uid
    resource: Uid
    pep: str
    opened_at: float
    kind: AccessKind = AccessKind.STREAM


class OrderKind(StrEnum):
    """What an enforcement point is to do."""

    CLOSE = "close"
    NARROW = "narrow"
    STEP_UP = "step_up"
    NOTIFY = "notify"
    END_SESSION = "end_session"


class Cause(StrEnum):
    """What made sessions be looked at again."""

    POLICY = "policy"
    ENTITY = "entity"
    LEAVER = "leaver"
    SIGNAL = "signal"
    TRUST_CROSSING = "trust_crossing"
    TIME = "time"
    ATTESTATION_FAILED = "attestation_failed"
    SESSION_REVOKED = "session_revoked"
    CREDENTIAL = "credential"
    LOST_FEED = "lost_feed"
    FEED_BACK = "feed_back"
    BREAK_GLASS_BEGIN = "break_glass_begin"
    BREAK_GLASS_END = "break_glass_end"
    EXPIRED = "expired"
    IDLE = "idle"
    STEP_UP_OVERDUE = "step_up_overdue"
    MANUAL = "manual"
    SIGNED_OUT = "signed_out"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one enforcement point is told about one access, or about a whole session."""

    kind: OrderKind
    session: str
    access: str | None
    "None: every access of the session."
    reason_zh: str
    reason_en: str
    epoch: int
    "Place in the one sequence of orders; larger is later."
    cause: Cause
    pep: str = ""
    issued_at: float = 0.0
    detail: str = ""
    "What narrowing leaves, or which assurance is asked: `read-only`, `aal3`."
    due_at: float = 0.0
    "Until when a step-up must be done; 0: none."
