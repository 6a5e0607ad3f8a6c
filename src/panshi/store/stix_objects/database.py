"""Tables of STIX objects, and what a database must offer to hold them.

`object.seq` is the moment an object was added, in microseconds, made unique and never going back:
key, order of pages, cursor and `date_added` in one number. `shelved` says on which shelves of a
collection an object lies (who may read it was decided when it came), with `last` and `kind` in
the key, so that a page is a few range scans whatever is filtered and however much lies there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

VERSION = 1

type Arguments = Sequence[object]
type Row = tuple[Any, ...]

TABLES = (
    "CREATE TABLE head (seq {integer} NOT NULL)",
    "INSERT INTO head VALUES (0)",
    "CREATE TABLE collection (number {integer} PRIMARY KEY, id TEXT NOT NULL UNIQUE)",
    "CREATE TABLE kind (number {integer} PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    (
        "CREATE TABLE place (number {integer} PRIMARY KEY, collection {integer} NOT NULL,"
        " shelf TEXT NOT NULL, UNIQUE (collection, shelf))"
    ),
    (
        "CREATE TABLE object (seq {integer} PRIMARY KEY, collection {integer} NOT NULL,"
        " key {bytes} NOT NULL, version {integer} NOT NULL, kind {integer} NOT NULL,"
        " superseded {integer} NOT NULL, first {integer} NOT NULL, owner TEXT NOT NULL,"
        " digest {bytes} NOT NULL, places TEXT NOT NULL, id TEXT NOT NULL, body {bytes} NOT NULL)"
    ),
    "CREATE UNIQUE INDEX object_key ON object (collection, key, version)",
    (
        "CREATE TABLE shelved (place {integer} NOT NULL, last {integer} NOT NULL,"
        " seq {integer} NOT NULL, kind {integer} NOT NULL,"
        " PRIMARY KEY (place, last, seq)){clustered}"
    ),
    "CREATE INDEX shelved_kind ON shelved (place, kind, last, seq)",
    (
        "CREATE TABLE status (id TEXT PRIMARY KEY, owner TEXT NOT NULL, collection TEXT NOT NULL,"
        " asked {integer} NOT NULL, body {bytes} NOT NULL)"
    ),
    "CREATE INDEX status_asked ON status (asked)",
)


class Connection(Protocol):
    """One transaction."""

    def rows(self, sql: str, arguments: Arguments = ()) -> list[Row]:
        """Give all rows."""
        ...

    def run(self, sql: str, arguments: Arguments = ()) -> None:
        """Run a statement."""
        ...

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        ...


class Database(Protocol):
    """Where the tables rest; many readers, one writer at a time."""

    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent state."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """All or nothing, in turn; on disk when this is left."""
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
