"""Signing what the decision point says of itself, with the keys of its home (JWS, RS256)."""

from __future__ import annotations

from pathlib import Path

from joserfc import jwt
from joserfc.jwk import RSAKey

from panshi.pdp.address import Address
from panshi.store.signal_keys import signing_pems

ALGORITHM = "RS256"


def address_of(base: str, *, secure: bool, home: Path | None) -> Address:
    """Give the address; with a home and an address of its own it vouches for what it says."""
    base = base.rstrip("/")
    if home is None or not base:
        return Address(base=base, secure=secure)
    keys = [
        RSAKey.import_key(pem, {"kid": name, "use": "sig", "alg": ALGORITHM})
        for name, pem in signing_pems(home)
    ]
    newest = keys[-1]

    def sign(claims: dict[str, object]) -> str:
        return jwt.encode({"alg": ALGORITHM, "kid": newest.kid}, claims, newest)

    published = {"keys": [each.as_dict(private=False) for each in reversed(keys)]}
    return Address(base=base, secure=secure, sign=sign, keys=published)
