"""What is kept of shared signals: feeds we listen to, streams we send on, and how either fares.

Plain values without secrets; secrets stand beside them in columns of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed we listen to, as it was set up."""

    name: str
    issuer: str
    audience: tuple[str, ...]
    "Names by which the transmitter addresses us."
    method: str
    "push or poll"
    algorithms: tuple[str, ...]
    interval_s: float
    "How often it must be heard; verification events are asked for in time."
    created_at: float
    created_by: str
    stream_id: str = ""
    "Id of the stream at the transmitter."
    families: tuple[str, ...] = ()
    "Kinds of evidence that are unavailable when the feed falls silent."
    domains: tuple[str, ...] = ()
    subject_issuers: tuple[str, ...] = ()
    tenant: str = ""
    may_raise: bool = False
    "Whether it may raise the assurance of a session."
    status: str = "enabled"
    reason: str = ""
    paused_by: str = ""
    "operator or transmitter, where it is not enabled; either may only undo its own."
    endpoints: Mapping[str, str] = field(default_factory=dict)
    "Addresses of the transmitter by their names in its metadata, and where to poll."
    critical: tuple[str, ...] = ()
    jwks: str = ""
    "The issuer's JWK Set as text; given by hand or fetched."
    jwks_at: float = 0.0
    ca_file: str = ""
    "Certificates the transmitter's TLS must chain to; empty: those of the machine."
    plain_http: bool = False
    push_digest: str = ""
    "SHA-256 of what the transmitter must send in Authorization; empty: nothing is asked."
    oldest_s: float = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fare:
    """How a feed fared."""

    heard_at: float | None = None
    "When a token was last taken."
    verified_at: float | None = None
    event_at: float | None = None
    event: str = ""
    "The last event about somebody, by its short name."
    delay_s: float | None = None
    "From the event's happening to its being taken, for the last one."
    taken: int = 0
    again: int = 0
    refused: int = 0
    unmatched: int = 0
    "Events about nobody here."
    error: str = ""
    error_at: float | None = None
    polled_at: float | None = None
    asked_at: float | None = None
    asked_states: tuple[str, ...] = ()
    "States of the verifications that were asked for and have not come, oldest first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One token that came, and what was done about it."""

    at: float
    feed: str
    jti: str
    event: str
    subject: str
    outcome: str
    "taken, again, unmatched, discarded, or the code of its refusal"
    done: tuple[str, ...] = ()
    "What was done, one short line each."
    reason: str = ""
    delay_s: float | None = None
    sessions: tuple[str, ...] = ()
    "Live sessions that were touched."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverRow:
    """Somebody who may have streams from us."""

    name: str
    audience: tuple[str, ...]
    push_hosts: tuple[str, ...]
    created_at: float
    created_by: str
    secret_digest: str
    "SHA-256 of the client secret."
    plain_http: bool = False
    most_streams: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRow:
    """A stream we send on; `authorization` is kept beside it."""

    id: str
    receiver: str
    audience: tuple[str, ...]
    method: str
    endpoint_url: str
    requested: tuple[str, ...] | None
    description: str
    status: str
    reason: str
    created_at: float
    all_subjects: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFare:
    """How a stream we send on fared."""

    active_at: float | None = None
    "When its receiver last polled or called."
    asked_at: float | None = None
    "When a verification was last asked for."
    sent: int = 0
    acknowledged: int = 0
    refused: int = 0
    failures: int = 0
    "Failed attempts in a row."
    next_try: float = 0.0
    error: str = ""
    error_at: float | None = None
