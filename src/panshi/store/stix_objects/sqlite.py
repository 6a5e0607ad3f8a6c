"""STIX objects in one SQLite file below PANSHI_HOME: write-ahead log, synced at every commit."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import busy, settle, told
from panshi.store.stix_objects.database import TABLES, VERSION, Arguments, Row

APPLICATION_ID = 0x50535458
"`PSTX` in the file's header."
WAIT_SECONDS = 20.0
IDLE_READERS = 4
WRITER_CACHE_KIB = 262_144
READER_CACHE_KIB = 16_384
MAPPED_BYTES = 2**40
WHAT = "the STIX objects"


class SqliteConnection:
    """One transaction on one connection."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def rows(self, sql: str, arguments: Arguments = ()) -> list[Row]:
        """Give all rows."""
        return self._raw.execute(sql, arguments).fetchall()

    def run(self, sql: str, arguments: Arguments = ()) -> None:
        """Run a statement."""
        self._raw.execute(sql, arguments)

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        self._raw.executemany(sql, rows)


class SqliteDatabase:
    """One file; many readers, one writer at a time, in this and other processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._idle: deque[sqlite3.Connection] = deque()
        ready_directory(path.parent)
        with self._told():
            self._writer = self._connect(WRITER_CACHE_KIB)
            try:
                self._settle()
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
        if not self._turn.acquire(timeout=WAIT_SECONDS):
            raise busy(WHAT, place=str(self._path), wait=WAIT_SECONDS)
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
            return self._connect(READER_CACHE_KIB)

    def _connect(self, cache: int) -> sqlite3.Connection:
        if not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
        raw = sqlite3.connect(
            self._path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute(f"PRAGMA cache_size = -{cache}")
        raw.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        return raw

    def _settle(self) -> None:
        kinds = {"integer": "INTEGER", "bytes": "BLOB", "clustered": " WITHOUT ROWID"}
        settle(
            self._writer,
            what=WHAT.removeprefix("the "),
            place=str(self._path),
            application=APPLICATION_ID,
            version=VERSION,
            tables=(each.format(**kinds) for each in TABLES),
        )

    def _told(self) -> AbstractContextManager[None]:
        return told(WHAT, place=str(self._path), wait=WAIT_SECONDS)
