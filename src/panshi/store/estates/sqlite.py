"""Estates in one SQLite file below PANSHI_HOME.

Versions are kept in memory by whoever reads them (they never change), so that what is read often
is only which version is the newest; they are written by hand or once a day.
"""

from __future__ import annotations

import os
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from panshi.store.estates.database import TABLES, VERSION, Arguments, Row
from panshi.store.place import OWNER_ONLY_FILE, flush_directory, ready_directory
from panshi.store.sqlite_words import settle, told

APPLICATION_ID = 0x50534553
"`PSES` in the file's header."

WAIT_SECONDS = 20.0
IDLE_READERS = 4
"Connections kept open between readings: opening one costs more than most readings."


class SqliteConnection:
    """One transaction on one connection."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows."""
        return self._raw.execute(sql, arguments)

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        self._raw.executemany(sql, rows)


class SqliteDatabase:
    """One file; many readers, one writer at a time."""

    def __init__(self, path: Path, *, wait: float = WAIT_SECONDS) -> None:
        self.place = str(path)
        self._path = path
        self._wait = wait
        self._idle: deque[sqlite3.Connection] = deque()
        ready_directory(path.parent)
        with self._told(), closing(self._connect()) as raw:
            self._settle(raw)

    @contextmanager
    def reading(self) -> Iterator[SqliteConnection]:
        """One consistent state."""
        with self._told():
            raw = self._borrow()
            try:
                raw.execute("BEGIN")
                yield SqliteConnection(raw)
                raw.execute("ROLLBACK")
            except BaseException:
                raw.close()
                raise
            if len(self._idle) < IDLE_READERS:
                self._idle.append(raw)
            else:
                raw.close()

    @contextmanager
    def writing(self) -> Iterator[SqliteConnection]:
        """All or nothing; the commit is on disk when this is left."""
        with self._told(), closing(self._connect()) as raw:
            raw.execute("BEGIN IMMEDIATE")
            # Closing rolls back what was not committed.
            yield SqliteConnection(raw)
            raw.execute("COMMIT")

    def _borrow(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def close(self) -> None:
        """Close what is idle; a connection that is read from is closed when done."""
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            # Made here so that it belongs to its owner only from its first byte.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
            flush_directory(self._path.parent)
        raw = sqlite3.connect(
            self._path, timeout=self._wait, isolation_level=None, check_same_thread=False
        )
        raw.execute("PRAGMA synchronous = FULL")
        return raw

    def _settle(self, raw: sqlite3.Connection) -> None:
        settle(
            raw,
            what="estates",
            place=self.place,
            application=APPLICATION_ID,
            version=VERSION,
            tables=TABLES.format(integer="INTEGER", bytes="BLOB").split(";"),
        )

    def _told(self) -> AbstractContextManager[None]:
        return told("the estates", place=self.place, wait=self._wait)
