"""A transmitter of shared signals in memory: signs what it is told to, right or wrong."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import cache

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from panshi.protection.zero_trust.signals import keys
from panshi.protection.zero_trust.signals.tokens import Issuer

ISSUER = "https://idp.bank.example"
AUDIENCE = "https://pdp.bank.example/ssf"
NOW = 1_790_000_000.0
CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
SSF = "https://schemas.openid.net/secevent/ssf/event-type/"


def signing_key(algorithm: str = "RS256", kid: str = "k1", bits: int = 2048):
    """Give a key; the same one for the same names."""
    return _key(algorithm, kid, bits)


@cache
def _key(algorithm, kid, bits):
    parameters = {"kid": kid, "use": "sig", "alg": algorithm}
    match algorithm:
        case "ES256":
            return ECKey.generate_key("P-256", parameters)
        case "Ed25519" | "EdDSA":
            return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"})
        case "HS256":
            return OctKey.generate_key(256, {"kid": kid})
        case _:
            return RSAKey.generate_key(bits, parameters)


def claims(event: str = CAEP + "session-revoked", payload=None, **changes) -> dict:
    """Give the claims of a good token, with changes; a value of ... takes a claim out."""
    found = {
        "iss": ISSUER,
        "jti": "jti-1",
        "iat": int(NOW),
        "aud": AUDIENCE,
        "txn": "8675309",
        "sub_id": {"format": "email", "email": "amy@bank.example"},
        "events": {event: {} if payload is None else payload},
    }
    found |= changes
    return {name: value for name, value in found.items() if value is not ...}


def signed(
    said: dict | None = None, algorithm: str = "RS256", *, typ="secevent+jwt", kid="k1", key=None
) -> str:
    """Sign claims."""
    key = key if key is not None else signing_key(algorithm)
    header = {"alg": algorithm, "kid": kid}
    if typ is not None:
        header["typ"] = typ
    payload = json.dumps(claims() if said is None else said)
    return jws.serialize_compact(header, payload, key, algorithms=[algorithm])


def raw_token(header: dict | str, payload: dict | str, signature: bytes = b"") -> str:
    """Put a token together without signing it."""
    parts = [each if isinstance(each, str) else json.dumps(each) for each in (header, payload)]
    return ".".join(part(each.encode()) for each in parts) + "." + part(signature)


def part(raw: bytes) -> str:
    """Give base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwks(*algorithms: str) -> dict:
    """Give the transmitter's public keys."""
    return keys.published([signing_key(each) for each in algorithms or ("RS256",)])


def agreed(*algorithms: str, **changes) -> Issuer:
    """Give what a receiver agreed on with this transmitter."""
    parts = {"iss": ISSUER, "audience": (AUDIENCE,), "keys": keys.ring(jwks(*algorithms))}
    return Issuer(**(parts | changes))
