"""Members of a hub in the documented JSON forms that command line, API and console share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from panshi.model.alliance.member import (
    KeyState,
    Member,
    MemberKey,
    MemberKind,
    MemberState,
    Quotas,
    Sector,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnswer:
    """One public key of a member."""

    id: str
    "Thumbprint (RFC 7638); `keyid` of its signatures."
    state: KeyState
    public: str
    "The 32 bytes of the Ed25519 key, base64."
    proposed_at: datetime
    since: datetime | None
    "From when its signatures count."
    until: datetime | None
    "When it ends; null: nothing is set."
    revoked_at: datetime | None
    followed_by: str
    "The key that takes its place."


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberAnswer:
    """One member as it stands now."""

    id: str
    name: str
    sector: Sector
    kind: MemberKind
    state: MemberState
    communities: tuple[str, ...]
    exposure_consent: bool
    "Whether its extracts of software and suppliers may be compared to warn it."
    keys_in_force: int
    invited_by: str
    "Empty where the reader may not see names."
    invitation_expires: datetime | None
    approved_by: str
    approved_at: datetime | None
    submissions: int
    "Accepted ever."
    items: int
    "Tickets and objects in them."
    last_at: datetime | None
    "When the last one was accepted."


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    """One token of a member, without its secret."""

    name: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDetail:
    """One member with its keys, quotas and tokens."""

    member: MemberAnswer
    why: str
    "Why it was suspended or revoked."
    keys: tuple[KeyAnswer, ...]
    "Newest first."
    quotas: Quotas
    tokens: tuple[TokenAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionAnswer:
    """One submission and what became of it."""

    id: int
    member: str
    kind: str
    idempotency_key: str
    sha256: str
    size: int
    "Bytes of its body."
    items: int
    signed_by: str
    at: datetime
    accepted_at: datetime | None
    "When it was durable; null: begun, not finished."
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalAnswer:
    """One refusal, gathered by the minute; nothing of what was sent."""

    at: datetime
    reason: str
    detail: str
    "How far the clock was off, or how many more there were."
    key: str
    "Beginning of the key named, where it is known."


def member_answer(
    one: Member,
    now: datetime,
    totals: tuple[int, int, datetime] | None,
    *,
    names: bool = True,
) -> MemberAnswer:
    """Give a member; without names of people where the reader may not see them."""
    count, items, last = totals or (0, 0, None)
    return MemberAnswer(
        id=one.id,
        name=one.name,
        sector=one.sector,
        kind=one.kind,
        state=one.state,
        communities=tuple(sorted(one.communities)),
        exposure_consent=one.exposure_consent,
        keys_in_force=len(one.keys_in_force(now)),
        invited_by=one.invited_by if names else "",
        invitation_expires=None if one.invitation_used else one.invitation_expires,
        approved_by=one.approved_by if names else "",
        approved_at=one.approved_at,
        submissions=count,
        items=items,
        last_at=last,
    )


def key_answer(key: MemberKey, now: datetime) -> KeyAnswer:
    """Give one key."""
    return KeyAnswer(
        id=key.id,
        state=key.state(now),
        public=key.public,
        proposed_at=key.proposed_at,
        since=key.since,
        until=key.until,
        revoked_at=key.revoked_at,
        followed_by=key.followed_by,
    )
