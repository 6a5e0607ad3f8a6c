"""What a signed request claims: its key, its times, its nonce, its digest; and what it must cover.

Nothing here is believed yet: whether the signature holds is for `signatures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from panshi.alliance.members.structured import dictionary
from panshi.model.alliance.member import Reason, Refused

TAG = "panshi-hub"
"Application tag of every signature made for a hub; another protocol's signature opens nothing."
LONGEST = timedelta(minutes=5)
"How long a signature may be good for."
MOST_INPUT = 4_096
"Bytes of Signature-Input and Signature each."
MOST_URL = 16_384
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{8,128}")
NONCE = re.compile(r"[\w+/=.~-]{16,128}")
SHA256_BYTES = 32
READING = frozenset({"GET", "HEAD", "DELETE"})


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


def digest_of(request: SignedRequest) -> str:
    """Give the SHA-256 a request says its body has, hexadecimal; empty where it says none."""
    found = _digest(request)
    return found if isinstance(found, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a signature says, before it is known to hold."""

    label: str
    key: str
    created: datetime
    expires: datetime
    nonce: str
    sha256: str
    idempotency_key: str


def claimed(request: SignedRequest, hosts: frozenset[str]) -> Claims | Refused:
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
    if _host(request.url) not in hosts:
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
    return Claims(
        label=label,
        key=str(key),
        created=times[0],
        expires=times[1],
        nonce=str(nonce),
        sha256=str(digest),
        idempotency_key=str(told),
    )


def _host(url: str) -> str:
    """Give host and port of an address; empty where it is none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


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
