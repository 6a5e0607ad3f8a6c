"""The evidence log at rest, in SQLite or PostgreSQL behind one port."""

from __future__ import annotations

from pathlib import Path

from panshi.errors import UsageError
from panshi.store.evidence_log.notes import NoteFile
from panshi.store.evidence_log.sql_log import SqlLog
from panshi.store.evidence_log.sqlite import WAIT_SECONDS, SqliteDatabase
from panshi.store.keys import load_or_create_secret

__all__ = ["FILE_NAME", "open_log"]

FILE_NAME = "evidence.sqlite3"


def open_log(home: Path, url: str | None = None, *, wait: float = WAIT_SECONDS) -> SqlLog:
    """Open the node's evidence log; make it where there is none.

    By default a file below `home`; with a `postgresql://` address, that database. `wait` bounds
    how long an append waits for another writer. Keys and the file of signed checkpoints are below
    `home` in both cases.
    """
    secret = load_or_create_secret(home)
    if url is None:
        return SqlLog(SqliteDatabase(home / FILE_NAME, wait=wait), secret, NoteFile(home))
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(
            "the address of the evidence log is not one of PostgreSQL",
            remedy="write postgresql://user@host/database, or leave it out for SQLite",
        )
    # Here, because nodes on SQLite start faster without the driver.
    from panshi.store.evidence_log.postgres import PostgresDatabase  # noqa: PLC0415

    return SqlLog(PostgresDatabase(url, wait=wait), secret, NoteFile(home))
