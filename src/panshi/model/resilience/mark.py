"""The mark of a snapshot: at which state of its application it was taken, and what must come back.

A mark lies in the snapshot beside the data, with one file of row digests per table; its own digest
is sealed in the evidence log. A drill compares what it restored with the mark, row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """How a source is read."""

    POSTGRESQL = "postgresql-base"
    "Base backup, and the write-ahead log up to a named restore point."
    POSTGRESQL_LOGICAL = "postgresql-logical"
    "Dump of one exported snapshot."
    SQLITE = "sqlite"
    "SQLite's own backup of a live database."
    FILES = "files"
    CSV = "csv"
    "Extracts with a header line, and a control file where the core system writes one."


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSum:
    """An exact sum over one column, as decimal text."""

    column: str
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMark:
    """Control totals of one table, and where its row digests lie."""

    table: str
    key: tuple[str, ...]
    "Columns that name a row; empty: the whole row does."
    columns: tuple[str, ...]
    rows: int
    sums: tuple[ColumnSum, ...]
    digests: str
    "File of row digests, below the snapshot."
    digests_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckValue:
    """What a business check gave at the mark."""

    name: str
    value: str
    holds: bool
    "Whether it gave what it must give at any time."


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the content looked like, for the gate."""

    files: int = 0
    octets: int = 0
    opaque_share: float = 0.0
    "Share of octets in files that look random and are of no known packed format."
    changed_share: float = 0.0
    "Of the files or rows of the snapshot before, the share changed or gone; 0 for the first."
    gone_share: float = 0.0
    compared: bool = False
    "Whether there was a snapshot before."
    canaries_wrong: tuple[str, ...] = ()
    "Canaries changed or missing."
    torn: tuple[str, ...] = ()
    "Files that never held still while they were read."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One state of one source."""

    source: str
    method: SourceKind
    marked_at: datetime
    position: str
    "The source's own position: LSN with restore point, change counter, digest of the tree."
    tables: tuple[TableMark, ...] = ()
    tree_sha256: str = ""
    "Digest over the list of files, which lies beside the mark; of files only."
    checks: tuple[CheckValue, ...] = ()
    seen: Seen = Seen()
    program: str = ""
    "Version of what must be there to restore, for example `PostgreSQL 17`."
    version: int = 1

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(each.rows for each in self.tables)

    @property
    def totals(self) -> tuple[str, ...]:
        """Control totals in words, for the record."""
        return tuple(
            f"{table.table}.{each.column} = {each.total}"
            for table in self.tables
            for each in table.sums
        )
