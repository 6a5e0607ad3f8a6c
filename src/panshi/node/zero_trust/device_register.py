"""Devices that attest, as people read them: standing, and the newest sealed result with reasons.

    for each in register(node):
        each.standing, each.attestation

The enrolment stands in the home's file of devices; what came of their quotes stands in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from panshi.model.asset import AssetKind
from panshi.model.bodies.zero_trust import ATTESTATION, AttestationSealed
from panshi.model.observation import Sealed
from panshi.node.node import Node
from panshi.node.zero_trust.devices import endorsement_name
from panshi.node.zero_trust.trust_content import trust_model
from panshi.protection.zero_trust.devices.facts import REASON_WORDS, Finding, Reason
from panshi.store.devices import DeviceRow, Devices

FAMILY = "device.attestation"


class Standing(StrEnum):
    """How far a device has come."""

    ASKED = "asked"
    "It stated its keys."
    PROVEN = "proven"
    "Its keys are in one TPM; nobody vouched for it yet."
    ENROLLED = "enrolled"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationAnswer:
    """What came of the newest quote that is sealed."""

    outcome: str
    passed: bool
    at: datetime
    fresh: bool
    "Whether trust inference still counts it."
    reasons: tuple[str, ...]
    "Named reasons, each with its detail."
    reasons_zh: tuple[str, ...]
    reasons_en: tuple[str, ...]
    evidence: str
    "Id of the observation."


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAnswer:
    """One device."""

    device: str
    standing: Standing
    endorsement_name: str
    "Name of its endorsement key, by which people compare it with the device's own."
    trust: str
    approved_by: str
    "Empty also where the reader may not know people."
    approved_at: datetime | None
    asset: str
    fleet: str
    revoked_by: str
    revoked_at: datetime | None
    attestation: AttestationAnswer | None
    "Null where none is sealed."


def register(node: Node, *, people: bool = True) -> tuple[DeviceAnswer, ...]:
    """Give every device by its id."""
    now, newest = node.clock(), _newest(node.log.latest((ATTESTATION,)))
    return tuple(
        _answer(each, newest, now, people=people) for each in Devices(node.home.path).all()
    )


def _newest(found: Iterable[Sealed]) -> dict[str, Sealed]:
    """Give the newest result of each subject."""
    newest: dict[str, Sealed] = {}
    for each in found:
        held = newest.get(each.observation.subject)
        if held is None or held.observation.observed_at < each.observation.observed_at:
            newest[each.observation.subject] = each
    return newest


def _answer(
    row: DeviceRow, newest: dict[str, Sealed], now: datetime, *, people: bool
) -> DeviceAnswer:
    subject = row.asset or f"{AssetKind.DEVICE}:{row.id}"
    return DeviceAnswer(
        device=row.id,
        standing=standing(row),
        endorsement_name=endorsement_name(row),
        trust=row.trust,
        approved_by=row.approved_by if people else "",
        approved_at=_moment(row.approved_at),
        asset=row.asset,
        fleet=row.fleet,
        revoked_by=row.revoked_by if people else "",
        revoked_at=_moment(row.revoked_at),
        attestation=_attestation(newest.get(subject), now),
    )


def standing(row: DeviceRow) -> Standing:
    """Say how far a device has come."""
    if row.revoked_at is not None:
        return Standing.REVOKED
    if row.approved_at is not None:
        return Standing.ENROLLED
    return Standing.PROVEN if row.proven_at is not None else Standing.ASKED


def _attestation(sealed: Sealed | None, now: datetime) -> AttestationAnswer | None:
    if sealed is None or not isinstance(sealed.observation.body, AttestationSealed):
        return None
    body, at = sealed.observation.body, sealed.observation.observed_at
    return AttestationAnswer(
        outcome=body.result,
        passed=body.passed,
        at=at,
        fresh=(now - at).total_seconds() <= trust_model().families[FAMILY].fresh_for_s,
        reasons=body.findings,
        reasons_zh=tuple(_said(each, chinese=True) for each in body.findings),
        reasons_en=tuple(_said(each, chinese=False) for each in body.findings),
        evidence=sealed.id,
    )


def _said(finding: str, *, chinese: bool) -> str:
    """Say a sealed reason in words; one of another version as it was sealed."""
    name, _, detail = finding.partition(": ")
    if name not in set(Reason) or Reason(name) not in REASON_WORDS:
        return finding
    return Finding(reason=Reason(name), detail=detail).words(chinese=chinese)


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
