"""The log in one SQLite file below PANSHI_HOME.

Write-ahead log with `synchronous=FULL`: a commit has returned from fsync before it is
acknowledged. `secure_delete` overwrites erased content with zeros wherever it lay in the file.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path

from panshi.errors import StoreError
from panshi.store.evidence_log.database import (
    STEPS,
    TABLES,
    VERSION,
    Arguments,
    Connection,
    Row,
    refuse_version,
    statements,
)
from panshi.store.place import OWNER_ONLY_FILE, flush_directory, ready_directory
from panshi.store.sqlite_words import busy, told

APPLICATION_ID = 0x50534C47
"`PSLG` in the file's header."

WAIT_SECONDS = 20.0
IDLE_READERS = 4
WRITER_CACHE_KIB = 65_536
READER_CACHE_KIB = 16_384
CHECKPOINT_PAGES = 4_000
MAX_FAULTS = 20
PURGE_MILLISECONDS = 5_000
"How long erasing waits for readers of an older state."


class SqliteConnection:
    """One transaction on a connection of the pool."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    def one(self, sql: str, arguments: Arguments = ()) -> Row | None:
        """Give the first row."""
        row: Row | None = self.raw.execute(sql, arguments).fetchone()
        return row

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows, a few in memory at a time."""
        return self.raw.execute(sql, arguments)

    def run(self, sql: str, arguments: Arguments = ()) -> None:
        """Run a statement."""
        self.raw.execute(sql, arguments)

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        self.raw.executemany(sql, rows)

    def insert(self, table: str, columns: str, rows: Iterable[Arguments]) -> None:
        """Put many rows into a table."""
        names = [each.partition(":")[0] for each in columns.split()]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  (our names)
        self.raw.executemany(sql, rows)


class SqliteDatabase:
    """One file; many readers, one writer at a time, in this and other processes."""

    def __init__(self, path: Path, *, wait: float = WAIT_SECONDS) -> None:
        self.place = str(path)
        self._path = path
        self._wait = wait
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        ready_directory(path.parent)
        with self.told():
            if not path.exists():
                _make(path)
            self._writer = self._connect(WRITER_CACHE_KIB)
            try:
                self._check(self._writer)
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def reading(self) -> Iterator[SqliteConnection]:
        """One consistent state of the log."""
        with self.told():
            raw = self._borrow()
            try:
                raw.execute("BEGIN")
                yield SqliteConnection(raw)
            finally:
                self._give_back(raw)

    @contextmanager
    def writing(self) -> Iterator[SqliteConnection]:
        """All or nothing; the commit is on disk when this is left."""
        if not self._turn.acquire(timeout=self._wait):
            raise busy("the evidence log", place=self.place, wait=self._wait)
        raw = self._writer
        try:
            with self.told():
                raw.execute("BEGIN IMMEDIATE")
                try:
                    yield SqliteConnection(raw)
                    raw.execute("COMMIT")
                finally:
                    if raw.in_transaction:
                        raw.execute("ROLLBACK")
        finally:
            self._turn.release()

    def unpacked(self, columns: str) -> str:
        """Give a table expression over one JSON parameter, an array of arrays."""
        picked = ", ".join(
            f"json_extract(value, '$[{at}]') AS {column.partition(':')[0]}"
            for at, column in enumerate(columns.split())
        )
        return f"(SELECT key AS n, {picked} FROM json_each(?))"  # noqa: S608  (our names)

    def listed(self) -> str:
        """Give a subquery over one JSON parameter, an array of whole numbers."""
        return "(SELECT value FROM json_each(?))"

    def faults(self, connection: Connection) -> Iterator[str]:
        """Pages, order of keys, and that each index holds what its table holds."""
        for (finding,) in connection.rows(f"PRAGMA integrity_check({MAX_FAULTS})"):
            if finding != "ok":
                yield from str(finding).splitlines()

    def purge(self) -> None:
        """Empty the write-ahead log, which still holds pages as they were before erasing."""
        with self._turn, self.told():
            # SQLite itself tries again until then.
            self._writer.execute(f"PRAGMA busy_timeout = {PURGE_MILLISECONDS}")
            try:
                busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                self._writer.execute(f"PRAGMA busy_timeout = {int(self._wait * 1000)}")
        if busy:
            raise StoreError(
                "erased, but traces remain in the write-ahead log until the other readers close",
                place=self.place,
                remedy="close them, then repeat `panshi evidence redact` with the same ids",
            )

    def close(self) -> None:
        """Close all connections; those still read from are closed when done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for raw in [*idle, self._writer]:
            raw.close()

    def _connect(self, cache_kib: int) -> sqlite3.Connection:
        raw = sqlite3.connect(
            self._path,
            timeout=self._wait,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA secure_delete = ON")
        raw.execute(f"PRAGMA cache_size = -{cache_kib}")
        raw.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        raw.execute("PRAGMA temp_store = MEMORY")
        return raw

    def _check(self, raw: sqlite3.Connection) -> None:
        """Refuse a file that is not ours or of another version, without touching it."""
        application = raw.execute("PRAGMA application_id").fetchone()[0]
        version = raw.execute("PRAGMA user_version").fetchone()[0]
        if application != APPLICATION_ID:
            raise StoreError(
                "this SQLite file is not an evidence log of Panshi",
                place=self.place,
                remedy="move it away, or name another directory in PANSHI_HOME",
            )
        if version != VERSION:
            raise refuse_version(version, self.place)
        if raw.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise StoreError(
                "this file system does not carry a write-ahead log",
                place=self.place,
                remedy="put PANSHI_HOME on a local file system",
            )

    def _borrow(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreError("the evidence log was closed", place=self.place)
            if self._idle:
                return self._idle.pop()
        raw = self._connect(READER_CACHE_KIB)
        raw.execute("PRAGMA query_only = ON")
        return raw

    def _give_back(self, raw: sqlite3.Connection) -> None:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        with self._lock:
            if not self._closed and len(self._idle) < IDLE_READERS:
                self._idle.append(raw)
                return
        raw.close()

    def told(self) -> AbstractContextManager[None]:
        """Say in words what SQLite and the system say in codes."""
        return _told(self.place, self._wait)


def _told(place: str, wait: float) -> AbstractContextManager[None]:
    check = "run `panshi evidence verify --log`"
    return told("the evidence log", place=place, wait=wait, check=check)


def _make(path: Path) -> None:
    """Make an empty log beside, whole, and give it its name; another process may be faster."""
    with tempfile.TemporaryDirectory(prefix=".making-", dir=path.parent) as folder:
        made = Path(folder) / path.name
        os.close(os.open(made, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
        raw = sqlite3.connect(made, isolation_level=None)
        try:
            raw.execute("PRAGMA synchronous = FULL")
            raw.execute("PRAGMA page_size = 8192")
            raw.execute("PRAGMA journal_mode = WAL").fetchone()
            raw.execute("BEGIN")
            for statement in _tables():
                raw.execute(statement)
            raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            raw.execute(f"PRAGMA user_version = {VERSION}")
            raw.execute("COMMIT")
        finally:
            raw.close()
        with suppress(FileExistsError):
            os.link(made, path)
    flush_directory(path.parent)


def _tables() -> tuple[str, ...]:
    return statements(TABLES, **_DIALECT, position="", clustered=" WITHOUT ROWID")


def stored_version(path: Path) -> int | None:
    """Give the version of the log in a file, whatever it is; None where there is no log."""
    if not path.exists():
        return None
    with _told(str(path), WAIT_SECONDS), closing(sqlite3.connect(path)) as raw:
        application = raw.execute("PRAGMA application_id").fetchone()[0]
        version = raw.execute("PRAGMA user_version").fetchone()[0]
    return int(version) if application == APPLICATION_ID else 0


def upgrade(path: Path, version: int) -> None:
    """Bring a log one version further: one transaction, done whole or not at all."""
    with (
        _told(str(path), WAIT_SECONDS),
        closing(sqlite3.connect(path, isolation_level=None, timeout=WAIT_SECONDS)) as raw,
    ):
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("BEGIN EXCLUSIVE")
        for statement in statements(STEPS[version], **_DIALECT):
            raw.execute(statement)
        raw.execute(f"PRAGMA user_version = {version + 1}")
        raw.execute("COMMIT")


_DIALECT = {"integer": "INTEGER", "bytes": "BLOB"}
