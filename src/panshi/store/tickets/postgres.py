"""Tickets in a schema of a PostgreSQL database, for hubs that outgrow one file.

One advisory lock makes a single writer, so that positions become visible in their order; batches
go in by binary COPY, and `synchronous_commit` is on.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache

import psycopg

from panshi.errors import StoreError
from panshi.store.postgres_words import told, without_password
from panshi.store.tickets.database import TABLES, VERSION, Arguments, Row

SCHEMA = "panshi_tickets"
WRITER_LOCK = 0x5053544B
WAIT_SECONDS = 20.0
IDLE_CONNECTIONS = 4
_TYPES = {"i": "int8", "s": "text", "b": "bytea"}


class PostgresConnection:
    """One transaction on one connection."""

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self._raw = raw

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows; callers bound how many."""
        return iter(self._raw.cursor(binary=True).execute(_marked(sql), arguments).fetchall())

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        self._raw.cursor().executemany(_marked(sql), rows)

    def insert(self, table: str, columns: str, rows: Iterable[Arguments]) -> None:
        """Put many rows into a table."""
        names, types = zip(*(each.split(":") for each in columns.split()), strict=True)
        sql = f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
        with self._raw.cursor() as cursor, cursor.copy(sql) as copy:
            copy.set_types([_TYPES[each] for each in types])
            for row in rows:
                copy.write_row(row)


class PostgresDatabase:
    """One schema; many readers, one writer at a time."""

    def __init__(self, url: str, *, wait: float = WAIT_SECONDS) -> None:
        self.place = without_password(url)
        self._url = url
        self._wait = wait
        self._lock = threading.Lock()
        self._idle: deque[psycopg.Connection[Row]] = deque()
        with self._told(), self._borrowed() as raw:
            self._settle(raw)

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """One consistent state."""
        with self._told(), self._borrowed() as raw, raw.transaction():
            raw.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresConnection(raw)

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """All or nothing; the commit is in the server's log on disk when this is left."""
        with self._told(), self._borrowed() as raw, raw.transaction():
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
            yield PostgresConnection(raw)

    def unpacked(self, columns: str) -> str:
        """Give a table expression over one JSON parameter, an array of arrays."""
        picked = ", ".join(
            f"(value->>{at})::{_TYPES[kind]} AS {name}"
            for at, (name, kind) in enumerate(each.split(":") for each in columns.split())
        )
        rows = "jsonb_array_elements(?::jsonb) WITH ORDINALITY AS g (value, at)"
        return f"(SELECT at - 1 AS n, {picked} FROM {rows})"  # noqa: S608 -- our names

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def _borrowed(self) -> Iterator[psycopg.Connection[Row]]:
        raw = self._idle_one() or self._connect()
        try:
            yield raw
        except BaseException:
            raw.close()
            raise
        with self._lock:
            if len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(raw)
                return
        raw.close()

    def _idle_one(self) -> psycopg.Connection[Row] | None:
        with self._lock:
            while self._idle:
                raw = self._idle.pop()
                if not raw.closed:
                    return raw
        return None

    def _connect(self) -> psycopg.Connection[Row]:
        raw: psycopg.Connection[Row] = psycopg.connect(
            self._url, autocommit=True, connect_timeout=10
        )
        raw.execute("SET synchronous_commit = on")
        raw.execute(f"SET lock_timeout = {int(self._wait * 1000)}")
        raw.execute(f"SET search_path = {SCHEMA}")
        return raw

    def _settle(self, raw: psycopg.Connection[Row]) -> None:
        """Make the schema where there is none; refuse one of another version."""
        if self._identified(raw):
            return
        with raw.transaction():
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
            if self._identified(raw):  # another process may have been faster
                return
            raw.execute(f"CREATE SCHEMA {SCHEMA}")
            for statement in TABLES.format(integer="BIGINT", bytes="BYTEA").split(";"):
                raw.execute(statement)
            raw.execute("CREATE TABLE version (version BIGINT NOT NULL)")
            raw.execute("INSERT INTO version VALUES (%s)", (VERSION,))

    def _identified(self, raw: psycopg.Connection[Row]) -> bool:
        """Whether the schema holds tickets of this version; False where there is no schema."""
        if not raw.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone():
            return False
        named = raw.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.version",)).fetchone()
        row = raw.execute("SELECT version FROM version").fetchone() if named and named[0] else None
        if row is None:
            raise StoreError(
                f"the schema {SCHEMA} holds no tickets of Panshi",
                place=self.place,
                remedy="name another database",
            )
        if row[0] != VERSION:
            raise StoreError(
                f"the tickets are of version {row[0]}, this Panshi reads version {VERSION}",
                place=self.place,
                remedy="use the Panshi that wrote them; nothing was changed",
            )
        return True

    def _told(self) -> AbstractContextManager[None]:
        return told("the tickets", place=self.place, schema=SCHEMA, wait=self._wait)


@lru_cache(maxsize=256)
def _marked(sql: str) -> str:
    """Turn `?` into the placeholder of psycopg; our SQL has neither in any other sense."""
    return sql.replace("?", "%s")
