"""What the store of estates asks of a database: a port that SQLite and PostgreSQL both fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

type Row = tuple[Any, ...]
type Arguments = Sequence[object]

VERSION = 1
"Version of the schema; a database of another one is refused and left as it is."

TABLES = """
CREATE TABLE chunk (
    digest {bytes} PRIMARY KEY,
    content {bytes} NOT NULL
);
CREATE TABLE snapshot (
    estate TEXT NOT NULL,
    version {integer} NOT NULL,
    as_of {integer} NOT NULL,
    committed_at {integer} NOT NULL,
    committed_by TEXT NOT NULL,
    head {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    assets {integer} NOT NULL,
    relations {integer} NOT NULL,
    asset_chunks {bytes} NOT NULL,
    relation_chunks {bytes} NOT NULL,
    PRIMARY KEY (estate, version)
)
"""
"Times are microseconds since 1970; lists of chunks are their digests, 32 bytes each."


class Connection(Protocol):
    """One transaction."""

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows; `?` stands for a parameter."""
        ...

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        ...


class Database(Protocol):
    """A place for estates."""

    place: str
    "How messages name it; without a password."

    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent state."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """All or nothing, and nobody else writes; durable when left without an exception."""
        ...

    def close(self) -> None:
        """Close idle connections."""
        ...
