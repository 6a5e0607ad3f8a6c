"""What watched places remember: how each last fared, and which objects of buckets were read.

One SQLite file below PANSHI_HOME. It is a convenience, not evidence: what was observed and refused
is sealed in the log. Whoever loses this file reads buckets once more, and nothing is counted twice,
since what is known already is known.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

FILE = "watch.sqlite"
WAIT_SECONDS = 20.0
_TABLES = """
CREATE TABLE IF NOT EXISTS fare (
    place TEXT PRIMARY KEY, address TEXT NOT NULL, looked_at TEXT NOT NULL,
    observed INTEGER NOT NULL, refused INTEGER NOT NULL, waiting INTEGER NOT NULL,
    unready INTEGER NOT NULL, problem TEXT NOT NULL, since TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
    place TEXT NOT NULL, key TEXT NOT NULL, etag TEXT NOT NULL, refused INTEGER NOT NULL,
    PRIMARY KEY (place, key)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fare:
    """How a place last fared."""

    place: str
    address: str
    looked_at: str
    "ISO 8601, UTC."
    observed: int
    "Files observed so far."
    refused: int
    "Files refused so far."
    waiting: int
    "Files left for later at the last round."
    unready: int
    "Of these, those that are still being written."
    problem: str = ""
    "Why the last round did not end; empty where it did."
    since: str = ""
    "Since when it has been like that."


class WatchMemory(AbstractContextManager["WatchMemory"]):
    """The memory of all places of one home; use it within `with`, in one thread."""

    def __init__(self, home: Path) -> None:
        """Open it, and make it where it is missing."""
        self._place = str(home / FILE)
        ready_directory(home)
        with self._told():
            self._raw = sqlite3.connect(home / FILE, timeout=WAIT_SECONDS, isolation_level=None)
            self._raw.executescript(_TABLES)
            (home / FILE).chmod(OWNER_ONLY_FILE)

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._raw.close()

    def fares(self) -> dict[str, Fare]:
        """Give how every place that was ever looked at fares, by name."""
        with self._told():
            rows = self._raw.execute(
                "SELECT place, address, looked_at, observed, refused, waiting, unready, problem,"
                " since FROM fare ORDER BY place"
            ).fetchall()
        return {row[0]: Fare(**dict(zip(Fare.__slots__, row, strict=True))) for row in rows}

    def keep(self, fare: Fare) -> None:
        """Remember how a place fares."""
        with self._told():
            self._raw.execute("REPLACE INTO fare VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(fare))

    def etag(self, place: str, key: str) -> str:
        """Give the version of an object that was read last; empty where none was."""
        with self._told():
            row = self._raw.execute(
                "SELECT etag FROM object WHERE place = ? AND key = ?", (place, key)
            ).fetchone()
        return row[0] if row else ""

    def remember(self, place: str, key: str, etag: str, *, refused: bool) -> None:
        """Remember that a version of an object was read, or refused."""
        with self._told():
            self._raw.execute(
                "REPLACE INTO object VALUES (?, ?, ?, ?)", (place, key, etag, int(refused))
            )

    def last_key(self, place: str) -> str:
        """Give the last key in order that was read; empty where none was."""
        with self._told():
            row = self._raw.execute(
                "SELECT max(key) FROM object WHERE place = ?", (place,)
            ).fetchone()
        return row[0] or ""

    def forget_refused(self, place: str) -> int:
        """Forget the objects that were refused, so that they are read again; count them."""
        with self._told():
            return self._raw.execute(
                "DELETE FROM object WHERE place = ? AND refused = 1", (place,)
            ).rowcount

    def _told(self) -> AbstractContextManager[None]:
        return told("the memory of watched places", place=self._place, wait=WAIT_SECONDS)
