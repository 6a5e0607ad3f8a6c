"""The chain: what ever happened to a vault, each entry signed and bound to the one before.

An entry is one line of canonical JSON and one line with its Ed25519 signature in hexadecimal
digits. Its digest is SHA-256 of the first line; the next entry names it as `previous`. A snapshot
exists once its entry does; entries are never removed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from panshi.errors import IntegrityError

BEGIN, SNAPSHOT, PRUNE, REPAIR = "begin", "snapshot", "prune", "repair"
KEYS, RETIRE = "keys", "retire"
FIRST_PREVIOUS = bytes(32).hex()
MOST_ENTRY = 4 << 20
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)
"What JSON that is none, or not of the shape that is read, may raise."


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry, as read and verified."""

    sequence: int
    kind: str
    time: datetime
    digest: str
    "SHA-256 of the signed line, in hexadecimal digits."
    fields: Mapping[str, Any]
    "Every field of the line."
    content: bytes
    "The file as it lies at the places."

    def snapshot_id(self) -> str:
        """Short name of the snapshot this entry acknowledges."""
        return f"{self.sequence}-{self.digest[:12]}"


def canonical(value: Mapping[str, Any]) -> bytes:
    """Write JSON in its one form."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def instant(moment: datetime) -> str:
    """Write a moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Read a moment back."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def sign(
    seed: bytes,
    *,
    vault: bytes,
    after: Entry | None,
    kind: str,
    now: datetime,
    **fields: object,
) -> Entry:
    """Write the next entry of a chain."""
    line = canonical(
        {
            **fields,
            "vault": vault.hex(),
            "sequence": after.sequence + 1 if after else 0,
            "previous": after.digest if after else FIRST_PREVIOUS,
            "kind": kind,
            "time": instant(now),
        }
    )
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(line)
    return _entry(line, line + b"\n" + signature.hex().encode() + b"\n")


def read(content: bytes, *, vault: bytes, signer: bytes, sequence: int) -> Entry:
    """Read an entry; refuse what this vault's key did not sign at this number."""
    place = f"entry {sequence} of the chain"
    line, _, rest = content.partition(b"\n")
    try:
        signature = bytes.fromhex(rest.decode("ascii").strip())
        Ed25519PublicKey.from_public_bytes(signer).verify(signature, line)
        entry = _entry(line, content)
    except (InvalidSignature, *UNREADABLE) as error:
        raise IntegrityError("its signature does not hold", place=place) from error
    if entry.fields.get("vault") != vault.hex() or entry.sequence != sequence:
        raise IntegrityError("it belongs to another vault or another number", place=place)
    return entry


def _entry(line: bytes, content: bytes) -> Entry:
    fields = json.loads(line)
    return Entry(
        sequence=int(fields["sequence"]),
        kind=str(fields["kind"]),
        time=moment(fields["time"]),
        digest=sha256(line).hexdigest(),
        fields=fields,
        content=content,
    )
