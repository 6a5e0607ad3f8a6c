"""Ed25519 public keys of members: their names, their form, what they sign beside requests."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KEY_BYTES = 32


def thumbprint(public: bytes) -> str:
    """Name a key: SHA-256 of its canonical JWK (RFC 7638, RFC 8037), base64url."""
    x = b64encode(public, altchars=b"-_").rstrip(b"=").decode()
    canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
    return b64encode(sha256(canonical.encode()).digest(), altchars=b"-_").rstrip(b"=").decode()


def rotation_text(member: str, old: str, new: str) -> bytes:
    """Give what a new key signs to show that it is held by who gives up the old one."""
    return "".join(f"{each}\n" for each in ("panshi-hub rotation", member, old, new)).encode()


def dependence_text(statement: str) -> bytes:
    """Give what a member signs to say what it stands on; it can be mistaken for nothing else."""
    return f"panshi-hub dependence\n{statement}".encode()


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
