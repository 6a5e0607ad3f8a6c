"""What stood where stand-ins stand now, in the originator's home alone: never copied, never sent.

extraction/stand-ins.sqlite     stand-in, kind, original; for the owner of the home only
keys/pseudonyms.secret          key of the stand-ins, so that a value always gets the same one
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from panshi.errors import StoreError
from panshi.store.keys import load_or_create_secret
from panshi.store.place import OWNER_ONLY_FILE, ready_directory

PLACE = Path("extraction") / "stand-ins.sqlite"
_MADE = "CREATE TABLE IF NOT EXISTS stand_in (name TEXT PRIMARY KEY, kind TEXT, original TEXT)"


class StandIns:
    """The stand-ins of one home."""

    def __init__(self, home: Path) -> None:
        """Keep the home; nothing is opened yet."""
        self.home = home

    @property
    def key(self) -> bytes:
        """Give the key of the stand-ins; made once."""
        return load_or_create_secret(self.home, "pseudonyms.secret")

    def keep(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Keep stand-in, kind and original of what was replaced."""
        path = self.home / PLACE
        ready_directory(path.parent)
        try:
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, OWNER_ONLY_FILE))
            with closing(sqlite3.connect(path, timeout=30)) as database, database:
                database.execute(_MADE)
                database.executemany("INSERT OR IGNORE INTO stand_in VALUES (?, ?, ?)", rows)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"stand-ins cannot be kept: {error}", place=str(path)) from error

    def originals(self, names: Iterable[str]) -> dict[str, str]:
        """Give what stood there, of the stand-ins known here."""
        path = self.home / PLACE
        if not path.exists():
            return {}
        found: dict[str, str] = {}
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                for name in names:
                    row = database.execute(
                        "SELECT original FROM stand_in WHERE name = ?", (name,)
                    ).fetchone()
                    if row is not None:
                        found[name] = row[0]
        except sqlite3.Error as error:
            raise StoreError(f"stand-ins cannot be read: {error}", place=str(path)) from error
        return found
