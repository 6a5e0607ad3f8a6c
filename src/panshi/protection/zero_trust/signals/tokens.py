"""Security Event Tokens: made, and verified before anything they say is believed.

RFC 8417 as SSF 1.0 section 4 narrows it. The order of the checks is the order in which a fault can
be told without trusting what is not yet verified: size, header, issuer (only to find its keys),
signature, then every claim. Nothing is acted on before the signature held.
"""

from __future__ import annotations

import hashlib
import json
import re
import warnings
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning

from panshi.protection.zero_trust.signals import events, subjects
from panshi.protection.zero_trust.signals.events import BY_URI, LAST_SECOND, Event, EventType
from panshi.protection.zero_trust.signals.keys import (
    DEFAULT_ALGORITHMS,
    KeyRing,
    SigningKey,
)
from panshi.protection.zero_trust.signals.refusal import RefusedError, SetError, bad_request
from panshi.protection.zero_trust.signals.strict_json import (
    ORDINARY,
    Json,
    Limits,
    read_object,
)
from panshi.protection.zero_trust.signals.subjects import Subject

TYPE = "secevent+jwt"
_TYPES = frozenset({TYPE, f"application/{TYPE}"})
LONGEST_ID = 512
PARTS = 3
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)
# RFC 9864 renames EdDSA; what it signs is the same, and senders still use the old name.


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """What was agreed with one transmitter: who it is, for whom it speaks, how it signs."""

    iss: str
    audience: tuple[str, ...]
    "Names by which it may address us; one of them must be in `aud`."
    keys: KeyRing
    algorithms: tuple[str, ...] = DEFAULT_ALGORITHMS
    oldest_s: float = 86_400.0
    "How long after its making a token is still taken: longer outages are to be told by hand."
    ahead_s: float = 120.0
    "How far a token's clock may be ahead of ours."
    critical: tuple[str, ...] = ()
    "Members of complex subjects that must be understood (`critical_subject_members`)."
    limits: Limits = ORDINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A verified token."""

    iss: str
    jti: str
    aud: tuple[str, ...]
    iat: float
    subject: Subject
    event: Event
    txn: str = ""
    toe: float | None = None
    "When the event happened, by RFC 8417 section 2.2."
    digest: str = ""
    "SHA-256 of the bytes as they came: two tokens of one `jti` are the same, or they are not."


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A token that was read but not verified: good for finding its issuer's keys, nothing else."""

    raw: str
    algorithm: str
    kid: str
    claims: Mapping[str, Json]

    @property
    def claimed_issuer(self) -> str:
        """Give what it calls its issuer."""
        value = self.claims.get("iss")
        return value if isinstance(value, str) else ""

    @property
    def claimed_jti(self) -> str:
        """Give what it calls itself, as far as that may be repeated in an answer."""
        value = self.claims.get("jti")
        return value if isinstance(value, str) and len(value) <= LONGEST_ID else ""


def digest_of(raw: str) -> str:
    """Give the digest by which a repetition is recognised."""
    return hashlib.sha256(raw.encode()).hexdigest()


def opened(raw: str, limits: Limits = ORDINARY) -> Opened:
    """Read header and claims without believing them; refuses what is no SET at all."""
    if len(raw) > limits.bytes:
        raise bad_request(
            f"the token is larger than {limits.bytes} bytes", f"權杖大於 {limits.bytes} 個位元組"
        )
    parts = raw.split(".") if raw.isascii() else []
    if len(parts) != PARTS:
        raise bad_request("the token has not three parts", "權杖不是三段格式")
    header = read_object(_decoded(parts[0]), limits)
    kind = header.get("typ")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        # SSF 4.1.1 and RFC 8725 3.11: nothing else may be taken for a SET.
        raise bad_request(f"typ is not {TYPE}", f"typ 不是 {TYPE}")
    if "crit" in header or header.get("b64", True) is not True:
        raise bad_request("a critical extension is not understood", "不支援的關鍵標頭延伸")
    algorithm, kid = header.get("alg"), header.get("kid")
    return Opened(
        raw=raw,
        algorithm=algorithm if isinstance(algorithm, str) else "",
        kid=kid if isinstance(kid, str) else "",
        claims=read_object(_decoded(parts[1]), limits),
    )


def verified(found: Opened, issuer: Issuer, now: float) -> Token:
    """Verify a token whole, or raise `RefusedError` with the code that is answered."""
    if found.claimed_issuer != issuer.iss:
        raise RefusedError(
            SetError.INVALID_ISSUER,
            "the issuer is not the one agreed on for this stream",
            "簽發者不是此串流約定的簽發者",
        )
    key = _key(found, issuer)
    try:
        jws.deserialize_compact(found.raw, key, algorithms=[found.algorithm])
    except (JoseError, ValueError, TypeError) as error:
        raise RefusedError(
            SetError.INVALID_KEY, "the signature does not hold", "簽章驗證不符"
        ) from error
    return _token(found.claims, issuer, now, digest_of(found.raw))


def read(raw: str, issuer: Issuer, now: float) -> Token:
    """Open and verify a token of one issuer."""
    return verified(opened(raw, issuer.limits), issuer, now)


