"""By which of the trusted keys a document was signed (DSSE).

A key is a verifier key (`name+id+key`, C2SP) as `panshi evidence checkpoint` shows it, or a public
key in PEM. The key id an envelope gives decides nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable

from panshi.errors import BadInputError
from panshi.evidence.checkpoint import VerifierKey
from panshi.protection.secure_development.envelope import holds, pae, read_key

PEM = "-----BEGIN"


def signed_by(
    payload_type: str,
    payload: bytes,
    signatures: Iterable[tuple[str, bytes]],
    keys: Iterable[str],
) -> str:
    """Name the first trusted key whose signature holds; empty where none does."""
    message = pae(payload_type, payload)
    given = [signature for _, signature in signatures]
    for key in keys:
        if any(_holds(key, message, each) for each in given):
            return name_of(key)
    return ""


def checked_key(text: str, *, source: str = "") -> str:
    """Give a key as it is kept; refuse what is none."""
    found = text.strip()
    if found.startswith(PEM):
        return read_key(found.encode(), source=source).pem.strip()
    try:
        return str(VerifierKey.parse(found))
    except BadInputError as error:
        raise BadInputError(
            "is no public key",
            place=source,
            remedy="give a verifier key (name+id+key) or a public key in PEM",
        ) from error


def name_of(key: str) -> str:
    """Name a key for people: its name, or the beginning of its digest."""
    if key.startswith(PEM):
        return read_key(key.encode()).id[:16]
    return VerifierKey.parse(key).name


def _holds(key: str, message: bytes, signature: bytes) -> bool:
    if key.startswith(PEM):
        return holds(read_key(key.encode()), message, b64encode(signature).decode())
    return VerifierKey.parse(key).verifies(message, signature)
