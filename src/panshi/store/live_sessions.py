"""Where live sessions rest: `zero_trust/live.sqlite`, one row per thing.

Sessions, open accesses, signals, feeds, pending orders, grants and habits are rows of one table, by
kind and id, each as JSON. A group is written in one transaction and is on disk when `put` returns.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import AbstractContextManager
from pathlib import Path

from panshi.errors import StoreError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

FOLDER = "zero_trust"
FILE = "live.sqlite"
WAIT_SECONDS = 2.0
"Whoever waits longer stands beside a decision point that runs; two of them would not agree."
VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS thing (
    kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
"""

type Row = tuple[str, str, bytes | None]
"""Kind, id and body; no body: the row goes."""


class LiveStore(AbstractContextManager["LiveStore"]):
    """Live state of one home; whoever writes waits for the group before."""

    def __init__(self, home: Path) -> None:
        """Open it, and make it where it is missing."""
        folder = home / FOLDER
        self._place = str(folder / FILE)
        self._turn = threading.Lock()
        ready_directory(folder)
        with self._told():
            self._raw = sqlite3.connect(
                folder / FILE, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            (folder / FILE).chmod(OWNER_ONLY_FILE)
            self._raw.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._raw.execute("PRAGMA journal_mode=WAL")
            self._raw.execute("PRAGMA synchronous=FULL")
            version = self._raw.execute("PRAGMA user_version").fetchone()[0]
            if version not in {0, VERSION}:
                self._raw.close()
                raise StoreError(
                    f"live sessions of version {version}",
                    place=self._place,
                    remedy=f"this program reads version {VERSION}; use the one that wrote them",
                )
            self._raw.executescript(_TABLES)
            self._raw.execute(f"PRAGMA user_version={VERSION}")

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file once nothing is being written; another process may open it."""
        with self._turn:
            self._raw.close()

    def put(self, rows: list[Row]) -> None:
        """Write a group of rows, all or none."""
        gone = [(kind, name) for kind, name, body in rows if body is None]
        kept = [row for row in rows if row[2] is not None]
        with self._turn, self._told():
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                self._raw.executemany("DELETE FROM thing WHERE kind = ? AND id = ?", gone)
                self._raw.executemany("REPLACE INTO thing VALUES (?, ?, ?)", kept)
                self._raw.execute("COMMIT")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise

    def every(self, kind: str) -> list[tuple[str, bytes]]:
        """Give all things of a kind, in the order of their ids."""
        with self._told():
            return self._raw.execute(
                "SELECT id, body FROM thing WHERE kind = ? ORDER BY id", (kind,)
            ).fetchall()

    def _told(self) -> AbstractContextManager[None]:
        return told("live sessions", place=self._place, wait=WAIT_SECONDS)
