"""Estates in a schema of a PostgreSQL database, beside the evidence log's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import conninfo, errors

from panshi.errors import PanshiError, StoreError
from panshi.store.estates.database import TABLES, VERSION, Arguments, Row

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
        self.place = _without_password(url)
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

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in words what PostgreSQL says in codes."""
        try:
            yield
        except PanshiError:
            raise
        except errors.LockNotAvailable as error:
            raise StoreError(
                f"another writer held the estates for more than {self._wait:g} seconds",
                place=self.place,
                remedy="wait until it is done and try again; nothing was written",
            ) from error
        except errors.DiskFull as error:
            raise StoreError(
                "the database server's disk is full; nothing of this was written",
                place=self.place,
                remedy="free some space there and try again",
            ) from error
        except (errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege) as error:
            raise StoreError(
                f"this database user may not write the estates: {_first_line(error)}",
                place=self.place,
                remedy=f"grant it CREATE on the database and all rights on schema {SCHEMA}",
            ) from error
        except psycopg.OperationalError as error:
            raise StoreError(
                f"the database cannot be reached: {_first_line(error)}",
                place=self.place,
                remedy="see that the server runs and the address is right",
            ) from error
        except psycopg.Error as error:
            raise StoreError(
                f"PostgreSQL says: {_first_line(error)}",
                place=self.place,
                remedy="see the server's log",
            ) from error


def _without_password(url: str) -> str:
    try:
        parts: dict[str, Any] = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        return "PostgreSQL"
    return f"PostgreSQL {parts.get('host', '')}/{parts.get('dbname', '')}"


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
