"""Files the command line writes and reads: whole or not at all."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from panshi.errors import BadInputError, StoreError


def write_whole(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a full disk leaves no half file."""
    with written_whole(path) as file:
        file.write(content)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Write a file piece by piece beside its place; it takes the place when all went well."""
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    except OSError as error:
        raise StoreError(
            error.strerror or "cannot be written",
            place=str(path),
            remedy="choose a place with space that you may write to",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


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


def sha256_of(path: Path) -> str:
    """Give the digest of a file just written."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
