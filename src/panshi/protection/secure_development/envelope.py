"""DSSE: what a signature speaks over, and whether it holds under a key (DSSE 1, in-toto 1).

    pae = "DSSEv1" SP len(type) SP type SP len(payload) SP payload

Ed25519, ECDSA over P-256, P-384 and P-521, and RSA of 2,048 bits or more (PSS, or PKCS #1 1.5 as
cosign writes it). The key id in an envelope is an unauthenticated hint and decides nothing.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from panshi.errors import BadInputError

LONGEST_KEY = 16 * 1024
LEAST_RSA_BITS = 2048
_CURVES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}
type PublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey | RSAPublicKey


class KeyKind(StrEnum):
    """What a key signs with."""

    ED25519 = "Ed25519"
    ECDSA = "ECDSA"
    RSA = "RSA"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationKey:
    """One public key, by the digest of its SubjectPublicKeyInfo."""

    id: str
    kind: KeyKind
    pem: str


def pae(payload_type: str, payload: bytes) -> bytes:
    """Give the bytes a DSSE signature is over."""
    name = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def read_key(pem: bytes, *, source: str = "") -> VerificationKey:
    """Read a public key in PEM; one too weak, or of another kind, is refused."""
    try:
        key = _loaded(pem[: LONGEST_KEY + 1])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInputError(
            "is no public key that verifies provenance",
            place=source,
            remedy="give Ed25519, ECDSA (P-256, P-384, P-521) or RSA of 2,048 bits, in PEM",
        ) from error
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return VerificationKey(id=sha256(der).hexdigest(), kind=_kind(key), pem=text.decode())


def holds(key: VerificationKey, message: bytes, signature: str) -> bool:
    """Whether a signature, in Base64, over a message is by this key."""
    try:
        raw = b64decode(signature, validate=True)
        public = _loaded(key.pem.encode())
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return False
    match public:
        case Ed25519PublicKey():
            return _tried(lambda: public.verify(raw, message))
        case RSAPublicKey():
            digest = hashes.SHA256()
            pss = padding.PSS(padding.MGF1(digest), padding.PSS.AUTO)
            return _tried(lambda: public.verify(raw, message, pss, digest)) or _tried(
                lambda: public.verify(raw, message, padding.PKCS1v15(), digest)
            )
        case _:
            algorithm = ec.ECDSA(_CURVES[public.curve.name])
            return _tried(lambda: public.verify(raw, message, algorithm))


@lru_cache(maxsize=256)
def _loaded(pem: bytes) -> PublicKey:
    if len(pem) > LONGEST_KEY:
        raise ValueError("too long for a key")
    key = serialization.load_pem_public_key(pem)
    match key:
        case Ed25519PublicKey():
            return key
        case ec.EllipticCurvePublicKey() if key.curve.name in _CURVES:
            return key
        case RSAPublicKey() if key.key_size >= LEAST_RSA_BITS:
            return key
        case _:
            raise ValueError("a kind or size that is not taken")


def _kind(key: PublicKey) -> KeyKind:
    match key:
        case Ed25519PublicKey():
            return KeyKind.ED25519
        case RSAPublicKey():
            return KeyKind.RSA
        case _:
            return KeyKind.ECDSA


def _tried(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except (InvalidSignature, ValueError):
        return False
    return True
