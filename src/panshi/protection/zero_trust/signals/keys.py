"""Keys that sign tokens: what an issuer's JWK Set (RFC 7517) yields, and our own.

Only keys that may sign are taken, each for the algorithms it is fit for: RSA of 2048 bits or more,
P-256, Ed25519. `none` and the HMAC family are on no list and cannot be put on one: a secret both
sides know proves no sender (RFC 8725 sections 3.1 and 3.2). The cryptography is joserfc's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from panshi.protection.zero_trust.signals.strict_json import Json

ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
"""All that may ever be allowed; RFC 9864 names Ed25519 what senders still call EdDSA."""
DEFAULT_ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
LEAST_RSA_BITS = 2048
"CAEP interoperability profile 1.0 section 2.6."
MOST_KEYS = 64

type SigningKey = RSAKey | ECKey | OKPKey


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """The public keys of one issuer, by their ids."""

    keys: Mapping[str, SigningKey] = field(default_factory=dict)
    left_aside: tuple[str, ...] = ()
    "Keys of the set that cannot be used, each with the reason."

    def find(self, kid: str, algorithm: str) -> SigningKey | None:
        """Give the key of that id where it is fit for the algorithm."""
        key = self.keys.get(kid)
        return key if key is not None and algorithm in fit_for(key) else None


def fit_for(key: SigningKey) -> tuple[str, ...]:
    """Give the algorithms a key is fit for; its own `alg` narrows them."""
    match key:
        case RSAKey():
            fit: tuple[str, ...] = ("RS256", "PS256")
        case ECKey():
            fit = ("ES256",)
        case _:
            fit = ("Ed25519", "EdDSA")
    named = key.get("alg")
    return fit if named is None else tuple(each for each in fit if each == named)


def ring(document: Mapping[str, Json]) -> KeyRing:
    """Take the keys of a JWK Set that may sign; name the rest."""
    found = document.get("keys")
    keys: dict[str, SigningKey] = {}
    aside: list[str] = []
    for number, each in enumerate(found if isinstance(found, list) else ()):
        kid = each.get("kid") if isinstance(each, dict) else None
        if number >= MOST_KEYS:
            aside.append(f"more than {MOST_KEYS} keys")
            break
        if not isinstance(each, dict) or not isinstance(kid, str) or not kid:
            aside.append(f"key {number + 1} has no kid")
            continue
        key = _taken(each)
        if isinstance(key, str):
            aside.append(f"{kid}: {key}")
        elif kid in keys:
            keys.pop(kid)
            aside.append(f"{kid}: two keys have this id")
        else:
            keys[kid] = key
    return KeyRing(keys=keys, left_aside=tuple(aside))


def allowed(names: Collection[str]) -> tuple[str, ...]:
    """Keep, of the algorithms somebody configured, those that may be allowed at all."""
    return tuple(name for name in ALGORITHMS if name in names)


def published(keys: Collection[SigningKey]) -> dict[str, Json]:
    """Give the public halves as a JWK Set."""
    return {
        "keys": [
            {name: str(value) for name, value in key.as_dict(private=False).items()} for key in keys
        ]
    }


def _taken(each: dict[str, Json]) -> SigningKey | str:
    problem = _not_for_verifying(each)
    if problem:
        return problem
    public: dict[str, str | list[str]] = {
        name: value for name, value in each.items() if isinstance(value, str)
    }
    try:
        key = JWKRegistry.import_key(public)
    except (JoseError, ValueError, TypeError) as error:
        return f"it cannot be read: {error}"
    match key:
        case RSAKey() if key.raw_value.key_size < LEAST_RSA_BITS:
            return f"RSA of {key.raw_value.key_size} bits is too short"
        case RSAKey():
            return key
        case ECKey() if public.get("crv") == "P-256":
            return key
        case OKPKey() if public.get("crv") == "Ed25519":
            return key
        case _:
            return "its type is not taken"


def _not_for_verifying(each: dict[str, Json]) -> str:
    if each.get("use", "sig") != "sig":
        return "it is not for signing"
    operations = each.get("key_ops")
    if isinstance(operations, list) and "verify" not in operations:
        return "it is not for verifying"
    return "it is a secret, which nobody publishes" if "d" in each or "k" in each else ""
