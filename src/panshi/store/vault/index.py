"""Which chunks and files the vault holds already: an LMDB file on the sealing machine.

It is a memory, not a record: what it says counts only for segments that a catalogue of the vault
names, so it may be old, torn or missing; then chunks are stored anew and files read again. Each row
ends in a keyed digest of itself: one that does not hold, for a single flipped bit, is unknown.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import lmdb
from blake3 import blake3

from panshi.errors import StoreError

_PLACE = struct.Struct(">16sII")
_FILE = b"file"
"Before what names a file; chunk ids have nothing before them."
_CHECK_BYTES = 16
_CONTEXT = "panshi-vault/1 index"
_MAP_BYTES = 1 << 38
"Address space, not disk."


class Index:
    """Chunk id → (segment, offset, length)."""

    def __init__(self, path: Path, secret: bytes) -> None:
        self._key = blake3(secret, derive_key_context=_CONTEXT).digest()
        try:
            self._store = lmdb.open(
                str(path), map_size=_MAP_BYTES, subdir=False, max_dbs=0, mode=0o600
            )
        except lmdb.Error as error:
            raise StoreError(
                f"the index of the vault cannot be opened: {error}",
                place=str(path),
                remedy="remove it: it is rebuilt, and what was sealed stays",
            ) from error
        self._reading = self._store.begin(buffers=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def find(self, chunk: bytes) -> tuple[bytes, int, int] | None:
        """Where a chunk was last stored."""
        found = self._get(chunk)
        return _PLACE.unpack(found) if found is not None and len(found) == _PLACE.size else None

    def file(self, name: bytes) -> bytes | None:
        """Give what was last said of a file."""
        return self._get(_FILE + name)

    def _get(self, key: bytes) -> bytes | None:
        try:
            found = self._reading.get(key)
        except lmdb.Error:  # a damaged page: what it held is unknown
            return None
        if found is None:
            return None
        value, check = bytes(found[:-_CHECK_BYTES]), bytes(found[-_CHECK_BYTES:])
        return value if check == self._check(key, value) else None

    def _check(self, key: bytes, value: bytes) -> bytes:
        return blake3(len(key).to_bytes(4) + key + value, key=self._key).digest(_CHECK_BYTES)

    def learn(
        self,
        rows: Iterable[tuple[bytes, bytes, int, int]],
        files: Iterable[tuple[bytes, bytes]] = (),
    ) -> None:
        """Remember chunks (id, segment, offset, length) and files (name, what is said of it)."""
        try:
            with self._store.begin(write=True) as writing:
                for chunk, segment, offset, length in rows:
                    value = _PLACE.pack(segment, offset, length)
                    writing.put(chunk, value + self._check(chunk, value))
                for name, told in files:
                    key = _FILE + name
                    writing.put(key, told + self._check(key, told))
        except lmdb.Error as error:
            raise StoreError(
                f"the index of the vault cannot be written: {error}",
                place=self._store.path(),
                remedy="free some space; what was sealed before stands",
            ) from error
        self._reading.abort()
        self._reading = self._store.begin(buffers=True)

    def close(self) -> None:
        """Let go of the file."""
        self._reading.abort()
        self._store.close()
