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

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    VerifyResult,
    algorithms,
)

from panshi.alliance.members.structured import dictionary
from panshi.model.alliance.member import Member, MemberKey, Reason, Refused, Verified

TAG = "panshi-hub"
"Application tag of every signature made for a hub; another protocol's signature opens nothing."
SKEW = timedelta(seconds=60)
"How far two clocks may lie apart."
LONGEST = timedelta(minutes=5)
"How long a signature may be good for."
MOST_INPUT = 4_096
"Bytes of Signature-Input and Signature each."
MOST_URL = 16_384
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{8,128}")
NONCE = re.compile(r"[\w+/=.~-]{16,128}")
KEY_BYTES = 32
SHA256_BYTES = 32
READING = frozenset({"GET", "HEAD", "DELETE"})

type Holder = Callable[[str], tuple[Member, MemberKey] | None]
"Gives the member a key belongs to."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """A request before its body is read."""

    method: str
    url: str
    "Absolute, as the sender saw it."
    fields: tuple[tuple[str, str], ...]
    "Header lines in order, names in lower case."

    @property
    def headers(self) -> Lines:
        """Every header line, in the form the verifier reads."""
        return Lines(self.fields)

    def field(self, name: str) -> str:
        """Give a header; its lines joined where it stands on several."""
        return ", ".join(value.strip() for key, value in self.fields if key == name)


class Lines:
    """Header lines as a mapping whose `items` keeps those that repeat."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        """Keep the lines."""
        self._lines = tuple(lines)

    def items(self) -> Iterator[tuple[str, str]]:
        """Give every line."""
        return iter(self._lines)


def verified(
    request: SignedRequest, holder: Holder, now: datetime, hosts: frozenset[str]
) -> Verified | Refused:
    """Give who signed a request, or why its signature counts for nothing.

    Whether it came before is for the store of nonces to say.
    """
    read = _read(request, hosts)
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
    read = _read(request, hosts)
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


def digest_of(request: SignedRequest) -> str:
    """Give the SHA-256 a request says its body has, hexadecimal; empty where it says none."""
    found = _digest(request)
    return found if isinstance(found, str) else ""


def thumbprint(public: bytes) -> str:
    """Name a key: SHA-256 of its canonical JWK (RFC 7638, RFC 8037), base64url."""
    x = b64encode(public, altchars=b"-_").rstrip(b"=").decode()
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
    return b64encode(sha256(canonical.encode()).digest(), altchars=b"-_").rstrip(b"=").decode()


def rotation_text(member: str, old: str, new: str) -> bytes:
    """Give what a new key signs to show that it is held by who gives up the old one."""
    return "".join(f"{each}\n" for each in ("panshi-hub rotation", member, old, new)).encode()


def proves(public: bytes, text: bytes, signature: bytes) -> bool:
    """Whether a key signed a text."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_bytes(text: str) -> bytes | None:
    """Read a public key in base64; None where it is no Ed25519 key."""
    try:
        raw = b64decode(text, validate=True)
        if len(raw) == KEY_BYTES:
            Ed25519PublicKey.from_public_bytes(raw)
            return raw
    except ValueError:
        return None
    return None


# -- what the signature says ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    label: str
    key: str
    created: datetime
    expires: datetime
    nonce: str
    sha256: str
    idempotency_key: str


def _read(request: SignedRequest, hosts: frozenset[str]) -> _Read | Refused:
    """Read what is claimed, and see that all that must be signed is named."""
    found = _input(request)
    if isinstance(found, Refused):
        return found
    label, components, parameters = found
    lacking = _lacking(request, components)
    if lacking:
        return Refused(
            reason=Reason.NOT_COVERED,
            problem=f"the signature does not cover {', '.join(lacking)}",
            remedy='cover "@method", "@target-uri" and, where they are sent, "content-type", '
            '"content-digest" and "idempotency-key"',
        )
    if urlsplit(request.url).netloc.lower() not in hosts:
        return Refused(
            reason=Reason.WRONG_HOST,
            problem="the request was signed for another hub",
            remedy="sign the address the hub is known by (PANSHI_URL)",
        )
    times = _times(parameters)
    nonce, key = parameters.get("nonce"), parameters.get("keyid")
    named = isinstance(nonce, str) and NONCE.fullmatch(nonce) and isinstance(key, str)
    if isinstance(times, Refused) or not named:
        return times if isinstance(times, Refused) else _malformed("no nonce or no keyid")
    digest = _digest(request)
    told = _idempotency_key(request)
    for each in (digest, told):
        if isinstance(each, Refused):
            return each
    return _Read(
        label=label,
        key=str(key),
        created=times[0],
        expires=times[1],
        nonce=str(nonce),
        sha256=str(digest),
        idempotency_key=str(told),
    )


