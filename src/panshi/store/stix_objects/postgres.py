"""STIX objects in a schema of a PostgreSQL database; one advisory lock makes a single writer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg

from panshi.errors import StoreError
from panshi.store.postgres_words import told, without_password
from panshi.store.stix_objects.database import TABLES, VERSION, Arguments, Row

SCHEMA = "panshi_stix"
WRITER_LOCK = 0x50535458
WAIT_SECONDS = 20.0
IDLE_CONNECTIONS = 4
WHAT = "the STIX objects"


class PostgresConnection:
    """One transaction on a connection of the pool."""

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self._raw = raw

    def rows(self, sql: str, arguments: Arguments = ()) -> list[Row]:
        """Give all rows."""
        return self._raw.cursor(binary=True).execute(_marked(sql), arguments).fetchall()

    def run(self, sql: str, arguments: Arguments = ()) -> None:
        """Run a statement."""
        self._raw.execute(_marked(sql), arguments)

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        self._raw.cursor().executemany(_marked(sql), rows)


class PostgresDatabase:
    """One schema; many readers, one writer at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._place = without_password(url)
        self._lock = threading.Lock()
        self._idle: deque[psycopg.Connection[Row]] = deque()
        with self._told(), self._borrowed() as raw, raw.transaction():
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
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
            raw.execute(f"SET LOCAL lock_timeout = '{int(WAIT_SECONDS)}s'")
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
            yield PostgresConnection(raw)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _borrowed(self) -> Iterator[psycopg.Connection[Row]]:
        try:
            raw = self._idle.pop()
        except IndexError:
            raw = psycopg.connect(
                self._url, autocommit=True, options=f"-c search_path={SCHEMA}", connect_timeout=10
            )
        try:
            yield raw
        except BaseException:
            raw.close()
            raise
        if len(self._idle) < IDLE_CONNECTIONS:
            self._idle.append(raw)
        else:
            raw.close()

    def _settle(self, raw: psycopg.Connection[Row]) -> None:
        raw.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        raw.execute("CREATE TABLE IF NOT EXISTS version (number int8 NOT NULL)")
        row = raw.execute("SELECT number FROM version").fetchone()
        if row is None:
            for statement in TABLES:
                raw.execute(statement.format(integer="int8", bytes="bytea", clustered=""))
            raw.execute("INSERT INTO version VALUES (%s)", (VERSION,))
        elif row[0] > VERSION:
            raise StoreError(
                f"{WHAT} are of a later release", place=self._place, remedy="upgrade Panshi"
            )

    def _told(self) -> AbstractContextManager[None]:
        return told(WHAT, place=self._place, schema=SCHEMA, wait=WAIT_SECONDS)


def _marked(sql: str) -> str:
    return sql.replace("?", "%s")
