"""Tokens of an identity provider: which of them prove a sign-in, and which an end of it.

OpenID Connect Core 1.0, 3.1.3.7 (ID token) and 3.1.3.8 (at_hash); OpenID Connect Back-Channel
Logout 1.0, 2.6. Every refusal names its reason; no claim of a refused token is used.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256, sha384, sha512

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from panshi.errors import ForbiddenError

SKEW_S = 60
LONGEST = 16 * 1024
LOGOUT_LASTS_S = 300
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
"What may be agreed on; `none` and shared secrets are never taken."
_HASHES = {"256": sha256, "384": sha384, "512": sha512}

type Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed on with a provider."""

    issuer: str
    client_id: str
    algorithms: tuple[str, ...]


def id_token(
    token: str, keys: KeySet, terms: Terms, *, nonce: str, access_token: str, now: float
) -> Claims:
    """Give the claims of an ID token that answers this very request."""
    header, claims = _verified(token, keys, terms)
    _times(claims, now)
    if "exp" not in claims:
        raise ForbiddenError("the ID token does not end", place="exp")
    audience = _audience(claims)
    if terms.client_id not in audience:
        raise ForbiddenError("the ID token is for somebody else", place="aud")
    if (len(audience) > 1 or "azp" in claims) and claims.get("azp") != terms.client_id:
        raise ForbiddenError("the ID token was issued to another party", place="azp")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ForbiddenError("the ID token answers another request", place="nonce")
    if "at_hash" in claims and claims["at_hash"] != _half(access_token, str(header["alg"])):
        raise ForbiddenError("the ID token belongs to another access token", place="at_hash")
    return claims


def logout_token(token: str, keys: KeySet, terms: Terms, *, now: float) -> Claims:
    """Give the claims of a logout token: whose sessions end, or which one."""
    header, claims = _verified(token, keys, terms)
    if header.get("typ", "logout+jwt") not in {"logout+jwt", "JWT"}:
        raise ForbiddenError("this is no logout token", place="typ")
    _times(claims, now)
    if terms.client_id not in _audience(claims):
        raise ForbiddenError("the logout token is for somebody else", place="aud")
    issued = claims.get("iat")
    if not isinstance(issued, int | float) or now - issued > LOGOUT_LASTS_S + SKEW_S:
        raise ForbiddenError("the logout token is too old", place="iat")
    events = claims.get("events")
    if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
        raise ForbiddenError("this is no logout token", place="events")
    if not claims.get("sid") and not claims.get("sub"):
        raise ForbiddenError("the logout token names nobody", place="sub")
    if not isinstance(claims.get("jti"), str):
        raise ForbiddenError("the logout token has no name", place="jti")
    return claims


def methods(claims: Claims) -> tuple[str, ...]:
    """Give the methods a provider names (RFC 8176); anything odd is none."""
    amr = claims.get("amr")
    named = amr if isinstance(amr, list) else []
    return tuple(each for each in named if isinstance(each, str) and len(each) <= 64)[:16]  # noqa: PLR2004


def _verified(token: str, keys: KeySet, terms: Terms) -> tuple[Mapping[str, object], Claims]:
    if len(token) > LONGEST:
        raise ForbiddenError("the token is too long")
    allowed = [each for each in terms.algorithms if each in ALGORITHMS]
    try:
        decoded = jwt.decode(token, keys, algorithms=allowed)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ForbiddenError(f"the token is not valid: {type(error).__name__}") from error
    if decoded.claims.get("iss") != terms.issuer:
        raise ForbiddenError("the token is of another issuer", place="iss")
    return decoded.header, decoded.claims


def _times(claims: Claims, now: float) -> None:
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ForbiddenError("a time that is no number", place=name)
    ends, issued, begins = claims.get("exp"), claims.get("iat"), claims.get("nbf")
    if isinstance(ends, int | float) and now >= ends + SKEW_S:
        raise ForbiddenError("the token has expired", place="exp")
    for name, value in (("iat", issued), ("nbf", begins)):
        if isinstance(value, int | float) and value > now + SKEW_S:
            raise ForbiddenError("the token is of the future", place=name)


def _audience(claims: Claims) -> tuple[str, ...]:
    named = claims.get("aud")
    return tuple(map(str, named)) if isinstance(named, list) else (str(named),)


def _half(access_token: str, algorithm: str) -> str:
    digest = _HASHES.get(algorithm[-3:], sha512)(access_token.encode("ascii", "replace")).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
