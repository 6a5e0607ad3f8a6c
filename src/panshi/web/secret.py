"""The secret that signs the console's sessions: made once, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from panshi.errors import StoreError

FILE = "console.key"
SHORTEST = 32


def load_or_create_secret(home: Path) -> str:
    """Give the secret below the home; the first caller makes it, even among several."""
    folder = home / "keys"
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreError(
            f"the console's key cannot be used: {error.strerror}",
            place=str(path),
            remedy="make the directory writable",
        ) from error
    if len(secret) < SHORTEST:
        raise StoreError(
            "the console's key is damaged", place=str(path), remedy="delete it; sessions end"
        )
    return secret


def _make(path: Path) -> None:
    """Write a new secret beside its place and link it there, unless somebody was faster."""
    partial = path.with_name(f"{FILE}.{os.getpid()}.part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return
    finally:
        partial.unlink()
