"""The place where state rests: PANSHI_HOME, a directory of this node's own.

Checked before anything is written below it, so that what is wrong with it (missing parent, a
file in its place, read-only, open to everybody) is told in words and not by a half-made log.
"""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

from panshi.errors import StoreError

OWNER_ONLY_DIRECTORY = 0o700
OWNER_ONLY_FILE = 0o600


def ready_directory(path: Path) -> Path:
    """Make the directory where it is missing, and see that this process may write in it."""
    try:
        path.mkdir(mode=OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)
        mode = path.stat().st_mode
    except FileExistsError as error:
        raise StoreError(
            "there is a file where a directory should be",
            place=str(path),
            remedy="name another directory in PANSHI_HOME",
        ) from error
    except OSError as error:
        raise StoreError(
            f"the state directory cannot be made: {error.strerror}",
            place=str(path),
            remedy="name a directory you may write in PANSHI_HOME",
        ) from error
    if mode & stat.S_IWOTH:
        raise StoreError(
            "everybody on this machine may write in the state directory",
            place=str(path),
            remedy=f"chmod o-w {path}",
        )
    if not os.access(path, os.W_OK | os.X_OK):
        raise StoreError(
            "the state directory is read-only",
            place=str(path),
            remedy="make it writable for this user, or name another one in PANSHI_HOME",
        )
    return path


def write_new_file(path: Path, content: bytes) -> None:
    """Write a file for its owner only, whole or not at all; it must not exist yet."""
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        # A link, unlike a rename, fails where somebody else was faster.
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise StoreError(
            f"cannot write: {error.strerror}",
            place=str(path),
            remedy="free some space or make the directory writable",
        ) from error
    finally:
        beside.unlink(missing_ok=True)
    flush_directory(path.parent)


def flush_directory(path: Path) -> None:
    """Make names just made in a directory survive a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
