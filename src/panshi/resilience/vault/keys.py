"""Keys of a vault: all of them come from one secret that only the officers can open.

    mnemonics (SLIP-39) → officers' key → wraps → vault secret → reading, signing and chunk keys

Who seals holds the public reading key, the signing key and the chunk key, and so cannot read what
was sealed before. HKDF is RFC 5869, HPKE RFC 9180 with the hybrid KEM of ML-KEM-768 and X25519.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from panshi.errors import BadInputError, ForbiddenError

SECRET_BYTES = 32
MLKEM_PUBLIC_BYTES = 1184
NONCE = bytes(12)
"Constant, since each key below encrypts exactly one message (ADR 0263)."
LABEL = b"panshi-vault/1 "
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def derive(secret: bytes, salt: bytes, label: bytes, length: int = 32) -> bytes:
    """Derive a key from a secret."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=LABEL + label).derive(secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingKey:
    """The private half a session is sealed to: X25519 and ML-KEM-768 together."""

    x25519: X25519PrivateKey
    mlkem: MLKEM768PrivateKey

    @classmethod
    def from_seeds(cls, x25519: bytes, mlkem: bytes) -> ReadingKey:
        """Rebuild the pair from its seeds (32 and 64 bytes)."""
        return cls(
            x25519=X25519PrivateKey.from_private_bytes(x25519),
            mlkem=MLKEM768PrivateKey.from_seed_bytes(mlkem),
        )

    def public(self) -> bytes:
        """Public half: 1,184 bytes of ML-KEM, then 32 of X25519."""
        return (
            self.mlkem.public_key().public_bytes_raw() + self.x25519.public_key().public_bytes_raw()
        )

    def open(self, sealed: bytes, purpose: bytes) -> bytes:
        """Open what was sealed to this key."""
        private = MLKEM768X25519PrivateKey(self.mlkem, self.x25519)
        try:
            return _SUITE.decrypt(sealed, private, info=LABEL + purpose)
        except (InvalidTag, ValueError) as error:
            raise ForbiddenError(
                "this key does not open it", remedy="bring the key it was sealed to"
            ) from error


def seal_to(public: bytes, secret: bytes, purpose: bytes) -> bytes:
    """Seal a secret to a hybrid public key."""
    try:
        key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(public[MLKEM_PUBLIC_BYTES:]),
        )
    except ValueError as error:
        raise BadInputError(
            "the recipient's key is not 1,216 bytes of ML-KEM-768 and X25519",
            remedy="ask for the public key `panshi vault keys recipient` prints",
        ) from error
    return _SUITE.encrypt(secret, key, info=LABEL + purpose)


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKeys:
    """Every key that follows from the vault secret."""

    vault: bytes
    secret: bytes

    def reading(self) -> ReadingKey:
        """Give the key that opens sessions."""
        return ReadingKey.from_seeds(
            derive(self.secret, self.vault, b"x25519"),
            derive(self.secret, self.vault, b"mlkem768", 64),
        )

    def signing(self) -> bytes:
        """Give the Ed25519 seed that signs the chain."""
        return derive(self.secret, self.vault, b"ed25519")

    def chunks(self) -> bytes:
        """Give the BLAKE3 key that names chunks."""
        return derive(self.secret, self.vault, b"chunk id")


def series_label(chunk_key: bytes, name: str) -> str:
    """Name a source in the chain in a way only who seals can tell."""
    return hmac.digest(chunk_key, LABEL + b"series " + name.encode(), "sha256")[:16].hex()


def public_of(signing_seed: bytes) -> bytes:
    """Public half of a signing key."""
    return Ed25519PrivateKey.from_private_bytes(signing_seed).public_key().public_bytes_raw()


def wrap(secret: bytes, master: bytes, vault: bytes, epoch: int) -> bytes:
    """Wrap the vault secret under the officers' master secret of an epoch."""
    key = derive(master, vault, b"officers %d" % epoch)
    return AESGCM(key).encrypt(NONCE, secret, LABEL + b"keys" + vault)


def unwrap(wrapped: bytes, master: bytes, vault: bytes, epoch: int) -> bytes:
    """Open the vault secret; refuse a master secret of other shares or of another epoch."""
    key = derive(master, vault, b"officers %d" % epoch)
    try:
        return AESGCM(key).decrypt(NONCE, wrapped, LABEL + b"keys" + vault)
    except InvalidTag as error:
        raise ForbiddenError(
            "these shares do not open this vault",
            remedy="bring enough shares of the newest epoch; `panshi vault list` names it",
        ) from error
