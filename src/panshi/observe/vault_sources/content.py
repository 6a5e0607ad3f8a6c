"""What looks encrypted: files that look random and are of no packed format anybody knows.

A few blocks of each file are looked at, from its begin, middle and end, because some ransomware
encrypts only parts. Random to the eye of order-0 entropy (Shannon, bits per byte) and without the
mark of a known packed format is called opaque. The share of opaque octets is judged against its own
history: an institution may well keep encrypted files of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import numpy as np

BLOCK = 4_096
LOOKS = 4
RANDOM_BITS = 7.6
"Of 4 KiB of random bytes the entropy is 7.95 ± 0.01; text and pages stay below 6.5."
LEAST = 512
"Blocks shorter than that are not judged."
PACKED = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
    b"Rar!",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"%PDF",
    b"OggS",
    b"\x04\x22\x4d\x18",
    b"ID3",
    b"age-encryption.org",
    b"-----BEGIN",
)
"First bytes of formats that are dense by nature."
_MP4 = b"ftyp"


def entropy(block: bytes) -> float:
    """Give the bits per byte of a block, 0 to 8."""
    if not block:
        return 0.0
    counts = np.bincount(np.frombuffer(block, np.uint8))
    shares = counts[counts > 0] / len(block)
    return float(-(shares * np.log2(shares)).sum())


def looks_random(blocks: Iterable[bytes]) -> bool:
    """Whether most of the blocks looked at are random to the eye."""
    judged = [
        entropy(each) >= RANDOM_BITS * _fullness(len(each)) for each in blocks if len(each) >= LEAST
    ]
    return bool(judged) and 2 * sum(judged) >= len(judged)


def _fullness(octets: int) -> float:
    """Short blocks cannot reach eight bits: a random one of m bytes has about log2 m at most."""
    return min(1.0, 0.82 + 0.18 * octets / BLOCK)


def is_opaque(file: BinaryIO, size: int) -> bool:
    """Look at a few blocks of a file; half of them random and no known format is opaque."""
    head = file.read(BLOCK)
    if head.startswith(PACKED) or head[4:8] == _MP4:
        return False
    blocks = [head]
    step = max(BLOCK, (size - BLOCK) // LOOKS)
    for place in range(step, size, step):
        file.seek(min(place, max(0, size - BLOCK)))
        blocks.append(file.read(BLOCK))
    return looks_random(blocks)
