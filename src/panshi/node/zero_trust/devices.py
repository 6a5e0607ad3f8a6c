"""Devices and their TPMs: enrol in three steps, attest with a fresh challenge, judge, say so.

    made = ask(home, EnrolRequest(…), now)       the device states its keys, gets a challenge
    prove(home, device, secret, …)               it opened it: both keys are in one TPM
    approve(node, device, actor=…)               a person, or the maker's certificate, vouches
    result = attest(home, device, challenge, answer, now)

Nothing a device says makes it known: only an opened challenge and somebody who vouches do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.node.node import Node
from panshi.protection.zero_trust.devices.credential import Credential, make_credential
from panshi.protection.zero_trust.devices.facts import (
    AttestationResult,
    Challenge,
    EnrolledDevice,
    Outcome,
    References,
    Trust,
)
from panshi.protection.zero_trust.devices.public import parse_public
from panshi.protection.zero_trust.devices.quote import Clock
from panshi.protection.zero_trust.devices.verification import (
    QuoteAnswer,
    signing_key_defect,
    storage_key_defect,
    verify,
)
from panshi.protection.zero_trust.trust.signal import Signal, Subject, SubjectKind
from panshi.store.devices import DeviceRow, Devices, ReferenceRow

SELECTION = {"sha256": frozenset({0, 1, 2, 3, 4, 5, 6, 7})}
"Firmware and boot loader as a PC platform measures them (TCG PC Client PFP, 3.3.4)."
CHALLENGE_S = 60.0
SOURCE = "attestation"
_LONGEST_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolRequest:
    """What a device states."""

    device: str
    endorsement: bytes
    attestation: bytes
    certificate: bytes = b""


def ask(home: Path, request: EnrolRequest, *, secret: bytes, seed: bytes, now: float) -> Credential:
    """Take a statement up and give the challenge only the TPM with both keys can open."""
    if not 1 <= len(request.device) <= _LONGEST_ID:
        raise UsageError("a device has a name", remedy="for example device:nb-17")
    endorsement, attestation = parse_public(request.endorsement), parse_public(request.attestation)
    if defect := signing_key_defect(attestation) or storage_key_defect(endorsement):
        raise UsageError(defect, place=request.device)
    register = Devices(home)
    held = register.find(request.device)
    if held is not None and held.approved_at is not None and held.revoked_at is None:
        raise ForbiddenError(
            f"{request.device} is enrolled already",
            remedy="panshi zt device revoke, then enrol again",
        )
    register.keep(
        DeviceRow(
            id=request.device,
            attestation_public=request.attestation.hex(),
            endorsement_public=request.endorsement.hex(),
            certificate=request.certificate.hex(),
            asked_at=now,
        )
    )
    curve = (
        endorsement.key.curve if isinstance(endorsement.key, ec.EllipticCurvePublicKey) else None
    )
    ephemeral = ec.generate_private_key(curve) if curve is not None else None
    return make_credential(endorsement, attestation.name, secret, seed=seed, ephemeral=ephemeral)


def prove(home: Path, device: str, *, keys: tuple[str, str], now: float) -> DeviceRow:
    """Note that the challenge was opened; `keys` are those the challenge was made for."""
    register, row = Devices(home), row_named(home, device)
    if (row.endorsement_public, row.attestation_public) != keys or row.revoked_at is not None:
        raise ForbiddenError("the keys are others than the challenge was for", place=device)
    proven = replace(row, proven_at=now)
    register.keep(proven)
    return proven


def approve(
    node: Node, device: str, *, actor: str, asset: str = "", fleet: str = "", certificate: str = ""
) -> DeviceRow:
    """Vouch for a device one has seen, by the Name of its endorsement key."""
    row = row_named(node.home.path, device)
    if row.proven_at is None:
        raise ForbiddenError("its keys were never shown to be in one TPM", place=device)
    if row.revoked_at is not None:
        raise ForbiddenError("it was revoked; enrol it again", place=device)
    approved = replace(
        row,
        trust=Trust.OPERATOR.value,
        approved_by=actor,
        approved_at=node.clock().timestamp(),
        asset=asset,
        fleet=fleet,
        client_certificate=certificate,
    )
    Devices(node.home.path).keep(approved)
    node.audit(actor, "device.approve", device, detail=endorsement_name(approved))
    return approved


def revoke(node: Node, device: str, *, actor: str, why: str) -> DeviceRow:
    """Believe a device no more."""
    row = replace(
        row_named(node.home.path, device),
        revoked_at=node.clock().timestamp(),
        revoked_by=actor,
    )
    Devices(node.home.path).keep(row)
    node.audit(actor, "device.revoke", device, detail=why)
    return row


def set_references(
    node: Node,
    scope: str,
    values: Iterable[tuple[str, int, str]],
    *,
    actor: str,
    source: str,
) -> None:
    """Say which register values are good for a device or a fleet."""
    rows = tuple(values)
    if not rows:
        raise UsageError("no register values", place=scope)
    row = ReferenceRow(
        scope=scope,
        values=rows,
        approved_by=actor,
        approved_at=node.clock().timestamp(),
        source=source,
    )
    Devices(node.home.path).keep_references(row)
    node.audit(actor, "device.references", scope, detail=f"{len(rows)} values from {source}")


def row_named(home: Path, device: str) -> DeviceRow:
    """Give a device, or say that there is none."""
    row = Devices(home).find(device)
    if row is None:
        raise MissingError(f"there is no device {device[:60]!r}", remedy="panshi zt device list")
    return row


def endorsement_name(row: DeviceRow) -> str:
    """Give the Name of the endorsement key, by which people compare it with the device's own."""
    return parse_public(bytes.fromhex(row.endorsement_public)).hex_name


