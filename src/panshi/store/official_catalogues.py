"""Official texts an institution loaded (ASVS, SAMM), one file each below the home."""

from __future__ import annotations

import os
from pathlib import Path

from panshi.errors import StoreError
from panshi.store.place import flush_directory, ready_directory

FOLDER = "secure_development"


def keep(home: Path, framework: str, content: bytes) -> None:
    """Keep the texts of a framework, instead of those kept before."""
    folder = ready_directory(home / FOLDER)
    partial = folder / f".{framework}.{os.getpid()}"
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / f"{framework}.json")
        flush_directory(folder)
    except OSError as error:
        raise StoreError(
            f"the catalogue cannot be kept: {error.strerror}",
            place=str(folder),
            remedy="make space, or make the place writable",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def kept(home: Path, framework: str) -> bytes | None:
    """Give what was kept; None where nothing was."""
    try:
        return (home / FOLDER / f"{framework}.json").read_bytes()
    except FileNotFoundError:
        return None
