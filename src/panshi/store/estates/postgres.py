"""Estates in a schema of a PostgreSQL database, beside the evidence log's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg

from panshi.errors import StoreError
from panshi.store.estates.database import TABLES, VERSION, Arguments, Row
from panshi.store.postgres_words import told, without_password

SCHEMA = "panshi_estates"
WRITER_LOCK = 0x50534553
WAIT_SECONDS = 20.0


class PostgresConnection:
    """One transaction on one connection."""

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self._raw = raw

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows."""
        return iter(
            self._raw.cursor(binary=True).execute(sql.replace("?", "%s"), arguments).fetchall()
        )

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        self._raw.cursor().executemany(sql.replace("?", "%s"), rows)


class PostgresDatabase:
    """One schema; many readers, one writer at a time."""

    def __init__(self, url: str, *, wait: float = WAIT_SECONDS) -> None:
        self.place = without_password(url)
        self._url = url
        self._wait = wait
        with self._told(), self._connect() as raw:
            self._settle(raw)

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """One consistent state."""
        with self._told(), self._connect() as raw, raw.transaction():
            raw.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresConnection(raw)

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """All or nothing; the commit is in the server's log on disk when this is left."""
        with self._told(), self._connect() as raw, raw.transaction():
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
            yield PostgresConnection(raw)

    def close(self) -> None:
        """Close nothing: each use has a connection of its own."""

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
        """Whether the schema holds estates of this version; False where there is no schema."""
        if not raw.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone():
            return False
        told = raw.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.version",)).fetchone()
        row = raw.execute("SELECT version FROM version").fetchone() if told and told[0] else None
        if row is None:
            raise StoreError(
                f"the schema {SCHEMA} holds no estates of Panshi",
                place=self.place,
                remedy="name another database",
            )
        if row[0] != VERSION:
            raise StoreError(
                f"the estates are of version {row[0]}, this Panshi reads version {VERSION}",
                place=self.place,
                remedy="use the Panshi that wrote them; nothing was changed",
            )
        return True

    def _told(self) -> AbstractContextManager[None]:
        return told("the estates", place=self.place, schema=SCHEMA, wait=self._wait)
