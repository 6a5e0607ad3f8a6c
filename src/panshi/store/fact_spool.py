"""Facts on their way into the evidence log: lines of one file until they are sealed.

    HOME/zero_trust/facts/open.jsonl        written by the decision point
    HOME/zero_trust/facts/000007.taken      being sealed; gone once that is done

What was written survives the end of the process; what was taken and not sealed is taken again,
which does no harm: a fact sealed twice is one observation.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panshi.errors import StoreError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory

OPEN = "open.jsonl"
TAKEN = ".taken"
LOCK = "lock"


class FactSpool:
    """The spool of one home."""

    def __init__(self, folder: Path) -> None:
        """Open it, and make the folder where it is missing."""
        self.folder = folder
        ready_directory(folder)

    def append(self, lines: bytes) -> None:
        """Write whole lines, each with its line feed."""
        with self._told(), self._locked():
            handle = os.open(
                self.folder / OPEN, os.O_WRONLY | os.O_APPEND | os.O_CREAT, OWNER_ONLY_FILE
            )
            with os.fdopen(handle, "ab") as file:
                file.write(lines)

    def take(self) -> tuple[Path, ...]:
        """Give the files to be sealed now, oldest first; what comes later goes to a new one."""
        with self._told(), self._locked():
            taken = sorted(self.folder.glob(f"*{TAKEN}"))
            pending = self.folder / OPEN
            if pending.exists() and pending.stat().st_size:
                last = int(taken[-1].stem) if taken else 0
                name = self.folder / f"{last + 1:06}{TAKEN}"
                pending.rename(name)
                taken.append(name)
        return tuple(taken)

    def done(self, taken: Path) -> None:
        """Forget a file whose facts are sealed."""
        with self._told():
            taken.unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / LOCK).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"facts cannot be kept: {error.strerror}",
                place=str(self.folder),
                remedy="free space; nothing written so far is lost",
            ) from error
