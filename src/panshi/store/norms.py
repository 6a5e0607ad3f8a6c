"""The institution's own library: files of norms, kept under the SHA-256 of their bytes.

The log says which norm a digest is; a file that no longer has its digest is refused when read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from panshi.errors import IntegrityError, StoreError
from panshi.store.place import ready_directory, write_new_file

FOLDER = "library"


def keep(home: Path, raw: bytes) -> str:
    """Keep a file and give its digest; the same bytes are kept once."""
    digest = hashlib.sha256(raw).hexdigest()
    folder = ready_directory(home / FOLDER)
    try:
        write_new_file(folder / digest, raw)
    except FileExistsError:
        kept(home, digest)
    return digest


def kept(home: Path, digest: str) -> bytes:
    """Give the bytes of a file, as they were when it was taken in."""
    path = home / FOLDER / digest
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"a norm of the library cannot be read: {error.strerror}",
            place=str(path),
            remedy="restore the folder from a backup, or import the file again",
        ) from error
    if hashlib.sha256(raw).hexdigest() != digest:
        raise IntegrityError(
            "a norm of the library was altered", place=str(path), remedy="import the file again"
        )
    return raw
