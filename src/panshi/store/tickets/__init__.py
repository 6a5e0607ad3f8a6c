"""Incident tickets at rest, in SQLite or PostgreSQL behind one port: append-only, in one order."""

from __future__ import annotations

from pathlib import Path

from panshi.errors import UsageError
from panshi.store.tickets.database import Database
from panshi.store.tickets.register import Arrival, Chain, Chosen, Placed, TicketStore
from panshi.store.tickets.sqlite import WAIT_SECONDS, SqliteDatabase

__all__ = ["FILE_NAME", "Arrival", "Chain", "Chosen", "Placed", "TicketStore", "open_tickets"]

FILE_NAME = "tickets.sqlite3"


def open_tickets(home: Path, url: str | None = None, *, wait: float = WAIT_SECONDS) -> TicketStore:
    """Open the hub's tickets; make the place for them where there is none.

    By default a file below `home`; with a `postgresql://` address, that database.
    """
    return TicketStore(_database(home, url, wait))


def _database(home: Path, url: str | None, wait: float) -> Database:
    if url is None:
        return SqliteDatabase(home / FILE_NAME, wait=wait)
    if not url.startswith(("postgresql://", "postgres://")):
        raise UsageError(
            "the address of the tickets is not one of PostgreSQL",
            remedy="write postgresql://user@host/database, or leave it out for SQLite",
        )
    # Here, because hubs on SQLite start faster without the driver.
    from panshi.store.tickets.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url, wait=wait)
