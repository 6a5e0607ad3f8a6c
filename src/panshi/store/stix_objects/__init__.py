"""STIX objects at rest, as bytes, in the order they were added."""

from pathlib import Path

from panshi.store.stix_objects.database import Database
from panshi.store.stix_objects.postgres import PostgresDatabase
from panshi.store.stix_objects.register import Status, StixObjects
from panshi.store.stix_objects.sqlite import SqliteDatabase

PLACE = Path("intelligence") / "objects.sqlite3"

__all__ = ["Status", "StixObjects", "open_stix_objects"]


def open_stix_objects(home: Path, url: str | None = None) -> StixObjects:
    """Open the objects of a home, or those in its PostgreSQL database."""
    database: Database = PostgresDatabase(url) if url else SqliteDatabase(home / PLACE)
    return StixObjects(database)
