"""What attestations rest on, kept by content: the name of a file is the SHA-256 of its bytes.

Keeping the same bytes twice keeps them once. What is read is hashed anew, so that a file that was
changed on disk is found out instead of shown.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from panshi.errors import BadInputError, IntegrityError, MissingError, StoreError

FOLDER = "attachments"
MOST_BYTES = 64 * 1024 * 1024
_DIGITS = 64


class Attachments:
    """The attachments below one PANSHI_HOME."""

    def __init__(self, home: Path) -> None:
        """Remember the place; the folder may not exist yet."""
        self._folder = home / FOLDER

    def keep(self, content: bytes, *, name: str = "") -> str:
        """Keep some bytes durably and give their digest."""
        if not content:
            raise BadInputError("the attachment is empty", place=name, remedy="attach a document")
        if len(content) > MOST_BYTES:
            raise BadInputError(
                f"the attachment is larger than {MOST_BYTES // 2**20} MiB",
                place=name,
                remedy="attach the part that was looked at",
            )
        digest = sha256(content).hexdigest()
        place = self._place(digest)
        try:
            if not self.holds(digest):
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _write(place, content)
        except OSError as error:
            raise StoreError(
                f"the attachment cannot be kept: {error.strerror}",
                place=str(self._folder),
                remedy="make space, or make the place writable",
            ) from error
        return digest

    def holds(self, digest: str) -> bool:
        """Whether bytes of this digest are kept and unchanged."""
        try:
            self.read(digest)
        except (MissingError, IntegrityError):
            return False
        return True

    def read(self, digest: str) -> bytes:
        """Give the bytes of a digest, hashed anew."""
        try:
            content = self._place(digest).read_bytes()
        except OSError as error:
            raise MissingError(
                f"no attachment {digest[:16]} is kept here",
                remedy="restore it from a backup; attestations of an earlier version kept none",
            ) from error
        if sha256(content).hexdigest() != digest:
            raise IntegrityError(
                f"the attachment {digest[:16]} was changed on disk", remedy="restore a backup"
            )
        return content

    def _place(self, digest: str) -> Path:
        if len(digest) != _DIGITS or not set(digest) <= set("0123456789abcdef"):
            raise MissingError(f"{digest[:20]!r} is no digest")
        return self._folder / digest[:2] / digest


def _write(place: Path, content: bytes) -> None:
    """Write beside, flush, rename: there is never half a file under a digest."""
    partial = place.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(place)
    finally:
        partial.unlink(missing_ok=True)