def enrolled(row: DeviceRow | None) -> EnrolledDevice | None:
    """Give a device that is believed; None for one that only asked."""
    if row is None or row.approved_at is None:
        return None
    return EnrolledDevice(
        id=row.id,
        attestation_public=bytes.fromhex(row.attestation_public),
        endorsement_public=bytes.fromhex(row.endorsement_public),
        trust=Trust(row.trust),
        approved_by=row.approved_by,
        enrolled_at=row.approved_at,
        asset=row.asset,
        fleet=row.fleet,
        certificate_sha256=row.client_certificate,
        revoked_at=row.revoked_at,
    )


def challenge_for(device: str, nonce: bytes, now: float) -> Challenge:
    """Make a challenge."""
    return Challenge(
        device=device,
        nonce=nonce,
        selection=SELECTION,
        issued_at=now,
        expires_at=now + CHALLENGE_S,
    )


def attest(
    home: Path, device: str, challenge: Challenge | None, answer: QuoteAnswer, *, now: float
) -> AttestationResult:
    """Judge an answer, and remember how far the TPM was where it is believed."""
    register = Devices(home)
    row = register.find(device)
    previous = register.clock(device)
    result = verify(
        answer,
        enrolled(row),
        challenge,
        _references(register, row),
        Clock(**previous) if previous is not None else None,  # type: ignore[arg-type]
        now=now,
    )
    if result.outcome is not Outcome.FAILED and result.clock is not None:
        clock = result.clock
        register.keep_clock(
            device,
            {
                "milliseconds": clock.milliseconds,
                "resets": clock.resets,
                "restarts": clock.restarts,
                "safe": clock.safe,
            },
        )
    return replace(result, device=device)


def attestation_signal(result: AttestationResult) -> Signal | None:
    """Say it to trust inference; identity alone is neither for nor against."""
    if result.outcome is Outcome.IDENTITY_ONLY:
        return None
    return Signal(
        kind="device.attestation",
        subject=Subject(SubjectKind.DEVICE, result.device),
        value=result.attested,
        weight_class="attested" if result.attested else "failed",
        observed_at=result.at,
        received_at=result.at,
        source=SOURCE,
    )


def _references(register: Devices, row: DeviceRow | None) -> References | None:
    if row is None:
        return None
    own = register.references(f"device:{row.id}")
    found = own or (register.references(f"fleet:{row.fleet}") if row.fleet else None)
    if found is None:
        return None
    values: dict[str, dict[int, set[str]]] = {}
    for bank, index, value in found.values:
        values.setdefault(bank, {}).setdefault(index, set()).add(value)
    return References(
        values={
            bank: {index: frozenset(each) for index, each in registers.items()}
            for bank, registers in values.items()
        },
        source=found.source,
    )
