"""What the tickets ask of a database: a port that SQLite and PostgreSQL both fit.

SQL is written once, with `?` for parameters; many keys are passed in as one JSON array, and each
dialect says how it unpacks that. There is one writer at a time, so positions are given in the
order of commits: whoever reads on from a position never misses one that comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

type Row = tuple[Any, ...]
type Arguments = Sequence[object]

VERSION = 1
"Version of the schema; a database of another one is refused and left as it is."

TABLES = """
CREATE TABLE ticket (
    position {integer} PRIMARY KEY,
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    number TEXT NOT NULL,
    version {integer} NOT NULL,
    accepted_at {integer} NOT NULL,
    severity {integer} NOT NULL,
    category TEXT NOT NULL,
    status TEXT NOT NULL,
    channel TEXT NOT NULL,
    digest {bytes} NOT NULL,
    body {bytes} NOT NULL,
    UNIQUE (member, number, version)
);
CREATE INDEX ticket_member ON ticket (member, position);
CREATE INDEX ticket_severity ON ticket (severity, position);
CREATE TABLE newest (
    id TEXT PRIMARY KEY,
    version {integer} NOT NULL,
    position {integer} NOT NULL
);
CREATE TABLE chain (
    position {integer} PRIMARY KEY,
    digest {bytes} NOT NULL
)
"""
"Times are microseconds since 1970."

COLUMNS = "position:i id:s member:s number:s version:i accepted_at:i severity:i category:s status:s channel:s digest:b body:b"  # noqa: E501 -- one table
"Of a ticket's row, with their types."


class Connection(Protocol):
    """One transaction."""

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows."""
        ...

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        ...

    def insert(self, table: str, columns: str, rows: Iterable[Arguments]) -> None:
        """Put many rows into a table; columns are `name:type` with i, s or b."""
        ...


class Database(Protocol):
    """Where the tickets rest."""

    place: str

    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent state."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """All or nothing; the commit is durable when this is left."""
        ...

    def unpacked(self, columns: str) -> str:
        """Give a table expression over one JSON parameter, an array of arrays, with row `n`."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
