"""Steps in the life of a hub and of its members; the facet is the member's id.

What a member is at a moment (its state, keys and quotas) is derived from these steps
(`panshi.alliance.members.folding`). Who may take which step, and that two people let a member in,
is decided there too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

ROLE = "record.hub_role/1"
INVITATION = "record.hub_member_invitation/1"
KEY = "record.hub_member_key/1"
DECISION = "record.hub_member_decision/1"
STANDING = "record.hub_member_standing/1"
KEY_REVOCATION = "record.hub_key_revocation/1"
TERMS = "record.hub_member_terms/1"
CONSENT = "record.hub_member_consent/1"


class Standing(StrEnum):
    """What is said about a member that was let in."""

    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"


@observation_kind(ROLE, "樞紐角色", "Role of a hub")
@dataclass(frozen=True, slots=True, kw_only=True)
class HubRole(Body):
    """This home is a hub's from now on, for good."""

    name: str
    "What the hub is called."
    prepared_by: str


@observation_kind(INVITATION, "會員邀請", "Invitation of a member", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HubInvitation(Body):
    """Somebody invites a member, or a member to a new key after it lost all of its keys."""

    name: str
    sector: str
    "One of `panshi.model.alliance.member.Sector`."
    kind: str
    "One of `MemberKind`."
    communities: tuple[str, ...] = ()
    code_sha256: str
    "Digest of the one-time code; the code itself is kept nowhere."
    expires: datetime
    invited_by: str


@observation_kind(KEY, "會員金鑰", "Key of a member")
@dataclass(frozen=True, slots=True, kw_only=True)
class HubMemberKey(Body):
    """A member showed a public key and proved that it holds the private one."""

    key: str
    "Thumbprint (RFC 7638)."
    public: str
    "32 bytes of an Ed25519 public key, base64."
    follows: str = ""
    "Key in force that signed for this one; empty at enrolment, where a person decides."
    overlap_until: datetime | None = None
    "When the key it follows ends."
    invitation: str = ""
    "Evidence id of the invitation whose code was shown; empty at a rotation."


@observation_kind(DECISION, "會員核准", "Decision on a member", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HubMemberDecision(Body):
    """Another person than who invited lets a key, and with the first one its member, in or not."""

    key: str
    "Evidence id of the key's observation, by which every byte of it is meant."
    approved: bool
    decided_by: str
    why: str = ""


@observation_kind(STANDING, "會員狀態變更", "Standing of a member", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HubMemberStanding(Body):
    """Somebody suspends or revokes a member, at once; another person resumes it."""

    standing: Standing
    by: str
    why: str


@observation_kind(KEY_REVOCATION, "會員金鑰撤銷", "Revocation of a member's key", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HubKeyRevocation(Body):
    """A key counts no more, at once and for good."""

    key: str
    "Thumbprint."
    by: str
    "A person of the hub, or `member:<id>` where the member did it."
    why: str


@observation_kind(TERMS, "會員配額與社群", "Terms of a member", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class HubMemberTerms(Body):
    """What a member may send, and the circles it belongs to, from now on."""

    communities: tuple[str, ...]
    requests_per_second: float
    bytes_per_minute: int
    body_bytes: int
    batch: int
    at_once: int
    set_by: str
    why: str = ""


@observation_kind(CONSENT, "曝險比對同意", "Consent to comparing exposure")
@dataclass(frozen=True, slots=True, kw_only=True)
class HubMemberConsent(Body):
    """The member says whether its extracts of software and suppliers may be compared."""

    granted: bool
    key: str
    "Key that signed it."