def _input(request: SignedRequest) -> tuple[str, frozenset[str], Mapping[str, Any]] | Refused:
    """Give the label, the covered components and the parameters of the one signature for us."""
    raw, signature = request.field("signature-input"), request.field("signature")
    if not raw or not signature:
        return Refused(
            reason=Reason.UNSIGNED,
            problem="the request is not signed",
            remedy="sign it: RFC 9421, Ed25519; `panshi member --help`",
        )
    if len(raw) > MOST_INPUT or len(signature) > MOST_INPUT or len(request.url) > MOST_URL:
        return _malformed("the signature or the address is too long")
    parsed = dictionary(raw)
    if parsed is None:
        return _malformed("Signature-Input is no dictionary of structured fields")
    ours = [
        (label, value, parameters)
        for label, (value, parameters) in parsed.items()
        if isinstance(value, list) and parameters.get("tag") == TAG
    ]
    if len(ours) != 1:
        return _malformed(f'there are {len(ours)} signatures with tag "{TAG}", not one')
    label, listed, parameters = ours[0]
    plain = frozenset(name for name, options in listed if isinstance(name, str) and not options)
    return label, plain, parameters


def _lacking(request: SignedRequest, covered: frozenset[str]) -> list[str]:
    needed = {"@method"}
    if not {"@authority", "@path", "@query"} <= covered:
        needed.add("@target-uri")
    if request.method not in READING:
        needed.add("content-digest")
    present = {name for name, _value in request.fields}
    needed |= present & {"content-type", "content-digest", "idempotency-key", "content-encoding"}
    return sorted(needed - covered)


def _times(parameters: Mapping[str, Any]) -> tuple[datetime, datetime] | Refused:
    created, expires = parameters.get("created"), parameters.get("expires")
    if type(created) is not int or type(expires) is not int:
        return _malformed("created and expires are not both given as seconds since 1970")
    try:
        times = datetime.fromtimestamp(created, UTC), datetime.fromtimestamp(expires, UTC)
    except (OverflowError, ValueError, OSError):
        return _malformed("created or expires is no time")
    if not timedelta(0) < times[1] - times[0] <= LONGEST:
        return Refused(
            reason=Reason.CLOCK,
            problem=f"the signature would be good for {times[1] - times[0]}, not for up to"
            f" {LONGEST}",
            remedy="expires is at most 300 seconds after created",
        )
    return times


def _digest(request: SignedRequest) -> str | Refused:
    raw = request.field("content-digest")
    if not raw:
        return ""
    parsed = dictionary(raw)
    if parsed is None:
        return _digest_refused("Content-Digest is no dictionary of structured fields")
    value, _parameters = parsed.get("sha-256", (None, {}))
    if not isinstance(value, bytes):
        return _digest_refused("Content-Digest holds no sha-256")
    if len(value) != SHA256_BYTES:
        return _digest_refused(f"the sha-256 of Content-Digest has {len(value)} bytes, not 32")
    return value.hex()


def _idempotency_key(request: SignedRequest) -> str | Refused:
    raw = request.field("idempotency-key")
    if not raw:
        return ""
    text = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] == '"' else raw
    if IDEMPOTENCY_KEY.fullmatch(text):
        return text
    return Refused(
        reason=Reason.IDEMPOTENCY_KEY,
        problem="Idempotency-Key is none",
        remedy='8 to 128 visible characters, for example "2026-000123"',
    )


def _malformed(problem: str) -> Refused:
    return Refused(
        reason=Reason.MALFORMED,
        problem=problem,
        remedy='Signature-Input: hub=("@method" "@target-uri" …);created=…;expires=…;nonce="…";'
        f'keyid="…";tag="{TAG}"',
    )


def _digest_refused(problem: str) -> Refused:
    return Refused(
        reason=Reason.DIGEST,
        problem=problem,
        remedy="Content-Digest: sha-256=:<base64 of the digest>: (RFC 9530)",
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


def _checked(request: SignedRequest, read: _Read, public: bytes) -> VerifyResult | Refused:
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(public))
    try:
        return verifier.verify(request, max_age=None, expect_tag=TAG, expect_label=read.label)[0]
    except (HTTPMessageSignaturesException, ValueError):
        return Refused(
            reason=Reason.SIGNATURE,
            problem="the signature does not fit the request",
            remedy="sign exactly what is sent, with the private half of the key named",
        )


def _out_of_time(read: _Read, now: datetime) -> Refused | None:
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
