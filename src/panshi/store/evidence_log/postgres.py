"""The log in a schema of a PostgreSQL database, for nodes that outgrow one file.

One advisory lock per database makes a single writer; batches go in by binary COPY. Erased bodies
leave the table at once and its pages with VACUUM, which `purge` runs; copies in the write-ahead
log and in backups live as long as the operator keeps those.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from itertools import count

import psycopg
from psycopg import errors

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
from panshi.store.postgres_words import first_line, told, without_password

SCHEMA = "panshi_evidence"
WRITER_LOCK = 0x50534C47
WAIT_SECONDS = 20.0
IDLE_CONNECTIONS = 4
FETCH_ROWS = 2_000
PURGE_SECONDS = 5.0
"How long erasing waits for readers of an older state."
INDEXES = (
    *(
        f"{table}_pkey"
        for table in (
            *("head", "kind", "collector", "series", "observation", "leaf", "latest", "tile"),
            *("checkpoint", "redaction", "erased"),
        )
    ),
    *("kind_name_key", "collector_name_key", "series_subject_kind_facet_key", "leaf_id"),
    *(f"observation_{each}" for each in ("series", "kind", "collector", "outcome")),
)
"What keeps keys unique and searches complete."

_names = count()
_TYPES = {"i": "int8", "s": "text", "b": "bytea"}


class PostgresConnection:
    """One transaction on a connection of the pool."""

    def __init__(self, raw: psycopg.Connection[Row]) -> None:
        self.raw = raw

    def one(self, sql: str, arguments: Arguments = ()) -> Row | None:
        """Give the first row."""
        return self.raw.cursor(binary=True).execute(_marked(sql), arguments).fetchone()

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows, a few in memory at a time."""
        with self.raw.cursor(f"rows_{next(_names)}") as cursor:
            cursor.itersize = FETCH_ROWS
            cursor.execute(_marked(sql), arguments, binary=True)
            yield from cursor

    def run(self, sql: str, arguments: Arguments = ()) -> None:
        """Run a statement."""
        self.raw.execute(_marked(sql), arguments)

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        self.raw.cursor().executemany(_marked(sql), rows)

    def insert(self, table: str, columns: str, rows: Iterable[Arguments]) -> None:
        """Put many rows into a table."""
        names, types = zip(*(each.split(":") for each in columns.split()), strict=True)
        sql = f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
        with self.raw.cursor() as cursor, cursor.copy(sql) as copy:
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
        self._idle: list[psycopg.Connection[Row]] = []
        self._closed = False
        with self.told():
            raw = self._connect()
            try:
                self._settle(raw)
            except BaseException:
                raw.close()
                raise
            self._give_back(raw)

    @contextmanager
    def reading(self) -> Iterator[PostgresConnection]:
        """One consistent state of the log."""
        with self.told(), self._borrowed() as raw:
            raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresConnection(raw)

    @contextmanager
    def writing(self) -> Iterator[PostgresConnection]:
        """All or nothing; the commit is in the server's log on disk when this is left."""
        with self.told(), self._borrowed() as raw:
            raw.execute("BEGIN")
            raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
            yield PostgresConnection(raw)
            raw.execute("COMMIT")

    def unpacked(self, columns: str) -> str:
        """Give a table expression over one JSON parameter, an array of arrays."""
        picked = ", ".join(
            f"(value ->> {at}){'::bigint' if kind == 'i' else ''} AS {name}"
            for at, (name, _, kind) in enumerate(each.partition(":") for each in columns.split())
        )
        return (
            f"(SELECT n - 1 AS n, {picked}"  # noqa: S608  (our names)
            " FROM json_array_elements(?::text::json) WITH ORDINALITY AS given (value, n))"
        )

    def listed(self) -> str:
        """Give a subquery over one JSON parameter, an array of whole numbers."""
        return "(SELECT value::bigint FROM json_array_elements_text(?::text::json))"

    def faults(self, connection: Connection) -> Iterator[str]:
        """Each index is there and valid; where the extension amcheck is, also as it should be."""
        found = {
            name: (valid, key)
            for name, valid, key in connection.rows(
                "SELECT c.relname, i.indisvalid AND i.indisready, i.indexrelid::bigint"
                " FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
                " JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = ?",
                (SCHEMA,),
            )
        }
        for name in INDEXES:
            if name not in found:
                yield f"the index {name} is missing"
            elif not found[name][0]:
                yield f"the index {name} is not valid"
        row = connection.one(
            "SELECT quote_ident(n.nspname) FROM pg_extension AS e JOIN pg_namespace AS n"
            " ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'"
        )
        if row is not None and isinstance(connection, PostgresConnection):
            yield from _amcheck(connection.raw, row[0], found)

    def purge(self) -> None:
        """Let the server reuse, and thereby overwrite, what was erased."""
        with self.told(), self._borrowed() as raw:
            free = _unread(raw)
            for table in ("leaf", "observation"):
                raw.execute(f"VACUUM {table}")
        if not free:
            raise StoreError(
                "erased, but traces remain in the tables until the other readers close",
                place=self.place,
                remedy="close them, then repeat `panshi evidence redact` with the same ids",
            )

    def close(self) -> None:
        """Close idle connections; those still used are closed when done."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for raw in idle:
            raw.close()

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
        if not self._identified(raw):
            with raw.transaction():
                raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
                if not self._identified(raw):  # another process may have been faster
                    raw.execute(f"CREATE SCHEMA {SCHEMA}")
                    for statement in _tables():
                        raw.execute(statement)
                    raw.execute("CREATE TABLE version (version BIGINT NOT NULL)")
                    raw.execute("INSERT INTO version VALUES (%s)", (VERSION,))

    def _identified(self, raw: psycopg.Connection[Row]) -> bool:
        """Whether the schema holds a log of this version; False where there is no schema."""
        if not raw.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (SCHEMA,)).fetchone():
            return False
        try:
            row = raw.execute("SELECT version FROM version").fetchone()
        except errors.UndefinedTable:
            row = None
        if row is None:
            raise StoreError(
                f"the schema {SCHEMA} is not an evidence log of Panshi",
                place=self.place,
                remedy="name another database",
            )
        if row[0] != VERSION:
            raise refuse_version(row[0], self.place)
        return True

    @contextmanager
    def _borrowed(self) -> Iterator[psycopg.Connection[Row]]:
        raw = self._idle_one() or self._connect()
        try:
            yield raw
        finally:
            self._give_back(raw)

    def _idle_one(self) -> psycopg.Connection[Row] | None:
        with self._lock:
            if self._closed:
                raise StoreError("the evidence log was closed", place=self.place)
            while self._idle:
                raw = self._idle.pop()
                if not raw.closed:
                    return raw
        return None

    def _give_back(self, raw: psycopg.Connection[Row]) -> None:
        if raw.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE:
            try:
                raw.execute("ROLLBACK")
            except psycopg.Error:
                raw.close()
        with self._lock:
            if not raw.closed and not self._closed and len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(raw)
                return
        raw.close()

    def told(self) -> AbstractContextManager[None]:
        """Say in words what PostgreSQL says in codes."""
        return told("the evidence log", place=self.place, schema=SCHEMA, wait=self._wait)


def _unread(raw: psycopg.Connection[Row]) -> bool:
    """Wait until nobody reads a state from before now; False where somebody goes on to."""
    row = raw.execute("SELECT pg_current_xact_id()::text").fetchone()
    now = row[0] if row else "0"
    until = time.monotonic() + PURGE_SECONDS
    while raw.execute(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND age(backend_xmin) > age(%s::xid8::xid)",
        (now,),
    ).fetchone():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _amcheck(
    raw: psycopg.Connection[Row], schema: str, found: dict[str, tuple[bool, int]]
) -> Iterator[str]:
    """Have the server compare each index with its table."""
    for name, (valid, key) in found.items():
        if not valid:
            continue
        try:
            with raw.transaction():
                raw.execute(
                    f"SELECT {schema}.bt_index_check(%s::bigint::oid::regclass, true)", (key,)
                )
        except errors.InsufficientPrivilege:
            return
        except (errors.IndexCorrupted, errors.DataCorrupted) as error:
            yield f"the index {name} is damaged: {first_line(error)}"


@lru_cache(maxsize=256)
def _marked(sql: str) -> str:
    """Turn `?` into the placeholder of psycopg; our SQL has neither in any other sense."""
    return sql.replace("?", "%s")


def _tables() -> tuple[str, ...]:
    return statements(TABLES, **_DIALECT, position=", position", clustered="")


def stored_version(url: str) -> int | None:
    """Give the version of the log in a database; None where there is no log."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as raw:
        told = raw.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.version",)).fetchone()
        if told == (None,):
            return None
        row = raw.execute(f"SELECT version FROM {SCHEMA}.version").fetchone()  # noqa: S608  (our name)
        return int(row[0]) if row else 0


def upgrade(url: str, version: int) -> None:
    """Bring a log one version further: one transaction, done whole or not at all."""
    with psycopg.connect(url, connect_timeout=10) as raw:
        raw.execute("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
        raw.execute(f"SET LOCAL search_path = {SCHEMA}")
        for statement in statements(STEPS[version], **_DIALECT):
            raw.execute(statement)
        raw.execute("UPDATE version SET version = %s", (version + 1,))


_DIALECT = {"integer": "BIGINT", "bytes": "BYTEA"}
