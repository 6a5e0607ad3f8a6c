"""Whether a home is being served: a lock held by the serving process, dropped when it dies.

What swaps or rewrites files below a home refuses while somebody serves it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.errors import StoreError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory

FILE_NAME = "serving.lock"


@contextmanager
def alone(home: Path, *, doing: str) -> Iterator[None]:
    """Hold the home; refuse where another process does."""
    path = ready_directory(home) / FILE_NAME
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"cannot {doing}: this home is in use by another process",
                place=str(home),
                remedy="stop `panshi serve` (or wait for the other verb), then try again",
            ) from error
        yield
    finally:
        os.close(descriptor)
