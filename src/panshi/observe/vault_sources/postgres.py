"""PostgreSQL's tables at one instant: rows, exact sums, row digests, business checks.

Everything is read within one snapshot (REPEATABLE READ), which either another session exported
(the dump sees the same one) or was taken while writers were held for the instant of the restore
point. Rows are read as COPY's text, with every setting fixed that changes how a value is written;
rows a policy would hide are an error (`row_security`), never left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from panshi.errors import BadInputError, StoreError
from panshi.model.resilience.mark import CheckValue, ColumnSum, TableMark
from panshi.observe.vault_sources.rows import Row, write_rows
from panshi.observe.vault_sources.source import Canary, Check, Source

type Connection = psycopg.Connection[Any]

SETTINGS = (
    ("datestyle", "ISO, MDY"),
    ("timezone", "UTC"),
    ("intervalstyle", "postgres"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("xmloption", "content"),
    ("row_security", "off"),
    ("lock_timeout", "10s"),
    ("client_encoding", "UTF8"),
)
EXACT = frozenset({"numeric", "int2", "int4", "int8", "money"})
"Types whose sums are exact."
ROWS_FOLDER = "panshi-rows"

_TABLES = """
SELECT n.nspname, c.relname, a.attname, t.typname,
       COALESCE(a.attnum = ANY (i.indkey), false)
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY 1, 2, a.attnum
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table as the catalogue tells it."""

    schema: str
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    exact: tuple[str, ...]
    "Columns with exact sums, key columns left out."

    @property
    def full(self) -> str:
        """Name with schema."""
        return f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> sql.Composable:
        """Name for a statement."""
        return sql.Identifier(self.schema, self.name)


def connect(address: str) -> Connection:
    """Open a session whose writing of values is fixed."""
    try:
        options = " ".join(f"-c {name}={value.replace(' ', '\\ ')}" for name, value in SETTINGS)
        return psycopg.connect(
            address, options=options, connect_timeout=10, application_name="panshi-vault"
        )
    except psycopg.Error as error:
        raise StoreError(
            f"PostgreSQL does not answer: {str(error).strip()[:300]}",
            place=shown(address),
            remedy="check address, ~/.pgpass and pg_hba.conf",
        ) from error


def shown(address: str) -> str:
    """Give an address as messages show it, without user and options."""
    return address.rpartition("@")[2].partition("?")[0] or "PostgreSQL"


def tables_of(connection: Connection, source: Source) -> tuple[Table, ...]:
    """Give the tables of a source, as the catalogue knows them."""
    found: dict[tuple[str, str], list[tuple[str, str, bool]]] = {}
    for schema, name, column, kind, in_key in connection.execute(_TABLES):
        found.setdefault((schema, name), []).append((column, kind, in_key))
    tables = tuple(
        Table(
            schema=schema,
            name=name,
            columns=(
                *(column for column, _, in_key in columns if in_key),
                *(column for column, _, in_key in columns if not in_key),
            ),
            key=tuple(column for column, _, in_key in columns if in_key),
            exact=tuple(c for c, kind, in_key in columns if kind in EXACT and not in_key),
        )
        for (schema, name), columns in found.items()
    )
    if not source.tables:
        return tables
    known = {each.full: each for each in tables}
    if missing := sorted(set(source.tables) - set(known)):
        raise BadInputError(f"there is no table {missing[0]}", place=f"source {source.name!r}")
    return tuple(known[each] for each in source.tables)


def begin_at(connection: Connection, snapshot: str = "") -> None:
    """Begin a transaction that sees one instant: that of an exported snapshot, or now."""
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    if snapshot:
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
    connection.execute("SELECT 1")  # the snapshot is taken with the first statement


def mark_tables(
    connection: Connection, tables: Sequence[Table], folder: Path
) -> tuple[TableMark, ...]:
    """Count, sum and digest every table as this transaction sees it."""
    try:
        return tuple(
            _mark_table(connection, table, folder, f"{ROWS_FOLDER}/{number:04d}.rows")
            for number, table in enumerate(tables)
        )
    except psycopg.Error as error:
        raise StoreError(
            f"the tables cannot be read whole: {str(error).strip()[:300]}",
            remedy="the account needs SELECT on every table, BYPASSRLS where rows have policies",
        ) from error


def _mark_table(connection: Connection, table: Table, folder: Path, name: str) -> TableMark:
    written = write_rows(folder / name, rows_of(connection, table))
    return TableMark(
        table=table.full,
        key=table.key,
        columns=table.columns,
        rows=written.rows,
        sums=sums_of(connection, table),
        digests=name,
        digests_sha256=written.sha256,
    )


def sums_of(connection: Connection, table: Table) -> tuple[ColumnSum, ...]:
    """Sum the exact columns, in the server."""
    if not table.exact:
        return ()
    sums = sql.SQL(", ").join(
        sql.SQL("COALESCE(sum({}), 0)::text").format(sql.Identifier(each)) for each in table.exact
    )
    row = connection.execute(sql.SQL("SELECT {} FROM {}").format(sums, table.quoted)).fetchone()
    return tuple(
        ColumnSum(column=column, total=str(total))
        for column, total in zip(table.exact, row or (), strict=True)
    )


def rows_of(connection: Connection, table: Table) -> Iterator[Row]:
    """Give key and row of every row, in the order of the key."""
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    order = (
        sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(map(sql.Identifier, table.key)))
        if table.key
        else sql.SQL("")
    )
    statement = sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT").format(columns, table.quoted, order)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        rest = b""
        for block in copy:
            *lines, rest = (rest + bytes(block)).split(b"\n")
            for line in lines:
                yield _key_of(line, len(table.key)), line


def _key_of(line: bytes, fields: int) -> bytes:
    return b"\t".join(line.split(b"\t", fields)[:fields]) if fields else line


def value_of(connection: Connection, statement: str, *, name: str) -> str:
    """Give the one value of a check: a SELECT within another, so that nothing else can stand there.

    It is prepared by itself, since the server prepares one statement and never two.
    """
    asked = statement.strip().rstrip(";").encode("utf-8", "backslashreplace")
    try:
        row = connection.execute(b"SELECT * FROM (" + asked + b"\n) told", prepare=True).fetchone()
    except psycopg.Error as error:
        raise BadInputError(
            f"the check cannot be asked: {str(error).strip()[:200]}", place=f"check {name!r}"
        ) from error
    if row is None or len(row) != 1:
        raise BadInputError("the check gives not one value", place=f"check {name!r}")
    return "" if row[0] is None else str(row[0])


def checks_of(connection: Connection, checks: Sequence[Check]) -> tuple[CheckValue, ...]:
    """Ask every business check."""
    found = []
    for each in checks:
        value = value_of(connection, each.sql, name=each.name)
        found.append(CheckValue(name=each.name, value=value, holds=each.expect in {"", value}))
    return tuple(found)


def canaries_of(connection: Connection, canaries: Sequence[Canary]) -> tuple[str, ...]:
    """Name the canaries that are not as they were left."""
    return tuple(
        each.name
        for each in canaries
        if value_of(connection, each.sql, name=each.name) != each.expect
    )
