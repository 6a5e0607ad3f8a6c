"""Copy what rests from one database into another, empty one, row by row.

Both may be SQLite or PostgreSQL. One reading transaction feeds one writing transaction, so that
the copy is one state of the source and is there whole or not at all. That a copied log is the log
it was shows `verify`, which hashes it anew.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import batched
from typing import Any

from panshi.errors import UsageError
from panshi.store.estates import database as estates
from panshi.store.evidence_log import database as evidence

BATCH = 2_000

LOG_TABLES = {
    "kind": "id:i name:s observations:i",
    "collector": "id:i name:s",
    "series": "id:i subject:s kind:i facet:s",
    "observation": (
        "position:i series:i kind:i collector:i outcome:i conclusive:i observed_at:i"
        " received_at:i dedupe:b"
    ),
    "leaf": "position:i id:b envelope:b body:b nonce:b",
    "latest": "series:i conclusive:i kind:i observed_at:i received_at:i position:i",
    "tile": "id:i hashes:b",
    "checkpoint": "id:i size:i note:s",
    "redaction": "position:i audit:b",
    "erased": "position:i digest:b",
    "head": "lone:i size:i root:b",
}
"Tables of the evidence log with the types of their columns."

ESTATE_TABLES = {
    "chunk": "digest content",
    "snapshot": (
        "estate version as_of committed_at committed_by head digest assets relations"
        " asset_chunks relation_chunks"
    ),
}


def copy_log(
    source: evidence.Database,
    target: evidence.Database,
    progress: Callable[[int], None] = lambda _count: None,
) -> int:
    """Copy an evidence log into an empty one; gives the number of observations copied."""
    done = 0
    with source.reading() as old, target.writing() as new:
        _refuse_filled(new.one("SELECT size FROM head"), target.place)
        for table, columns in LOG_TABLES.items():
            names = ", ".join(each.partition(":")[0] for each in columns.split())
            rows = old.rows(f"SELECT {names} FROM {table}")  # noqa: S608  (our names)
            for batch in batched(rows, BATCH):
                new.insert(table, columns, batch)
                done += len(batch) * (table == "leaf")
                progress(done)
    return done


def copy_estates(source: estates.Database, target: estates.Database) -> int:
    """Copy all versions of all estates into an empty store; gives the number of versions."""
    with source.reading() as old, target.writing() as new:
        _refuse_filled(next(new.rows("SELECT 1 FROM snapshot"), None), target.place)
        for table, columns in ESTATE_TABLES.items():
            names = columns.split()
            marks = ", ".join("?" * len(names))
            rows = old.rows(f"SELECT {', '.join(names)} FROM {table}")  # noqa: S608  (our names)
            sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  (our names)
            for batch in batched(rows, BATCH):
                new.run_each(sql, batch)
        row = next(new.rows("SELECT count(*) FROM snapshot"))
        return int(row[0])


def _refuse_filled(row: tuple[Any, ...] | None, place: str) -> None:
    if row is not None and row[0]:
        raise UsageError(
            "there is something in this place already",
            place=place,
            remedy="copy into an empty database or directory; nothing was written",
        )
