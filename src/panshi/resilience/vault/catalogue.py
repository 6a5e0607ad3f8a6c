"""The catalogue of a snapshot: each segment it needs, with the digest of every fragment.

It holds no secret (digests of ciphertext), lies at every place in full, and lets anybody scrub and
repair without a key. The chain signs its Merkle root (RFC 9162), so that one fragment can be proven
to belong to a snapshot without the rest.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from panshi.errors import IntegrityError
from panshi.evidence.merkle import leaf_hash
from panshi.evidence.merkle import root as merkle_root
from panshi.resilience.vault.layout import HASH_BYTES, Spread

MAGIC = b"PSVCATA1"
_HEAD = struct.Struct(">8s16sQBBHI")
_ROW_HEAD = struct.Struct(">16sQI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A row: where a segment's key comes from, how long its fragments are, what they hash to."""

    id: bytes
    session: int
    "Number of the snapshot whose session key opens it."
    length: int
    "Bytes of one fragment, its head not counted."
    digests: bytes
    "n digests of 32 bytes, in the order of the places."

    def digest(self, index: int) -> bytes:
        """Digest of the fragment at one place."""
        return self.digests[index * HASH_BYTES : (index + 1) * HASH_BYTES]

    def row(self) -> bytes:
        """Bytes of the row, the leaf of the Merkle tree."""
        return _ROW_HEAD.pack(self.id, self.session, self.length) + self.digests


def encode(vault: bytes, sequence: int, spread: Spread, segments: Iterable[Segment]) -> bytes:
    """Write a catalogue, its rows sorted by segment."""
    rows = [each.row() for each in sorted(segments, key=lambda each: each.id)]
    head = _HEAD.pack(MAGIC, vault, sequence, spread.k, spread.n, 0, len(rows))
    return head + b"".join(rows)


def root(segments: Iterable[Segment]) -> bytes:
    """Merkle root over the rows, sorted by segment."""
    ordered = sorted(segments, key=lambda each: each.id)
    return merkle_root(leaf_hash(each.row()) for each in ordered)


def decode(content: bytes, vault: bytes, sequence: int, spread: Spread) -> Iterator[Segment]:
    """Read a catalogue back, refusing another vault's or a malformed one."""
    width = _ROW_HEAD.size + spread.n * HASH_BYTES
    head = content[: _HEAD.size]
    count = (len(content) - _HEAD.size) // width
    expected = _HEAD.pack(MAGIC, vault, sequence, spread.k, spread.n, 0, max(0, count))
    if head != expected or len(content) != _HEAD.size + count * width:
        raise IntegrityError("a catalogue is malformed or belongs to another vault")
    for start in range(_HEAD.size, len(content), width):
        name, session, length = _ROW_HEAD.unpack_from(content, start)
        digests = content[start + _ROW_HEAD.size : start + width]
        yield Segment(id=name, session=session, length=length, digests=digests)
