"""Estates at rest: immutable versions in time, in SQLite or PostgreSQL behind one port."""

from __future__ import annotations

from pathlib import Path

from panshi.errors import UsageError
from panshi.store.estates.database import Database
from panshi.store.estates.sqlite import WAIT_SECONDS, SqliteDatabase
from panshi.store.estates.versions import EstateStore, EstateVersion

__all__ = ["FILE_NAME", "EstateStore", "EstateVersion", "open_database", "open_estates"]

FILE_NAME = "estates.sqlite3"


def open_estates(home: Path, url: str | None = None, *, wait: float = WAIT_SECONDS) -> EstateStore:
    """Open the node's estates; make the place for them where there is none.

    By default a file below `home`; with a `postgresql://` address, that database.
    """
    return EstateStore(open_database(home, url, wait=wait))


def open_database(home: Path, url: str | None = None, *, wait: float = WAIT_SECONDS) -> Database:
    """Open the database of the estates alone, as one does to copy it."""
    if url is None:
        return SqliteDatabase(home / FILE_NAME, wait=wait)
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(
            "the address of the estates is not one of PostgreSQL",
            remedy="write postgresql://user@host/database, or leave it out for SQLite",
        )
    # Here, because nodes on SQLite start faster without the driver.
    from panshi.store.estates.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url, wait=wait)
