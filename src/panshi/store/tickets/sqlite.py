"""Tickets in one SQLite file below PANSHI_HOME.

Write-ahead log with `synchronous=FULL`: a commit has returned from fsync before anything is
acknowledged. One connection writes and stays open; readers borrow from a few idle ones.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, flush_directory, ready_directory
from panshi.store.sqlite_words import busy, settle, told
from panshi.store.tickets.database import TABLES, VERSION, Arguments, Row

APPLICATION_ID = 0x5053544B
"`PSTK` in the file's header."

WAIT_SECONDS = 20.0
IDLE_READERS = 4
CACHE_KIB = 65_536
CHECKPOINT_PAGES = 4_000


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

    def insert(self, table: str, columns: str, rows: Iterable[Arguments]) -> None:
        """Put many rows into a table."""
        names = [each.partition(":")[0] for each in columns.split()]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 -- our names
        self._raw.executemany(sql, rows)


class SqliteDatabase:
    """One file; many readers, one writer at a time, in this and other processes."""

    def __init__(self, path: Path, *, wait: float = WAIT_SECONDS) -> None:
        self.place = str(path)
        self._path = path
        self._wait = wait
        self._turn = threading.Lock()
        self._idle: deque[sqlite3.Connection] = deque()
        ready_directory(path.parent)
        with self._told():
            self._writer = self._connect()
            try:
                self._settle(self._writer)
            except BaseException:
                self._writer.close()
                raise

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
        if not self._turn.acquire(timeout=self._wait):
            raise busy("the tickets", place=self.place, wait=self._wait)
        try:
            with self._told():
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield SqliteConnection(self._writer)
                    self._writer.execute("COMMIT")
                finally:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
        finally:
            self._turn.release()

    def unpacked(self, columns: str) -> str:
        """Give a table expression over one JSON parameter, an array of arrays."""
        picked = ", ".join(
            f"json_extract(value, '$[{at}]') AS {column.partition(':')[0]}"
            for at, column in enumerate(columns.split())
        )
        return f"(SELECT key AS n, {picked} FROM json_each(?))"  # noqa: S608 -- our names

    def close(self) -> None:
        """Close what is idle; a connection that is read from is closed when done."""
        with self._turn:
            self._writer.close()
        while self._idle:
            self._idle.pop().close()

    def _borrow(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            # Made here so that it belongs to its owner only from its first byte.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
            flush_directory(self._path.parent)
        raw = sqlite3.connect(
            self._path, timeout=self._wait, isolation_level=None, check_same_thread=False
        )
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return raw

    def _settle(self, raw: sqlite3.Connection) -> None:
        settle(
            raw,
            what="tickets",
            place=self.place,
            application=APPLICATION_ID,
            version=VERSION,
            tables=TABLES.format(integer="INTEGER", bytes="BLOB").split(";"),
        )

    def _told(self) -> AbstractContextManager[None]:
        return told("the tickets", place=self.place, wait=self._wait)
