"""SQLite: a copy of a live database by SQLite's own backup, then everything is read from the copy.

The copy is one committed state, whatever others write meanwhile and whether or not the database
keeps a write-ahead log. Its position is the file's change counter (file format, section 1.3.7).
Values are written as text that tells types apart, since SQLite's columns hold any type.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Context, Decimal
from pathlib import Path

from panshi.errors import BadInputError, StoreError
from panshi.model.resilience.mark import (
    CheckValue,
    ColumnSum,
    Mark,
    Seen,
    SourceKind,
    TableMark,
)
from panshi.observe.vault_sources.postgres import ROWS_FOLDER
from panshi.observe.vault_sources.rows import Row, write_rows
from panshi.observe.vault_sources.source import Canary, Check, Clock, Source

DATABASE = "database.sqlite"
PAGES = 4_096
"Pages copied before others get their turn."
BUSY_SECONDS = 60.0
_COUNTER = slice(24, 28)
EXACT = Context(prec=100)


def capture_sqlite(source: Source, folder: Path, clock: Clock) -> Mark:
    """Copy the database and digest the copy."""
    shutil.rmtree(folder / ROWS_FOLDER, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / DATABASE
    copy.unlink(missing_ok=True)
    live = Path(source.path)
    at = clock()
    try:
        with (
            closing(sqlite3.connect(f"{live.as_uri()}?mode=ro", uri=True)) as origin,
            closing(sqlite3.connect(copy)) as target,
        ):
            origin.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1_000)}")
            origin.backup(target, pages=PAGES)
            target.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(
            f"SQLite cannot copy it: {error}", place=source.path, remedy="check path and rights"
        ) from error
    with copy.open("rb") as file:
        counter = int.from_bytes(file.read(100)[_COUNTER])
    with opened(copy) as connection:
        tables = _tables(connection, source)
        marks = tuple(
            _marked(connection, name, folder, number) for number, name in enumerate(tables)
        )
        checks = sqlite_checks(connection, source.check)
        canaries = sqlite_canaries(connection, source.canary)
    return Mark(
        source=source.name,
        method=SourceKind.SQLITE,
        marked_at=at,
        position=f"change counter {counter}",
        tables=marks,
        checks=checks,
        seen=Seen(canaries_wrong=canaries),
        program=f"SQLite {sqlite3.sqlite_version}",
    )


def opened(path: Path) -> closing[sqlite3.Connection]:
    """Open a copy to read it."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return closing(connection)


def _tables(connection: sqlite3.Connection, source: Source) -> tuple[str, ...]:
    found = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    )
    names = tuple(name for (name,) in found)
    if missing := sorted(set(source.tables) - set(names)):
        raise BadInputError(f"there is no table {missing[0]}", place=f"source {source.name!r}")
    return source.tables or names


def columns_of(
    connection: sqlite3.Connection, table: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give a table's columns, those of its key first, and its key."""
    rows = connection.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,))
    told = rows.fetchall()
    key = tuple(name for name, place in sorted(told, key=lambda each: each[1]) if place)
    return (*key, *(name for name, place in told if not place)), key


def _marked(connection: sqlite3.Connection, table: str, folder: Path, number: int) -> TableMark:
    columns, key = columns_of(connection, table)
    name = f"{ROWS_FOLDER}/{number:04d}.rows"
    written = write_rows(folder / name, sqlite_rows(connection, table, columns, len(key)))
    return TableMark(
        table=table,
        key=key,
        columns=columns,
        rows=written.rows,
        sums=sqlite_sums(connection, table, columns[len(key) :]),
        digests=name,
        digests_sha256=written.sha256,
    )


def sqlite_rows(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], keys: int
) -> Iterator[Row]:
    """Give key and row of every row in the order of the key."""
    chosen = ", ".join(map(quoted, columns))
    order = f" ORDER BY {', '.join(map(quoted, columns[:keys]))}" if keys else ""
    statement = f"SELECT {chosen} FROM {quoted(table)}{order}"  # noqa: S608 -- names are quoted
    for row in connection.execute(statement):
        fields = [_told(value) for value in row]
        whole = b"\t".join(fields)
        yield (b"\t".join(fields[:keys]) if keys else whole), whole


def _told(value: object) -> bytes:
    """Write a value so that no two different ones look alike."""
    match value:
        case None:
            return b"\\N"
        case int():
            return b"%d" % value
        case float():
            return value.hex().encode()
        case bytes():
            return b"x" + value.hex().encode()
        case _:
            text = str(value).encode("utf-8", "surrogateescape")
            return b"'" + text.replace(b"\\", b"\\\\").replace(b"\t", b"\\t")


def sqlite_sums(
    connection: sqlite3.Connection, table: str, columns: Sequence[str]
) -> tuple[ColumnSum, ...]:
    """Sum exactly the columns that hold numbers and nothing else."""
    sums = []
    for column in columns:
        named = f"{quoted(column)} FROM {quoted(table)}"
        kinds = connection.execute(f"SELECT DISTINCT typeof({quoted(column)}) FROM {quoted(table)}")  # noqa: S608
        found = {kind for (kind,) in kinds} - {"null"}
        if not found or not found <= {"integer", "real"}:
            continue
        total = Decimal(0)
        for (value,) in connection.execute(f"SELECT {named}"):
            if value is not None:
                total = EXACT.add(total, Decimal(repr(value)))
        sums.append(ColumnSum(column=column, total=f"{total:f}"))
    return tuple(sums)


def quoted(name: str) -> str:
    """Quote a name for a statement."""
    return '"' + name.replace('"', '""') + '"'


def _value(connection: sqlite3.Connection, statement: str, name: str) -> str:
    """Give one value: a SELECT within another, so that no ATTACH or VACUUM INTO can stand there."""
    asked = f"SELECT * FROM ({statement.strip().rstrip(';')}\n)"  # noqa: S608 -- and it only reads
    try:
        row = connection.execute(asked).fetchone()
    except sqlite3.Error as error:
        raise BadInputError(
            f"the check cannot be asked: {error}", place=f"check {name!r}"
        ) from error
    if row is None or row[0] is None:
        return ""
    return str(row[0]).encode("utf-8", "backslashreplace").decode()


def sqlite_checks(
    connection: sqlite3.Connection, checks: Sequence[Check]
) -> tuple[CheckValue, ...]:
    """Ask every business check; the connection is read-only."""
    values = ((each, _value(connection, each.sql, each.name)) for each in checks)
    return tuple(
        CheckValue(name=each.name, value=value, holds=each.expect in {"", value})
        for each, value in values
    )


def sqlite_canaries(connection: sqlite3.Connection, canaries: Sequence[Canary]) -> tuple[str, ...]:
    """Name the canaries that are not as they were left."""
    return tuple(
        each.name for each in canaries if _value(connection, each.sql, each.name) != each.expect
    )
