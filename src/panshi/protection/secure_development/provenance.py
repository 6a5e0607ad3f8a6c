"""Whether provenance holds: signature, key, builder, and that it speaks of this very artefact.

    judged = judge(body, keys, wanted={"a1b2…"})
    judged.state        verified, unsigned, untrusted, invalid, …
    judged.signers      every signature that holds, by the name of its key

The order of the questions is the one of the SLSA verification procedure: first whether a trusted
key signed these bytes, then what they say. Nothing a statement says counts before the first
question is answered.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from panshi.model.bodies.secure_development import BuildProvenance
from panshi.protection.secure_development.envelope import holds, pae
from panshi.protection.secure_development.trust import TrustedKey

PREDICATES = ("https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1")


class State(StrEnum):
    """How far one statement can be believed; only `verified` counts as proof."""

    VERIFIED = "verified"
    UNSIGNED = "unsigned"
    UNTRUSTED = "untrusted"
    "Signed, by no key that is trusted for this system."
    INVALID = "invalid"
    "It names a trusted key, whose signature does not hold: altered, or not by that key."
    UNCHECKED = "unchecked"
    "A sigstore bundle: certificate and transparency log are read, not verified."
    WRONG_BUILDER = "wrong_builder"
    "The signature holds, and the key may not speak for the builder named."
    OTHER_ARTIFACT = "other_artifact"
    "The signature holds, and none of the artefacts asked about is in the statement."
    REPLAYED = "replayed"
    "The signature holds, and the same statement was delivered for an earlier release."
    NO_PROVENANCE = "no_provenance"
    "The signature holds; the statement is of another kind, or of none that is read."


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What can be said of one statement."""

    state: State
    signers: tuple[str, ...] = ()
    "Names of the trusted keys whose signatures hold."
    signatures: int = 0
    "How many the envelope carries."
    builder: str = ""
    digests: frozenset[str] = frozenset()
    "SHA-256 of every artefact the statement names."

    @property
    def signed(self) -> bool:
        """Whether a trusted key signed it, whatever it says."""
        return bool(self.signers)


class _Digest(msgspec.Struct, frozen=True):
    sha256: str = ""


class _Subject(msgspec.Struct, frozen=True):
    digest: _Digest = _Digest()


class _Builder(msgspec.Struct, frozen=True):
    id: str = ""


class _Run(msgspec.Struct, frozen=True):
    builder: _Builder = _Builder()


class _Predicate(msgspec.Struct, frozen=True, rename="camel"):
    builder: _Builder = _Builder()
    run_details: _Run = _Run()


class _Statement(msgspec.Struct, frozen=True, rename="camel"):
    predicate_type: str = ""
    subject: tuple[_Subject, ...] = ()
    predicate: _Predicate = _Predicate()


def judge(
    body: BuildProvenance,
    keys: Iterable[TrustedKey],
    *,
    wanted: Collection[str] = (),
    delivered_before: bool = False,
) -> Judged:
    """Judge one statement; `wanted` are the digests of the artefacts it should speak of."""
    try:
        payload = b64decode(body.payload, validate=True)
    except (binascii.Error, ValueError):
        return Judged(state=State.INVALID, signatures=len(body.signatures))
    if not body.signatures:
        return Judged(state=State.UNSIGNED)
    trusted = tuple(keys)
    signed = pae(body.payload_type, payload)
    by = tuple(
        each for each in trusted if any(holds(each.key, signed, s.value) for s in body.signatures)
    )
    if not by:
        return Judged(state=_unproven(body, trusted), signatures=len(body.signatures))
    statement = _read(payload)
    builder = statement.predicate.run_details.builder.id or statement.predicate.builder.id
    digests = frozenset(each.digest.sha256.lower() for each in statement.subject) - {""}
    return Judged(
        state=_state(statement, builder, digests, by, wanted, replayed=delivered_before),
        signers=tuple(each.name for each in by),
        signatures=len(body.signatures),
        builder=builder,
        digests=digests,
    )


def _unproven(body: BuildProvenance, trusted: tuple[TrustedKey, ...]) -> State:
    named = {each.key_id for each in body.signatures}
    if any(key.id in named or f"SHA256:{key.id}" in named for key in trusted):
        return State.INVALID
    return State.UNCHECKED if body.carrier == "sigstore" else State.UNTRUSTED


def _state(
    statement: _Statement,
    builder: str,
    digests: frozenset[str],
    by: tuple[TrustedKey, ...],
    wanted: Collection[str],
    *,
    replayed: bool,
) -> State:
    if statement.predicate_type not in PREDICATES:
        return State.NO_PROVENANCE
    if not any(builder in each.builders for each in by):
        return State.WRONG_BUILDER
    if not digests or (wanted and not digests & set(wanted)):
        return State.OTHER_ARTIFACT
    return State.REPLAYED if replayed else State.VERIFIED


def _read(payload: bytes) -> _Statement:
    try:
        return msgspec.json.decode(payload, type=_Statement)
    except (msgspec.DecodeError, RecursionError):
        return _Statement()
