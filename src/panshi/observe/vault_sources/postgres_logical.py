"""PostgreSQL logically: one exported snapshot, dumped and digested as the same instant.

One session exports its snapshot (`pg_export_snapshot`); the dump is told to see the same, and the
totals are read in that session. Nothing is locked. The dump is a folder of plain, uncompressed
files, one per table, so that what did not change is not stored again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from panshi.errors import StoreError
from panshi.model.resilience.mark import Mark, Seen, SourceKind
from panshi.observe.vault_sources.postgres import (
    ROWS_FOLDER,
    begin_at,
    canaries_of,
    checks_of,
    connect,
    mark_tables,
    tables_of,
)
from panshi.observe.vault_sources.programs import program, run
from panshi.observe.vault_sources.source import Clock, Source

DUMP = "dump"


def capture_dump(source: Source, folder: Path, clock: Clock) -> Mark:
    """Dump and digest one instant."""
    for each in (DUMP, ROWS_FOLDER):
        shutil.rmtree(folder / each, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with connect(source.address) as reading:
        at = clock()
        begin_at(reading)
        row = reading.execute(
            "SELECT pg_export_snapshot(), pg_current_wal_lsn()::text, pg_current_snapshot()::text"
        ).fetchone()
        if row is None:
            raise StoreError("the server exports no snapshot", place=f"source {source.name!r}")
        major = reading.info.server_version // 10_000
        chosen = [f"--table={each}" for each in source.tables]
        run(
            [
                program("pg_dump", major),
                f"--dbname={source.address}",
                f"--snapshot={row[0]}",
                "--format=directory",
                "--compress=0",
                "--no-password",
                f"--file={folder / DUMP}",
                *chosen,
            ]
        )
        tables = tables_of(reading, source)
        marks = mark_tables(reading, tables, folder)
        checks = checks_of(reading, source.check)
        canaries = canaries_of(reading, source.canary)
    return Mark(
        source=source.name,
        method=SourceKind.POSTGRESQL_LOGICAL,
        marked_at=at,
        position=f"{row[1]} snapshot {row[2]}",
        tables=marks,
        checks=checks,
        seen=Seen(canaries_wrong=canaries),
        program=f"PostgreSQL {major}",
    )
