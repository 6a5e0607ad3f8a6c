"""Members of a hub: who they are, with which keys they sign, what each may send.

A member is invited by one person, proves that it holds a key, and is let in by another person.
Every request of a member is signed (RFC 9421, Ed25519) and bound to the digest of what it carries
(RFC 9530); `Verified` is what a signature was found to say, `Refused` why it counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

MemberId = NewType("MemberId", str)
"Lower-case letters, digits and hyphens, for example `bank-017`."

MIB = 1024 * 1024


class Sector(StrEnum):
    """Part of the financial sector, or who stands beside it."""

    BANKING = "banking"
    INSURANCE = "insurance"
    SECURITIES = "securities"
    PAYMENT = "payment"
    INFRASTRUCTURE = "infrastructure"
    AUTHORITY = "authority"
    ABROAD = "abroad"


class MemberKind(StrEnum):
    """What a member is to the hub."""

    INSTITUTION = "institution"
    ASSOCIATION = "association"
    CERT = "cert"
    SUPERVISOR = "supervisor"
    FOREIGN_ISAC = "foreign_isac"


class MemberState(StrEnum):
    """Where a member stands; only an active one is heard."""

    INVITED = "invited"
    "A code was given; no key has come yet."
    WAITING = "waiting"
    "A key has come with proof that it is held; another person must let it in."
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    "For good."


class KeyState(StrEnum):
    """Where a key stands at a moment."""

    WAITING = "waiting"
    ACTIVE = "active"
    OVERLAPPING = "overlapping"
    "A newer key is in force; this one is still heard until it ends."
    ENDED = "ended"
    REVOKED = "revoked"
    REFUSED = "refused"


class Scope(StrEnum):
    """What a member's token opens; a signature opens all of them."""

    TAXII_READ = "taxii.read"
    TAXII_WRITE = "taxii.write"
    TICKETS_READ = "tickets.read"
    TICKETS_WRITE = "tickets.write"
    TICKETS_SOURCE = "tickets.source"
    "Alerts and documents of one of the member's own systems, which cannot sign."
    REWARD_READ = "reward.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """What one member may ask of the hub; beyond it is told when to come again."""

    requests_per_second: float = 50.0
    "Mean; four seconds' worth may come at once."
    bytes_per_minute: int = 512 * MIB
    body_bytes: int = 16 * MIB
    "Of one request."
    batch: int = 5_000
    "Tickets or objects in one request."
    at_once: int = 8
    "Requests being worked on at the same time."


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKey:
    """One Ed25519 public key of a member."""

    id: str
    "Thumbprint of the key (RFC 7638, RFC 8037); `keyid` of its signatures."
    public: str
    "The 32 bytes of the key, base64."
    proposed_at: datetime
    since: datetime | None = None
    "From when its signatures count; None while it waits or after it was refused."
    until: datetime | None = None
    "When it ends, because another follows or it is of an age; None: nothing is set."
    revoked_at: datetime | None = None
    refused: bool = False
    observation: str = ""
    "Evidence id of its proposal, by which it is decided on."
    invited_by: str = ""
    "Who invited its member; another person decides. Empty where another key signed for it."
    followed_by: str = ""
    "The key that takes its place."

    def state(self, now: datetime) -> KeyState:
        """Tell where the key stands."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return KeyState.REVOKED
        if self.refused:
            return KeyState.REFUSED
        if self.since is None or now < self.since:
            return KeyState.WAITING
        if self.until is not None and self.until <= now:
            return KeyState.ENDED
        return KeyState.OVERLAPPING if self.followed_by else KeyState.ACTIVE

    def counts(self, now: datetime) -> bool:
        """Whether what it signs counts."""
        return self.state(now) in {KeyState.ACTIVE, KeyState.OVERLAPPING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member, as it stands by the sealed steps up to a moment."""

    id: MemberId
    name: str
    sector: Sector
    kind: MemberKind = MemberKind.INSTITUTION
    keys: tuple[MemberKey, ...] = ()
    "Oldest first, those that no longer count included."
    state: MemberState = MemberState.INVITED
    quotas: Quotas = field(default_factory=Quotas)
    communities: frozenset[str] = frozenset()
    "Circles it belongs to, which markings may name as recipients."
    exposure_consent: bool = False
    "Whether its bills of software and supplier extracts may be compared to warn it."
    invited_by: str = ""
    invited_at: datetime | None = None
    invitation: str = ""
    "Evidence id of the newest invitation."
    invitation_expires: datetime | None = None
    invitation_used: bool = False
    code_sha256: str = ""
    "Digest of the one-time code of the newest invitation."
    approved_by: str = ""
    approved_at: datetime | None = None
    suspended_by: str = ""
    standing_why: str = ""
    "Why it was suspended or revoked."

    @property
    def heard(self) -> bool:
        """Whether what it sends counts."""
        return self.state is MemberState.ACTIVE

    def key(self, key_id: str) -> MemberKey | None:
        """Give one of its keys."""
        return next((each for each in self.keys if each.id == key_id), None)

    def keys_in_force(self, now: datetime) -> tuple[MemberKey, ...]:
        """Give the keys whose signatures count, oldest first."""
        return tuple(each for each in self.keys if each.counts(now))


class Reason(StrEnum):
    """Why a request of a member, or of one who says so, was refused."""

    UNSIGNED = "unsigned"
    MALFORMED = "malformed"
    NOT_COVERED = "not_covered"
    "The signature leaves out a part it must cover."
    WRONG_HOST = "wrong_host"
    "It was signed for another hub."
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_IN_FORCE = "key_not_in_force"
    "It waits, ended, or was revoked."
    MEMBER_NOT_ACTIVE = "member_not_active"
    SIGNATURE = "signature"
    "It does not fit: forged, altered on the way, or made with another key."
    CLOCK = "clock"
    "It was made in the future, or too long ago."
    REPLAYED = "replayed"
    "The same signed request came before."
    DIGEST = "digest"
    "What came is not what was signed."
    IDEMPOTENCY_KEY = "idempotency_key"
    "There is none, or it is none."
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    "The key was used for another content."
    TOKEN = "token"  # noqa: S105 -- the name of a reason
    SCOPE = "scope"
    POLICY = "policy"
    CONTENT_TYPE = "content_type"
    TOO_SLOW = "too_slow"
    "The body did not come to its end in time."
    TOO_LARGE = "too_large"
    TOO_MANY_IN_BATCH = "too_many_in_batch"
    TOO_FAST = "too_fast"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_AT_ONCE = "too_many_at_once"
    BUSY = "busy"
    "The hub has too much in hand; nobody's fault."
    CODE = "code"
    "A one-time code that is wrong, used or too old."
    CONTENT = "content"
    "It was signed well and said what it may not."


STATUS: dict[Reason, int] = {
    Reason.UNSIGNED: 401,
    Reason.MALFORMED: 400,
    Reason.NOT_COVERED: 401,
    Reason.WRONG_HOST: 421,
    Reason.UNKNOWN_KEY: 401,
    Reason.KEY_NOT_IN_FORCE: 401,
    Reason.MEMBER_NOT_ACTIVE: 403,
    Reason.SIGNATURE: 401,
    Reason.CLOCK: 401,
    Reason.REPLAYED: 409,
    Reason.DIGEST: 400,
    Reason.IDEMPOTENCY_KEY: 400,
    Reason.IDEMPOTENCY_CONFLICT: 409,
    Reason.TOKEN: 401,
    Reason.SCOPE: 403,
    Reason.POLICY: 403,
    Reason.CONTENT_TYPE: 415,
    Reason.TOO_SLOW: 408,
    Reason.TOO_LARGE: 413,
    Reason.TOO_MANY_IN_BATCH: 413,
    Reason.TOO_FAST: 429,
    Reason.TOO_MANY_BYTES: 429,
    Reason.TOO_MANY_AT_ONCE: 429,
    Reason.BUSY: 503,
    Reason.CODE: 403,
    Reason.CONTENT: 422,
}
"HTTP status of each refusal."


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why a request counts for nothing; says nothing of its content."""

    reason: Reason
    problem: str
    remedy: str = ""
    member: str = ""
    "Who it claims to be from, where a known key was named; empty otherwise."
    key: str = ""
    "The key it names, where that is known to the hub."
    skew: timedelta | None = None
    "How far the sender's clock is ahead of ours (behind: negative), where that is the reason."
    retry_after: float = 0.0
    "Seconds after which to come again; 0 where that would change nothing."

    @property
    def status(self) -> int:
        """Its HTTP status."""
        return STATUS[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a good signature says."""

    member: Member
    key: str
    created: datetime
    expires: datetime
    nonce: str
    sha256: str
    "Digest the content must have, hexadecimal; empty where there is no content."
    idempotency_key: str = ""
    "Empty where nothing is submitted."
