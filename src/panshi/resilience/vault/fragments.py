"""A fragment as a file at one place: a head of 48 bytes that says whose it is, then the bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256

from panshi.errors import IntegrityError
from panshi.resilience.vault.layout import Spread

MAGIC = b"PSVFRAG1"
_HEAD = struct.Struct(">8s16s16sBBBBI")
HEAD_BYTES = _HEAD.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """One fragment, ready to be written; `digest` goes into the catalogue."""

    head: bytes
    payload: memoryview
    digest: bytes


def frame(vault: bytes, segment: bytes, index: int, spread: Spread, payload: memoryview) -> Framed:
    """Put the head before a fragment and hash both."""
    head = _HEAD.pack(MAGIC, vault, segment, index, spread.k, spread.n, 0, len(payload))
    digest = sha256(head)
    digest.update(payload)
    return Framed(head=head, payload=payload, digest=digest.digest())


def unframe(content: bytes, digest: bytes) -> memoryview:
    """Give the fragment's bytes; refuse a file that is not the one the catalogue names."""
    if sha256(content).digest() != digest:
        raise IntegrityError("a fragment is not the one that was written")
    return memoryview(content)[HEAD_BYTES:]
