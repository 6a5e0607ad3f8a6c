"""A segment: many chunks, compressed together, encrypted once, useless in part.

    body     = flag, counts, table of chunks, chunks (zstd), zeros
    cipher   = AES-256-GCM(key, body),  key = HKDF(session key, salt = fresh random r)
    package  = cipher ‖ (r XOR SHA-256(cipher))

The last step is the all-or-nothing transform AONT-RS (Resch and Plank, FAST 2011): who lacks one
fragment lacks SHA-256(cipher), hence r, hence the key, even holding every other key. Since r is
fresh for every segment, no key ever meets a nonce twice (ADR 0263).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import sha256

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from panshi.errors import IntegrityError
from panshi.resilience.vault.keys import LABEL, NONCE, derive

LEVEL = 1
RAW, ZSTD = 0, 1
WORTH_COMPRESSING = 0.98
TAG_BYTES, TAIL_BYTES = 16, 32
LEAST_FRAGMENT = 64
"No fragment is so small that it could be guessed."
GRAIN = 16
"Fragments are multiples of this, so that the erasure code never pads."
MOST_RAW = 64 << 20
"Refused above: a hostile segment must not exhaust memory."
_HEAD = struct.Struct(">BIII")
_ROW = struct.Struct(">32sI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A row of a segment's table."""

    id: bytes
    length: int


def pack(raw: bytes | bytearray, chunks: tuple[Chunk, ...] = (), *, k: int) -> bytearray:
    """Compress and lay out a body, padded so that the package divides into k fragments."""
    pressed = zstandard.ZstdCompressor(level=LEVEL).compress(raw)
    flag, stored = (ZSTD, pressed) if len(pressed) < WORTH_COMPRESSING * len(raw) else (RAW, raw)
    body = bytearray(_HEAD.pack(flag, len(chunks), len(raw), len(stored)))
    for chunk in chunks:
        body += _ROW.pack(chunk.id, chunk.length)
    body += stored
    package = len(body) + TAG_BYTES + TAIL_BYTES
    step = k * GRAIN
    body += bytes(max(-(-package // step) * step, k * LEAST_FRAGMENT) - package)
    return body


def unpack(body: bytes) -> bytes:
    """Give a body's raw bytes; decompress no further than its head says."""
    try:
        flag, count, length, stored = _HEAD.unpack_from(body)
        start = _HEAD.size + count * _ROW.size
        if length > MOST_RAW or start + stored > len(body) or flag not in {RAW, ZSTD}:
            raise IntegrityError("a segment's head speaks of more than it holds")
        held = memoryview(body)[start : start + stored]
        if flag == ZSTD:
            if zstandard.frame_content_size(held) > length:
                raise IntegrityError("a segment's frame holds more than its head says")
            raw = zstandard.ZstdDecompressor().decompress(held, max_output_size=length)
        else:
            raw = bytes(held)
    except (struct.error, zstandard.ZstdError) as error:
        raise IntegrityError(f"a segment does not unpack: {error}") from error
    if len(raw) != length:
        raise IntegrityError("a segment is not as long as its head says")
    return raw


def encrypt(body: bytes | bytearray, *, session: bytes, salt: bytes, where: bytes) -> bytes:
    """Encrypt a body into its package; `salt` must be fresh, `where` is vault id ‖ segment id."""
    key = derive(session, salt, b"segment" + where)
    cipher = AESGCM(key).encrypt(NONCE, body, LABEL + b"segment" + where)
    return cipher + _mask(salt, sha256(cipher).digest())


def decrypt(package: bytes, *, session: bytes, where: bytes) -> bytes:
    """Decrypt a whole package; anything missing or altered is refused."""
    cipher, tail = memoryview(package)[:-TAIL_BYTES], package[-TAIL_BYTES:]
    salt = _mask(tail, sha256(cipher).digest())
    key = derive(session, salt, b"segment" + where)
    try:
        return AESGCM(key).decrypt(NONCE, cipher, LABEL + b"segment" + where)
    except InvalidTag as error:
        raise IntegrityError(
            "a segment does not decrypt: it was altered, or belongs to another vault or session",
            place=where[16:].hex(),
            remedy="panshi vault scrub --repair",
        ) from error


def _mask(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(TAIL_BYTES)
