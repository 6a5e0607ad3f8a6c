"""Bills of materials as they came, kept by content: the name of a file is the SHA-256 of its bytes.

Compressed (zstd, a tenth of the size). What is read is hashed anew, so that a file that was changed
on disk is found out instead of believed.
"""

from __future__ import annotations

import threading
from hashlib import sha256
from typing import TYPE_CHECKING

import zstandard

from panshi.errors import IntegrityError, MissingError, StoreError
from panshi.store.place import flush_directory, ready_directory, write_new_file

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1 << 30
"Largest document kept."
LEVEL = 3
_DIGITS = 64
_local = threading.local()


class Documents:
    """The documents below one PANSHI_HOME."""

    def __init__(self, home: Path) -> None:
        """Remember the place; the folder may not exist yet."""
        self._home = home
        self._folder = home / "supply_chain" / "documents"

    def keep(self, content: bytes) -> str:
        """Keep some bytes durably and give their digest; the same bytes are kept once."""
        digest = sha256(content).hexdigest()
        place = self.place(digest)
        if place.exists() and self._whole(digest):
            return digest
        ready_directory(self._home)
        try:
            made = not place.parent.is_dir()
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if made:
                flush_directory(place.parent.parent)
            place.unlink(missing_ok=True)
            write_new_file(place, _compressor().compress(content))
        except FileExistsError:
            return digest
        except OSError as error:
            raise StoreError(
                f"the document cannot be kept: {error.strerror}",
                place=str(self._folder),
                remedy="make space, or make the place writable",
            ) from error
        return digest

    def read(self, digest: str) -> bytes:
        """Give the bytes of a digest, hashed anew."""
        place = self.place(digest)
        try:
            packed = place.read_bytes()
        except OSError as error:
            raise MissingError(
                f"no document {digest[:16]} is kept here",
                place=str(place),
                remedy="restore it from a backup, or deliver it again",
            ) from error
        try:
            content = _expander().decompress(packed, max_output_size=MOST_BYTES)
        except zstandard.ZstdError as error:
            raise _changed(digest, place) from error
        if sha256(content).hexdigest() != digest:
            raise _changed(digest, place)
        return content

    def place(self, digest: str) -> Path:
        """Give where the bytes of a digest rest."""
        if len(digest) != _DIGITS or not set(digest) <= set("0123456789abcdef"):
            raise MissingError(f"{digest[:20]!r} is no digest")
        return self._folder / digest[:2] / f"{digest}.zst"

    def _whole(self, digest: str) -> bool:
        try:
            self.read(digest)
        except (IntegrityError, MissingError):
            return False
        return True


def _changed(digest: str, place: Path) -> IntegrityError:
    return IntegrityError(
        f"the document {digest[:16]} was changed on disk",
        place=str(place),
        remedy="restore a backup, or deliver it again",
    )


def _compressor() -> zstandard.ZstdCompressor:
    found: zstandard.ZstdCompressor | None = getattr(_local, "compressor", None)
    if found is None:
        found = _local.compressor = zstandard.ZstdCompressor(level=LEVEL)
    return found


def _expander() -> zstandard.ZstdDecompressor:
    found: zstandard.ZstdDecompressor | None = getattr(_local, "expander", None)
    if found is None:
        found = _local.expander = zstandard.ZstdDecompressor()
    return found