def write(
    claims: Mapping[str, Json], key: SigningKey, algorithm: str = "RS256", *, typ: str = TYPE
) -> str:
    """Sign claims as a SET."""
    header = {"typ": typ, "alg": algorithm, "kid": str(key.kid)}
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact(header, payload, key, algorithms=[algorithm])


def claims_of(token: Token) -> dict[str, Json]:
    """Give the claims of a token to be signed; `iat` in whole seconds."""
    claims: dict[str, Json] = {
        "iss": token.iss,
        "jti": token.jti,
        "iat": int(token.iat),
        "aud": token.aud[0] if len(token.aud) == 1 else list(token.aud),
        "sub_id": subjects.write(token.subject),
        "events": {token.event.type.uri: events.write(token.event)},
    }
    if token.txn:
        claims["txn"] = token.txn
    if token.toe is not None:
        claims["toe"] = int(token.toe)
    return claims


def _decoded(part: str) -> bytes:
    if not _BASE64URL.fullmatch(part):
        raise bad_request("a part of the token is not base64url", "權杖有一段不是 base64url")
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise bad_request(
            "a part of the token is not base64url", "權杖有一段不是 base64url"
        ) from error


def _key(found: Opened, issuer: Issuer) -> SigningKey:
    if found.algorithm not in issuer.algorithms:
        raise RefusedError(
            SetError.INVALID_KEY,
            f"the signature algorithm {found.algorithm[:20]!r} is not accepted from this issuer",
            f"不接受此簽發者使用簽章演算法 {found.algorithm[:20]!r}",
        )
    key = issuer.keys.find(found.kid, found.algorithm)
    if key is None:
        raise RefusedError(
            SetError.INVALID_KEY,
            "the issuer has no key of this id for this algorithm",
            "簽發者沒有此識別且適用此演算法的金鑰",
        )
    return key


def _token(claims: Mapping[str, Json], issuer: Issuer, now: float, digest: str) -> Token:
    audience = _audience(claims.get("aud"))
    if not set(audience) & set(issuer.audience):
        raise RefusedError(
            SetError.INVALID_AUDIENCE,
            "none of the audiences is this receiver",
            "權杖的對象不是此接收端",
        )
    for name in ("sub", "exp"):
        # SSF 4.1.2 and 4.1.7: a token with either may be taken for a token of another kind.
        if name in claims:
            raise bad_request(f"a SET carries no {name} (SSF 4.1)", f"SET 不得帶有 {name}")
    type_, payload = _event(claims.get("events"))
    return Token(
        iss=issuer.iss,
        jti=_identifier(claims, "jti"),
        aud=audience,
        iat=_made(claims.get("iat"), issuer, now),
        subject=_subject(claims, payload),
        event=events.read(type_, payload),
        txn=_optional_text(claims, "txn"),
        toe=_optional_moment(claims, "toe"),
        digest=digest,
    )


def _audience(value: Json) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    texts = tuple(each for each in found if isinstance(each, str) and each)
    if not texts or len(texts) != len(found):
        raise RefusedError(SetError.INVALID_AUDIENCE, "aud names nobody", "aud 未指明對象")
    return texts


def _identifier(claims: Mapping[str, Json], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID:
        raise bad_request(f"{name} is missing or no text", f"缺少 {name} 或其不是文字")
    return value


def _optional_text(claims: Mapping[str, Json], name: str) -> str:
    return _identifier(claims, name) if claims.get(name) is not None else ""


def _seconds(value: Json, name: str) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not 0 <= value < LAST_SECOND
    ):
        raise bad_request(f"{name} is not seconds since 1970", f"{name} 不是 1970 年起的秒數")
    return float(value)


def _optional_moment(claims: Mapping[str, Json], name: str) -> float | None:
    return _seconds(claims[name], name) if claims.get(name) is not None else None


def _made(value: Json, issuer: Issuer, now: float) -> float:
    made = _seconds(value, "iat")
    if made > now + issuer.ahead_s:
        raise bad_request("iat lies in the future", "iat 在未來")
    if made < now - issuer.oldest_s:
        raise bad_request("the token has expired: iat is too old", "權杖已過期：iat 過舊")
    return made


def _event(value: Json) -> tuple[EventType, Json]:
    if not isinstance(value, dict) or not value:
        raise bad_request("events holds no event", "events 沒有事件")
    if len(value) != 1:
        # CAEP interoperability profile 2.8.1; SSF 4.2.1 would allow synonyms, of which we know none
        raise bad_request("events holds more than one event", "events 含有多於一個事件")
    uri, payload = next(iter(value.items()))
    type_ = BY_URI.get(uri)
    if type_ is None:
        raise bad_request("the event type is not known here", "不認得此事件類型")
    return type_, payload


def _subject(claims: Mapping[str, Json], payload: Json) -> Subject:
    if "sub_id" not in claims:
        raise bad_request("sub_id is missing (SSF 3.1)", "缺少 sub_id")
    subject = subjects.read(claims["sub_id"])
    twice = payload.get("subject") if isinstance(payload, dict) else None
    if twice is not None and subjects.read(twice) != subject:
        raise bad_request(
            "sub_id and the event's subject contradict each other", "sub_id 與事件的主體互相矛盾"
        )
    return subject
