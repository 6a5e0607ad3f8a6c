"""Bodies of what the zero-trust machinery did: decisions in batches, access taken back, devices.

A batch names the heads of the chain its records stand in, so that sealing few bytes seals them all
(guide of 2024-07-15, stage III: event logs hold dynamic attributes and what the policy did).
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

DECISIONS = "zt.decisions/1"
WITHDRAWAL = "zt.withdrawal/1"
BREAK_GLASS = "zt.break_glass/1"
SIGN_IN = "zt.sign_in/1"
ATTESTATION = "device.attestation/1"


@observation_kind(DECISIONS, "存取決策批次", "Batch of access decisions")
@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsSealed(Body):
    """A part of the decision point's chained log."""

    segment: str
    "File the records stand in."
    first_number: int
    last_number: int
    first_head: str
    "Head of the chain before the first record, hexadecimal SHA-256."
    last_head: str
    "Head after the last record."
    allowed: int
    denied: int
    errors: int = 0
    "Decisions in which some policy could not be evaluated."
    obliged: int = 0
    "Decisions that asked something of the enforcement point."
    sample_permits: int = 1
    "One of so many plain permits is kept; everything else always is."
    permits_not_kept: int = 0
    policy_version: str = ""
    actions: tuple[str, ...] = ()
    "`action allowed denied`, a row each."


@observation_kind(WITHDRAWAL, "存取收回", "Access taken back", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalSealed(Body):
    """What one change did to live sessions."""

    cause: str
    "`signal`, `attestation_failed`, `leaver`, `lost_feed`, `policy` …"
    what: str = ""
    "The change in a few words."
    whom: str = ""
    "`user:`, `device:` or `session:` and id; empty: everybody."
    source: str = ""
    sessions_touched: int = 0
    "Looked at again."
    sessions_ended: int = 0
    accesses_closed: int = 0
    accesses_narrowed: int = 0
    step_ups: int = 0
    notified: int = 0
    accesses_kept: int = 0
    "Open accesses of touched sessions that stayed as they were."
    systems: tuple[str, ...] = ()
    "Where something was closed, narrowed or asked to step up."
    seconds: float = 0.0
    "From the change to the last order on its way."


@observation_kind(BREAK_GLASS, "緊急使用步驟", "Break-glass step", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassSealed(Body):
    """One step in the life of a break-glass grant."""

    grant: str
    step: str
    "`requested`, `begun`, `used`, `ended` or `reviewed`."
    person: str = ""
    "Empty: it ended by itself."
    detail: str = ""


@observation_kind(SIGN_IN, "工作階段登入", "Sign-in of a session", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSealed(Body):
    """A session was established; the facet is the session."""

    user: str
    issuer: str = ""
    "Who vouches for the sign-in; empty: nobody said."
    assurance: int
    "Level reached, 1 to 4 (ISO/IEC 29115)."
    phishing_resistant: bool


@observation_kind(ATTESTATION, "設備證明", "Device attestation")
@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationSealed(Body):
    """What came of one quote of a device's TPM (TPM 2.0 library, part 1, section 18)."""

    passed: bool
    "The device and its boot are both proven."
    result: str
    "Outcome in a word."
    findings: tuple[str, ...] = ()
    "Named reasons where it did not pass."
    quote_sha256: str = ""
    firmware: int = 0
    resets: int = 0
    restarts: int = 0
