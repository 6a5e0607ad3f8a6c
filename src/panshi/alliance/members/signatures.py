"""Whether a member spoke: HTTP Message Signatures (RFC 9421) over a content digest (RFC 9530).

    Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:
    Idempotency-Key: "2026-000123"
    Signature-Input: hub=("@method" "@target-uri" "content-type" "content-digest"
        "idempotency-key");created=…;expires=…;nonce="…";keyid="…";alg="ed25519";tag="panshi-hub"
    Signature: hub=:…:

`verified(request, holder, now, hosts)` looks at the headers alone, so that nothing of a body is
taken in before its sender is known; `fits(verified, sha256)` then holds the body to what was
signed. Parsing, signature base and Ed25519 are those of `http-message-signatures` and
`cryptography`; what is decided here is which parts must be covered, for which hub, and when.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    VerifyResult,
    algorithms,
)

from panshi.alliance.members.claims import TAG, Claims, SignedRequest, claimed
from panshi.alliance.members.keys import thumbprint
from panshi.model.alliance.member import Member, MemberKey, Reason, Refused, Verified

SKEW = timedelta(seconds=60)
"How far two clocks may lie apart."

type Holder = Callable[[str], tuple[Member, MemberKey] | None]
"Gives the member a key belongs to."


def verified(
    request: SignedRequest, holder: Holder, now: datetime, hosts: frozenset[str]
) -> Verified | Refused:
    """Give who signed a request, or why its signature counts for nothing.

    Whether it came before is for the store of nonces to say.
    """
    read = claimed(request, hosts)
    if isinstance(read, Refused):
        return read
    found = holder(read.key)
    if found is None:
        return Refused(
            reason=Reason.UNKNOWN_KEY,
            problem="the signature names a key this hub does not know",
            remedy="`panshi member status` shows the key and what the hub knows of it",
        )
    member, key = found
    checked = _checked(request, read, b64decode(key.public))
    if isinstance(checked, Refused):
        return checked
    refusal = _out_of_time(read, now) or _not_in_force(member, key, now)
    if refusal is not None:
        return _about(refusal, member, key)
    return Verified(
        member=member,
        key=key.id,
        created=read.created,
        expires=read.expires,
        nonce=read.nonce,
        sha256=read.sha256,
        idempotency_key=read.idempotency_key,
    )


def possessed(
    request: SignedRequest, public: bytes, now: datetime, hosts: frozenset[str]
) -> Refused | None:
    """Say why a request does not prove that its sender holds the key it shows; None: it does."""
    read = claimed(request, hosts)
    if isinstance(read, Refused):
        return read
    if read.key != thumbprint(public):
        return Refused(
            reason=Reason.SIGNATURE,
            problem="the request is not signed by the key it shows",
            remedy="keyid is the RFC 7638 thumbprint of the key shown",
        )
    checked = _checked(request, read, public)
    return checked if isinstance(checked, Refused) else _out_of_time(read, now)


def fits(sha256_hex: str, body_sha256: bytes) -> Refused | None:
    """Say that a body is not what was signed; None where it is."""
    if sha256_hex == body_sha256.hex():
        return None
    return Refused(
        reason=Reason.DIGEST,
        problem="the body is not what Content-Digest says",
        remedy="digest the bytes as they are sent, after any compression",
    )


# -- whether it holds --------------------------------------------------------------------------


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, public: bytes) -> None:
        self._public = Ed25519PublicKey.from_public_bytes(public)

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:  # noqa: ARG002 -- its interface
        return self._public


class _Verifier(HTTPMessageVerifier):
    """The library's verifier without its clock: time is an argument here, and judged by us."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:  # noqa: ANN401 -- its interface
        """Leave the times to `_out_of_time`."""


def _checked(request: SignedRequest, read: Claims, public: bytes) -> VerifyResult | Refused:
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(public))
    try:
        return verifier.verify(request, max_age=None, expect_tag=TAG, expect_label=read.label)[0]
    except (HTTPMessageSignaturesException, ValueError):
        return Refused(
            reason=Reason.SIGNATURE,
            problem="the signature does not fit the request",
            remedy="sign exactly what is sent, with the private half of the key named",
        )


def _out_of_time(read: Claims, now: datetime) -> Refused | None:
    """Say how far the sender's clock is off where the signature is not of now."""
    ahead = read.created - now
    if ahead > SKEW:
        return _clock(ahead, now, f"made {_told(ahead)} in the future: your clock is ahead")
    if read.expires + SKEW < now:
        return _clock(
            ahead,
            now,
            f"made {_told(-ahead)} ago: your clock is behind, or the request was held back",
        )
    return None


def _clock(skew: timedelta, now: datetime, problem: str) -> Refused:
    shown = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Refused(
        reason=Reason.CLOCK,
        problem=f"the signature was {problem}",
        remedy=f"the hub's clock says {shown}; set yours by NTP, then sign anew",
        skew=skew,
    )


def _told(span: timedelta) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{count:,} {unit}" for count, unit in parts if count) or "0 s"


def _not_in_force(member: Member, key: MemberKey, now: datetime) -> Refused | None:
    if not key.counts(now):
        return Refused(
            reason=Reason.KEY_NOT_IN_FORCE,
            problem=f"the key is {key.state(now)}",
            remedy="sign with a key in force, or ask the hub for a new invitation",
        )
    if not member.heard:
        return Refused(
            reason=Reason.MEMBER_NOT_ACTIVE,
            problem=f"the member is {member.state}",
            remedy="ask the hub's member liaison",
        )
    return None


def _about(refusal: Refused, member: Member, key: MemberKey) -> Refused:
    """Name the member: its signature held, so it is no other's word about it."""
    return Refused(
        reason=refusal.reason,
        problem=refusal.problem,
        remedy=refusal.remedy,
        skew=refusal.skew,
        member=member.id,
        key=key.id,
    )
