"""Is this quote fresh, of this device, and of a known good boot.

    result = verify(answer, device, challenge, references, previous, now=now)

Every check is made as far as the ones before it allow, and each that fails is named. What cannot
be parsed, is not signed by the enrolled key, or answers no open challenge proves nothing: then no
register value is reported. Reasons why these checks and no fewer: TCG TPM 2.0 Library Part 1, 36
(attestation), IETF RFC 9334 10 (freshness), RFC 9683 (TPM-based attestation of network devices).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from panshi.protection.zero_trust.devices import algorithms as alg
from panshi.protection.zero_trust.devices.facts import (
    AttestationResult,
    Challenge,
    EnrolledDevice,
    Finding,
    Outcome,
    Reason,
    References,
)
from panshi.protection.zero_trust.devices.public import (
    DECRYPT,
    ENDORSEMENT,
    FIXED_PARENT,
    FIXED_TPM,
    OWNER,
    RESTRICTED,
    SENSITIVE_DATA_ORIGIN,
    SIGN,
    TpmPublic,
    handle,
    parse_public,
)
from panshi.protection.zero_trust.devices.quote import (
    ATTEST_QUOTE,
    GENERATED,
    Clock,
    Quote,
    Selection,
    Signature,
    parse_quote,
    parse_signature,
    signed_by,
)
from panshi.protection.zero_trust.devices.wire import MalformedError, bounded

_BOUND = FIXED_TPM | FIXED_PARENT | SENSITIVE_DATA_ORIGIN | RESTRICTED
type Values = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAnswer:
    """What a device sent."""

    quote: bytes
    "TPMS_ATTEST."
    signature: bytes
    "TPMT_SIGNATURE."
    values: bytes
    "Register values one after another, in the order they were digested."


def signing_key_defect(key: TpmPublic) -> str:
    """Say why a key cannot attest; empty where it can.

    Restricted: it signs no bytes that look like an attestation but came from outside. Fixed to
    TPM and parent, made inside: no copy of it exists anywhere else.
    """
    if not key.has(_BOUND | SIGN) or key.attributes & DECRYPT:
        return "an attestation key is restricted, signs only, and never leaves its TPM"
    if key.scheme not in {alg.RSASSA, alg.RSAPSS, alg.ECDSA}:
        return "an attestation key is bound to a signature scheme"
    return ""


def storage_key_defect(key: TpmPublic) -> str:
    """Say why a key is no endorsement key; empty where it can be one."""
    if not key.has(_BOUND | DECRYPT) or key.attributes & SIGN:
        return "an endorsement key is restricted, decrypts only, and never leaves its TPM"
    return ""


def verify(
    answer: QuoteAnswer,
    device: EnrolledDevice | None,
    challenge: Challenge | None,
    references: References | None,
    previous: Clock | None,
    *,
    now: float,
) -> AttestationResult:
    """Judge one answer; `previous` is the clock of the last answer that was believed."""
    name = device.id if device is not None else ""
    if device is None or device.revoked_at is not None:
        return _failed(name, now, Finding(reason=Reason.UNKNOWN_DEVICE))
    try:
        key = parse_public(device.attestation_public)
        endorsement = parse_public(device.endorsement_public)
        quote = parse_quote(answer.quote)
        signature = parse_signature(answer.signature)
        bounded(answer.values, "the register values")
    except MalformedError as error:
        return _failed(name, now, Finding(reason=Reason.MALFORMED, detail=error.problem))
    false = (*_made_by_a_tpm(quote),) or (
        *_origin(quote, signature, key, endorsement),
        *_freshness(quote, challenge, device.id, now),
    )
    if false or challenge is None:
        return _failed(name, now, *false)
    values, wrong = _values(quote, challenge.selection, answer.values, signature)
    findings = (*wrong, *_rollback(quote.clock, previous), *_judged(values, references, wrong))
    serious = [each for each in findings if each.reason is not Reason.NO_REFERENCE]
    outcome = Outcome.IDENTITY_ONLY if findings else Outcome.ATTESTED
    return AttestationResult(
        device=device.id,
        asset=device.asset,
        outcome=Outcome.FAILED if serious else outcome,
        at=now,
        findings=findings,
        values=values,
        clock=quote.clock,
        firmware=quote.firmware,
        quote_sha256=sha256(answer.quote).hexdigest(),
    )


def _failed(device: str, now: float, *findings: Finding) -> AttestationResult:
    return AttestationResult(device=device, outcome=Outcome.FAILED, at=now, findings=findings)


def _made_by_a_tpm(quote: Quote) -> Iterator[Finding]:
    """Whether it is a quote at all; of anything else nothing more was read."""
    if quote.magic != GENERATED:
        yield Finding(reason=Reason.NOT_GENERATED, detail=f"{quote.magic:#010x}")
    elif quote.kind != ATTEST_QUOTE:
        yield Finding(reason=Reason.NOT_A_QUOTE, detail=f"{quote.kind:#06x}")


def _origin(
    quote: Quote, signature: Signature, key: TpmPublic, endorsement: TpmPublic
) -> Iterator[Finding]:
    """Whether the enrolled TPM made it."""
    if defect := signing_key_defect(key) or storage_key_defect(endorsement):
        yield Finding(reason=Reason.WEAK_KEY, detail=defect)
    if not signed_by(key, signature, quote.raw):
        yield Finding(reason=Reason.WRONG_SIGNATURE)
    if quote.signer not in _qualified_names(key, endorsement):
        yield Finding(reason=Reason.WRONG_SIGNER, detail=quote.signer.hex()[:16])


def _qualified_names(key: TpmPublic, endorsement: TpmPublic) -> frozenset[bytes]:
    """Give where the key may stand: below the endorsement key, or at the top of a hierarchy."""
    parent = endorsement.qualified_under(handle(ENDORSEMENT))
    places = (parent, handle(ENDORSEMENT), handle(OWNER))
    return frozenset(key.qualified_under(place) for place in places)


def _freshness(
    quote: Quote, challenge: Challenge | None, device: str, now: float
) -> Iterator[Finding]:
    """Whether it answers the one challenge that is open for this device."""
    if challenge is None or challenge.device != device:
        yield Finding(reason=Reason.NO_CHALLENGE)
        return
    if not hmac.compare_digest(quote.nonce, challenge.nonce):
        yield Finding(reason=Reason.WRONG_NONCE)
    if not challenge.issued_at <= now < challenge.expires_at:
        yield Finding(reason=Reason.LATE, detail=f"{now - challenge.expires_at:.0f} s")


def _values(
    quote: Quote, asked: Selection, told: bytes, signature: Signature
) -> tuple[Values, tuple[Finding, ...]]:
    """Take the register values apart; what does not hash to what was signed is no value."""
    if dict(quote.selection) != dict(asked):
        shown = ", ".join(
            f"{bank}:{'+'.join(map(str, sorted(each)))}" for bank, each in quote.selection.items()
        )
        return (), (Finding(reason=Reason.WRONG_SELECTION, detail=shown or "none"),)
    places = [(bank, each) for bank in quote.order for each in sorted(quote.selection[bank])]
    sizes = [alg.hash_of(alg.BANKS[bank]).digest_size for bank, _ in places]
    proven = alg.digest(alg.hash_of(signature.hash), told)
    if sum(sizes) != len(told) or not hmac.compare_digest(proven, quote.pcr_digest):
        return (), (Finding(reason=Reason.WRONG_DIGEST),)
    values, at = [], 0
    for (bank, register), size in zip(places, sizes, strict=True):
        values.append((bank, register, told[at : at + size].hex()))
        at += size
    return tuple(values), ()


def _rollback(clock: Clock, previous: Clock | None) -> Iterator[Finding]:
    """Whether the TPM is behind where it was: its state was copied back, or it was cleared.

    After a reset that was not announced the clock may repeat some minutes and says so by not being
    safe (Part 1, 36.3.2); within one reset and restart it only grows.
    """
    if previous is None:
        return
    before, after = (previous.resets, previous.restarts), (clock.resets, clock.restarts)
    if after < before:
        yield Finding(reason=Reason.ROLLED_BACK, detail=f"{before} → {after}")
    elif clock.milliseconds < previous.milliseconds and (after == before or clock.safe):
        detail = f"{previous.milliseconds} → {clock.milliseconds} ms"
        yield Finding(reason=Reason.ROLLED_BACK, detail=detail)


def _judged(
    values: Values, references: References | None, wrong: tuple[Finding, ...]
) -> Iterator[Finding]:
    """Whether each register holds a value that was approved; one without any is not judged good."""
    if wrong:
        return
    if references is None or not references.values:
        yield Finding(reason=Reason.NO_REFERENCE)
        return
    for bank, register, value in values:
        good = references.values.get(bank, {}).get(register)
        if good is None:
            yield Finding(reason=Reason.NO_REFERENCE, detail=f"{bank}:{register}")
        elif value not in good:
            detail = f"{bank}:{register} {value[:16]}…"
            yield Finding(reason=Reason.UNEXPECTED_VALUES, detail=detail)
