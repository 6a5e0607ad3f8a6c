"""Devices as they stand after enrolment: keys in TPM form without a TPM, results as sealed."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from panshi.model.asset import AssetKind
from panshi.model.bodies.zero_trust import ATTESTATION, AttestationSealed
from panshi.model.observation import Observation
from panshi.store.devices import DeviceRow, Devices


def key_public():
    """Give the TPMT_PUBLIC of a P-256 key that signs."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    point = b"".join(b"\0\x20" + each.to_bytes(32) for each in (numbers.x, numbers.y))
    head = bytes.fromhex("0023000b00050072" + "0000" + "0010" + "0018000b" + "0003" + "0010")
    return head + point


def enrol(node, device, *, approved=True, **more):
    """Keep a device as the three steps of enrolment leave it."""
    now = node.clock().timestamp()
    row = DeviceRow(
        id=device,
        attestation_public=key_public().hex(),
        endorsement_public=key_public().hex(),
        asked_at=now - 90,
        proven_at=now - 60,
        trust="operator" if approved else "",
        approved_by="tsai.minghan" if approved else "",
        approved_at=now - 30 if approved else None,
        **more,
    )
    Devices(node.home.path).keep(row)
    return row


def attested(node, device, outcome="attested", findings=(), ago=timedelta(minutes=1)):
    """Seal what came of a quote."""
    at = node.clock() - ago
    made = Observation(
        kind=ATTESTATION,
        subject=f"{AssetKind.DEVICE}:{device}",
        observed_at=at,
        collector="panshi zt",
        body=AttestationSealed(passed=outcome == "attested", result=outcome, findings=findings),
    )
    return node.log.append((made,), node.clock()).ids[-1]
