"""What the log asks of a database: a port that SQLite and PostgreSQL both fit.

SQL is written once, with `?` for parameters and with rows passed in as one JSON array where many
are meant; each dialect says how it unpacks that array. There is exactly one writer at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from panshi.errors import StoreError

type Row = tuple[Any, ...]
type Arguments = Sequence[object]

VERSION = 2
"Version of the schema; a database of another one is refused and left as it is."

TABLES = """
CREATE TABLE head (
    lone {integer} PRIMARY KEY CHECK (lone = 1),
    size {integer} NOT NULL,
    root {bytes} NOT NULL
);
CREATE TABLE kind (
    id {integer} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    observations {integer} NOT NULL
);
CREATE TABLE collector (
    id {integer} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE series (
    id {integer} PRIMARY KEY,
    subject TEXT NOT NULL,
    kind {integer} NOT NULL,
    facet TEXT NOT NULL,
    UNIQUE (subject, kind, facet)
);
CREATE TABLE observation (
    position {integer} PRIMARY KEY,
    series {integer} NOT NULL,
    kind {integer} NOT NULL,
    collector {integer} NOT NULL,
    outcome {integer} NOT NULL,
    conclusive {integer} NOT NULL,
    observed_at {integer} NOT NULL,
    received_at {integer} NOT NULL,
    dedupe {bytes}
);
CREATE INDEX observation_series ON observation (series, conclusive, observed_at);
CREATE INDEX observation_kind ON observation (kind{position});
CREATE INDEX observation_collector ON observation (collector{position});
CREATE INDEX observation_outcome ON observation (outcome{position}) WHERE outcome > 0;
CREATE TABLE leaf (
    position {integer} PRIMARY KEY,
    id {bytes} NOT NULL,
    envelope {bytes} NOT NULL,
    body {bytes},
    nonce {bytes}
);
CREATE UNIQUE INDEX leaf_id ON leaf (id);
CREATE TABLE latest (
    series {integer} NOT NULL,
    conclusive {integer} NOT NULL,
    kind {integer} NOT NULL,
    observed_at {integer} NOT NULL,
    received_at {integer} NOT NULL,
    position {integer} NOT NULL,
    PRIMARY KEY (series, conclusive)
){clustered};
CREATE TABLE tile (
    id {integer} PRIMARY KEY,
    hashes {bytes} NOT NULL
);
CREATE TABLE checkpoint (
    id {integer} PRIMARY KEY,
    size {integer} NOT NULL,
    note TEXT NOT NULL
);
CREATE TABLE redaction (
    position {integer} PRIMARY KEY,
    audit {bytes} NOT NULL
);
CREATE TABLE erased (
    position {integer} PRIMARY KEY,
    digest {bytes} NOT NULL
)
"""
"Narrow rows to search apart from the wide rows to read; times are microseconds since 1970."

STEPS: Mapping[int, str] = {
    1: """
CREATE TABLE IF NOT EXISTS erased (
    position {integer} PRIMARY KEY,
    digest {bytes} NOT NULL
)
""",
}
"Statements that make a schema of this version one of the next; run in one transaction."


def statements(text: str, **dialect: str) -> tuple[str, ...]:
    """Give the single statements of a schema's text in a dialect."""
    return tuple(each for each in text.format(**dialect).split(";") if each.strip())


def refuse_version(found: int, place: str) -> StoreError:
    """Say what to do about a log that another release wrote."""
    problem = f"the evidence log has version {found}, this Panshi reads version {VERSION}"
    remedy = "run `panshi upgrade`" if found in STEPS else "use the Panshi that wrote it"
    return StoreError(problem, place=place, remedy=f"{remedy}; nothing was changed")


class Connection(Protocol):
    """One transaction of one connection."""

    def one(self, sql: str, arguments: Arguments = ()) -> Row | None:
        """Give the first row."""
        ...

    def rows(self, sql: str, arguments: Arguments = ()) -> Iterator[Row]:
        """Give all rows, a few in memory at a time."""
        ...

    def run(self, sql: str, arguments: Arguments = ()) -> None:
        """Run a statement."""
        ...

    def run_each(self, sql: str, rows: Iterable[Arguments]) -> None:
        """Run a statement once per row."""
        ...

    def insert(self, table: str, columns: str, rows: Iterable[Arguments]) -> None:
        """Put many rows into a table by the fastest way there is.

        Columns are named with a letter for their type, for example `"position:i envelope:b"`:
        i whole number, s text, b bytes.
        """
        ...


class Database(Protocol):
    """A place for one log."""

    place: str
    "How messages name it; without a password."

    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent state of the log."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """All or nothing, and nobody else writes; durable when left without an exception."""
        ...

    def unpacked(self, columns: str) -> str:
        """Give a table expression over one JSON parameter, an array of arrays.

        Its columns are `n`, the index from 0, and those named, for example `"series:i facet:s"`.
        """
        ...

    def listed(self) -> str:
        """Give a subquery over one JSON parameter, an array of whole numbers."""
        ...

    def faults(self, connection: Connection) -> Iterator[str]:
        """Yield what the database's own check of its structures finds, where it has one."""
        ...

    def told(self) -> AbstractContextManager[None]:
        """Turn the driver's errors into a `StoreError` that says what to do."""
        ...

    def purge(self) -> None:
        """Overwrite what was erased as far as this database can.

        Raises `StoreError` where readers of an older state keep it from doing so.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
