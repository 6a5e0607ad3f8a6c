"""PANSHI_HOME: the one directory below which all state of a node rests.

A named tuple: a dataclass is compiled anew at every start, and every command finds its home first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from panshi.errors import StoreError

VARIABLE = "PANSHI_HOME"
DATABASE_VARIABLE = "PANSHI_DATABASE"


class Home(NamedTuple):
    """Where a node keeps its state."""

    path: Path
    database: str | None = None
    "A `postgresql://` address for log and estates; None: SQLite files below `path`."

    @classmethod
    def locate(cls, environment: Mapping[str, str]) -> Home:
        """Find the home the environment names, by default the user's data directory."""
        named = environment.get(VARIABLE, "")
        default = Path(environment.get("HOME", "~")).expanduser() / ".local" / "share" / "panshi"
        path = Path(named).expanduser().absolute() if named else default
        return cls(path=path, database=environment.get(DATABASE_VARIABLE) or None)

    def prepare(self) -> None:
        """Make the directory (readable by its owner only), or say why it cannot be used."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the state directory cannot be made: {error.strerror}",
                place=str(self.path),
                remedy=f"set {VARIABLE} to a directory you may write to",
            ) from error
        if not self.path.is_dir() or not os.access(self.path, os.W_OK | os.X_OK):
            raise StoreError(
                "the state directory is not writable",
                place=str(self.path),
                remedy=f"make it writable or set {VARIABLE} to another directory",
            )

    @property
    def exists(self) -> bool:
        """Whether a node was ever opened here."""
        return self.path.is_dir() and any(self.path.iterdir())
