"""What we decide ourselves, said as events for others: sessions, assurance, devices, risk.

Subjects name the session, its user and its device together, so that a receiver that knows any of
them can narrow what it does to exactly what we meant (SSF 1.0 section 3.3.1). What we only heard
from others is not told on: it is theirs to tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from panshi.protection.zero_trust.sessions.nouns import Cause, Session
from panshi.protection.zero_trust.signals.events import Event, EventType
from panshi.protection.zero_trust.signals.subjects import Subject, of_members, simple

ORDINARY = frozenset({Cause.SIGNED_OUT, Cause.EXPIRED, Cause.IDLE, Cause.RESTART})
"Ends of a session that nobody decided."
LOW_FROM, MEDIUM_FROM = 50, 20
"Trust from which risk is low, or medium; below it is high."
_WHY = {
    Cause.POLICY: ("政策已變更，不再允許。", "The policy changed and no longer allows it."),
    Cause.ENTITY: ("帳號或系統資料已變更。", "Data of the account or system changed."),
    Cause.LEAVER: ("帳號已停用或離職。", "The account was disabled or its holder left."),
    Cause.ATTESTATION_FAILED: ("設備硬體證明失敗。", "The attestation of the device failed."),
    Cause.SESSION_REVOKED: ("工作階段已被撤銷。", "The session was revoked."),
    Cause.CREDENTIAL: ("憑證已撤銷或遭竊。", "The credential was revoked or stolen."),
    Cause.MANUAL: ("分析人員終止工作階段。", "An analyst ended the session."),
    Cause.STEP_UP_OVERDUE: ("未在期限內提高鑑別強度。", "Stronger sign-in was not done in time."),
}
_ANYTHING = ("信任不足，存取已撤銷。", "Trust no longer sufficed; access was taken back.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One event and whom it is about."""

    event: Event
    subject: Subject


def subject_of(session: Session, issuer: str) -> Subject:
    """Name a session with its user and device."""
    members = {
        "session": simple("opaque", session.id),
        "user": simple("iss_sub", issuer, session.user.id),
    }
    if session.device:
        members["device"] = simple("opaque", session.device)
    return of_members(**members)


def ended(session: Session, cause: Cause | None, issuer: str, now: float) -> Said | None:
    """Say that a session was revoked; nothing where it ended by itself."""
    if cause in ORDINARY:
        return None
    zh, en = _WHY.get(cause, _ANYTHING) if cause is not None else _ANYTHING
    event = Event(
        type=EventType.SESSION_REVOKED,
        happened_at=now,
        initiator="admin" if cause is Cause.MANUAL else "policy",
        reason_admin={"zh-TW": zh, "en": en},
        reason_user={"zh-TW": zh, "en": en},
    )
    return Said(event=event, subject=subject_of(session, issuer))


def established(session: Session, issuer: str) -> Said:
    """Say that a session began."""
    event = Event(
        type=EventType.SESSION_ESTABLISHED,
        claims={"acr": f"urn:iso:std:iso-iec:29115:loa{session.assurance}"},
        methods=session.authenticators,
        happened_at=session.established_at,
    )
    return Said(event=event, subject=subject_of(session, issuer))


def assurance_changed(before: Session, after: Session, issuer: str, now: float) -> Said | None:
    """Say that the assurance of a session changed."""
    if before.assurance == after.assurance:
        return None
    event = Event(
        type=EventType.ASSURANCE_LEVEL_CHANGE,
        claims={
            "namespace": "ISO-IEC-29115",
            "current_level": str(after.assurance),
            "previous_level": str(before.assurance),
            "change_direction": "increase" if after.assurance > before.assurance else "decrease",
        },
        happened_at=now,
        initiator="user" if after.assurance > before.assurance else "policy",
    )
    return Said(event=event, subject=subject_of(after, issuer))


def device_changed(device: str, now: float, *, compliant: bool) -> Said:
    """Say that a device became compliant, or stopped being so."""
    states = ("not-compliant", "compliant")
    event = Event(
        type=EventType.DEVICE_COMPLIANCE_CHANGE,
        claims={
            "current_status": states[compliant],
            "previous_status": states[not compliant],
        },
        happened_at=now,
        initiator="system",
    )
    return Said(event=event, subject=of_members(device=simple("opaque", device)))


def risk_of(trust: int) -> str:
    """Give the risk that a level of trust means."""
    if trust >= LOW_FROM:
        return "LOW"
    return "MEDIUM" if trust >= MEDIUM_FROM else "HIGH"


def risk_changed(session: Session, before: str, after: str, issuer: str, now: float) -> Said:
    """Say that the risk of a session changed."""
    event = Event(
        type=EventType.RISK_LEVEL_CHANGE,
        claims={
            "principal": "SESSION",
            "current_level": after,
            "previous_level": before,
            "risk_reason": "TRUST_INFERENCE",
        },
        happened_at=now,
        initiator="policy",
    )
    return Said(event=event, subject=subject_of(session, issuer))
