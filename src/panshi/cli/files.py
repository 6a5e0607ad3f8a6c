"""Files the command line writes and reads: whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

from panshi.errors import BadInputError, StoreError


def write_whole(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a full disk leaves no half file."""
    partial = path.with_name(path.name + ".part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(
            error.strerror or "cannot be written",
            place=str(path),
            remedy="choose a place with space that you may write to",
        ) from error


def read_whole(path: Path, limit: int) -> bytes:
    """Read a file of at most `limit` bytes."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BadInputError("not a regular file", place=str(path))
        with path.open("rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise BadInputError(f"larger than {limit:,} bytes", place=str(path))
    except OSError as error:
        raise BadInputError(
            error.strerror or "cannot be read",
            place=str(path),
            remedy="name a readable file",
        ) from error
    return content
