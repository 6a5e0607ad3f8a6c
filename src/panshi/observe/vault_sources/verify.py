"""Verify what was restored: every row beside its sealed digest, every sum, every business check.

    found = verify(folder, mark, source, port=0, pulse=pulse)

The mark was held to its sealed digest before. A PostgreSQL is started apart (`postgres_restore`);
that it recovers to the restore point and answers is part of what is verified, and of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from panshi.model.resilience.mark import CheckValue, ColumnSum, Mark, SourceKind, TableMark
from panshi.observe.vault_sources import postgres
from panshi.observe.vault_sources.extracts import Extract, extract_checks
from panshi.observe.vault_sources.files import COPY, compare_lists, found_files, read_list
from panshi.observe.vault_sources.postgres_restore import reaching_out, restored_server
from panshi.observe.vault_sources.rows import Compared, Row, compare, digest, digests_of
from panshi.observe.vault_sources.source import Source
from panshi.observe.vault_sources.sqlite_copy import (
    DATABASE,
    opened,
    sqlite_checks,
    sqlite_rows,
    sqlite_sums,
)

_NAMED = 5
"Wrong rows named of each table."
_BETWEEN = 2_000
"Rows between two pulses."

type Pulse = Callable[[], None]


@dataclass(slots=True, kw_only=True)
class Verified:
    """What came out."""

    rows: int = 0
    "Rows or files compared."
    wrong: int = 0
    isolated: bool = False
    "Whether nothing that was started over the data could reach beyond it, as observed."
    checks_passed: int = 0
    checks_failed: int = 0
    failures: list[str] = field(default_factory=list)
    pulse: Pulse = lambda: None
    "Called all the while; what it raises ends the verification."

    @property
    def holds(self) -> bool:
        """Whether everything came back as it was."""
        return not self.wrong and not self.checks_failed and not self.failures

    def take(self, name: str, found: Compared) -> None:
        """Add a comparison."""
        self.rows += found.before
        self.wrong += found.wrong
        if found.wrong:
            told = "; ".join(found.named[:_NAMED])
            self.failures.append(f"{name}: {found.wrong} rows are not as sealed ({told})")

    def check(self, name: str, value: str, wanted: str, *, holds: bool = True) -> None:
        """Add a value that must be another."""
        if value == wanted and holds:
            self.checks_passed += 1
        else:
            self.checks_failed += 1
            self.failures.append(f"{name}: {value}, sealed {wanted}")


def verify(
    folder: Path, mark: Mark, source: Source, *, port: int = 0, pulse: Pulse = lambda: None
) -> Verified:
    """Verify a restored folder."""
    started = mark.method in {SourceKind.POSTGRESQL, SourceKind.POSTGRESQL_LOGICAL}
    found = Verified(pulse=pulse, isolated=not started)
    match mark.method:
        case SourceKind.POSTGRESQL | SourceKind.POSTGRESQL_LOGICAL:
            _verify_postgres(found, folder, mark, source, port)
        case SourceKind.SQLITE:
            _verify_sqlite(found, folder, mark, source)
        case SourceKind.FILES:
            found.take("files", compare_lists(read_list(folder), found_files(folder / COPY)))
        case SourceKind.CSV:
            found.take("files", compare_lists(read_list(folder), found_files(folder / COPY)))
            _verify_extracts(found, folder, mark, source)
        case _:
            assert_never(mark.method)
    return found


def _table(found: Verified, folder: Path, table: TableMark, rows: Iterable[Row]) -> None:
    seen = _digested(rows, found.pulse)
    found.take(table.table, compare(digests_of(folder / table.digests), seen))


def _digested(rows: Iterable[Row], pulse: Pulse) -> Iterator[tuple[bytes, bytes, bytes]]:
    for number, (key, row) in enumerate(rows):
        if number % _BETWEEN == 0:
            pulse()
        yield digest(key), digest(row), key


def _sums(found: Verified, table: TableMark, sums: Iterable[ColumnSum]) -> None:
    totals = {each.column: each.total for each in sums}
    for each in table.sums:
        found.check(f"{table.table}.{each.column}", totals.get(each.column, ""), each.total)


def _checks(found: Verified, mark: Mark, ask: Callable[[], Iterable[CheckValue]]) -> None:
    wanted = {each.name: each for each in mark.checks}
    for each in ask():
        sealed = wanted.get(each.name)
        found.check(each.name, each.value, sealed.value if sealed else each.value, holds=each.holds)


def _verify_postgres(found: Verified, folder: Path, mark: Mark, source: Source, port: int) -> None:
    with (
        restored_server(folder, mark, source.address, port=port, pulse=found.pulse) as server,
        postgres.connect(server.address) as connection,
    ):
        postgres.begin_at(connection)
        known = {each.full: each for each in postgres.tables_of(connection, source)}
        for table in mark.tables:
            fresh = known.get(table.table)
            if fresh is None or set(fresh.columns) != set(table.columns):
                found.wrong += table.rows
                found.failures.append(f"{table.table}: the table or a column is missing")
                continue
            _table(found, folder, table, postgres.rows_of(connection, fresh))
            _sums(found, table, postgres.sums_of(connection, fresh))
        _checks(found, mark, lambda: postgres.checks_of(connection, source.check))
        if outward := reaching_out(server):
            found.failures.append(f"the restored server reaches out: {', '.join(outward)}")
        found.isolated = not outward


def _verify_sqlite(found: Verified, folder: Path, mark: Mark, source: Source) -> None:
    with opened(folder / DATABASE) as connection:
        (told,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        found.check("quick_check", str(told), "ok")
        for table in mark.tables:
            keys = len(table.key)
            _table(found, folder, table, sqlite_rows(connection, table.table, table.columns, keys))
            _sums(found, table, sqlite_sums(connection, table.table, table.columns[keys:]))
        _checks(found, mark, lambda: sqlite_checks(connection, source.check))


def _verify_extracts(found: Verified, folder: Path, mark: Mark, source: Source) -> None:
    for table in mark.tables:
        extract = Extract(folder / COPY / table.table, source)
        _table(found, folder, table, extract.rows())
        _sums(found, table, extract.sums())
    _checks(found, mark, lambda: extract_checks(mark.tables, source.check))
