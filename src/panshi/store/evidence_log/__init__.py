"""The evidence log at rest, in SQLite or PostgreSQL behind one port."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from panshi.errors import UsageError
from panshi.store.evidence_log import sqlite
from panshi.store.evidence_log.database import VERSION, Database
from panshi.store.evidence_log.notes import NoteFile
from panshi.store.evidence_log.sql_log import SqlLog
from panshi.store.evidence_log.sqlite import WAIT_SECONDS, SqliteDatabase
from panshi.store.keys import load_or_create_secret

__all__ = ["FILE_NAME", "VERSION", "open_database", "open_log", "stored_version", "upgrade"]

FILE_NAME = "evidence.sqlite3"


def open_log(home: Path, url: str | None = None, *, wait: float = WAIT_SECONDS) -> SqlLog:
    """Open the node's evidence log; make it where there is none.

    By default a file below `home`; with a `postgresql://` address, that database. `wait` bounds
    how long an append waits for another writer. Keys and the file of signed checkpoints are below
    `home` in both cases.
    """
    secret = load_or_create_secret(home)
    return SqlLog(open_database(home, url, wait=wait), secret, NoteFile(home))


def open_database(home: Path, url: str | None = None, *, wait: float = WAIT_SECONDS) -> Database:
    """Open the database of the log alone, as one does to copy it."""
    if url is None:
        return SqliteDatabase(home / FILE_NAME, wait=wait)
    database: Database = _postgres(url).PostgresDatabase(url, wait=wait)
    return database


def stored_version(home: Path, url: str | None = None) -> int | None:
    """Give the version of the log that is there; None where there is none."""
    if url is None:
        return sqlite.stored_version(home / FILE_NAME)
    version: int | None = _postgres(url).stored_version(url)
    return version


def upgrade(home: Path, url: str | None, version: int) -> None:
    """Bring the log that is there one version further, whole or not at all."""
    if url is None:
        sqlite.upgrade(home / FILE_NAME, version)
    else:
        _postgres(url).upgrade(url, version)


def _postgres(url: str) -> ModuleType:
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(
            "the address of the evidence log is not one of PostgreSQL",
            remedy="write postgresql://user@host/database, or leave it out for SQLite",
        )
    # Here, because nodes on SQLite start faster without the driver.
    from panshi.store.evidence_log import postgres  # noqa: PLC0415

    return postgres
