"""The index of the portfolio in one SQLite file: deliveries, packages, stretches, matches.

Everything in it follows from the evidence log, the original documents and the advisories. What is
read as a whole rests in blobs that numpy takes as they are: per system the stretches of time it
held each package, per package key what matches. One transaction brings log and index in step, so a
crash leaves an index that goes on where it was.

One connection stays open as long as the index does: whoever closes the last one writes the journal
into the file and waits for the disk, and questions that come one by one would pay for it each time.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import finalize

import zstandard

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FILE_NAME = "portfolio.sqlite3"
VERSION = 2
WAIT_SECONDS = 30.0
TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE system (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, holdings BLOB NOT NULL DEFAULT x'');
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, observation TEXT NOT NULL UNIQUE, system INTEGER NOT NULL,
  part TEXT NOT NULL, digest TEXT NOT NULL, supplier TEXT NOT NULL, service TEXT NOT NULL,
  received INTEGER NOT NULL, position INTEGER NOT NULL, format TEXT NOT NULL,
  created TEXT NOT NULL, subject TEXT NOT NULL, components INTEGER NOT NULL,
  packages INTEGER NOT NULL, unreadable INTEGER NOT NULL, unjudged TEXT NOT NULL,
  problem TEXT NOT NULL, versioned REAL NOT NULL, identified REAL NOT NULL,
  forgotten INTEGER NOT NULL DEFAULT 0, about TEXT NOT NULL DEFAULT '');
CREATE INDEX delivery_system ON delivery (system, part, received, position);
CREATE INDEX delivery_digest ON delivery (digest);
CREATE TABLE stands (
  system INTEGER NOT NULL, part TEXT NOT NULL, delivery INTEGER NOT NULL, packages BLOB NOT NULL,
  PRIMARY KEY (system, part)) WITHOUT ROWID;
CREATE TABLE package_key (
  id INTEGER PRIMARY KEY, ecosystem TEXT NOT NULL, name TEXT NOT NULL,
  matches BLOB NOT NULL DEFAULT x'', UNIQUE (ecosystem, name));
CREATE TABLE package (
  id INTEGER PRIMARY KEY, purl TEXT NOT NULL UNIQUE, key INTEGER NOT NULL,
  unjudged TEXT NOT NULL);
CREATE INDEX package_of_key ON package (key);
CREATE TABLE other_key (
  other INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (other, key)) WITHOUT ROWID;
CREATE TABLE vulnerability (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE source (
  advisory TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (advisory, key)) WITHOUT ROWID;
CREATE INDEX source_key ON source (key);
CREATE TABLE change (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, cause TEXT NOT NULL, rows BLOB NOT NULL);
CREATE TABLE touched (
  generation INTEGER NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL,
  PRIMARY KEY (generation, kind, id)) WITHOUT ROWID;
"""


class Delivery(NamedTuple):
    """One bill as it arrived for one system."""

    id: int
    observation: str
    system: int
    part: str
    digest: str
    supplier: str
    service: str
    received: int
    "Seconds since 1970."
    position: int
    format: str
    created: str
    subject: str
    components: int
    packages: int
    unreadable: int
    unjudged: str
    "JSON: how many components nobody judges, by reason."
    problem: str
    "Why the original could not be read again; empty where it could."
    versioned: float
    identified: float
    "Shares of components with a version, with an identity."
    forgotten: int
    about: str = ""
    "JSON: purl, BOM-Link, version and CPE of what the document describes."


class PortfolioIndex:
    """One file below PANSHI_HOME; many readers, one writer at a time."""

    def __init__(self, home: Path) -> None:
        """Open it, or begin it anew where it cannot be used."""
        self.folder = home / "supply_chain"
        ready_directory(home)
        ready_directory(self.folder)
        self.path = self.folder / FILE_NAME
        try:
            self._keep_open()
        except sqlite3.DatabaseError:
            self._begin_anew()

    def forget(self) -> None:
        """Throw the file away and begin anew."""
        self._close()
        self._begin_anew()

    def _begin_anew(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self._keep_open()

    def _keep_open(self) -> None:
        self._settle()
        kept = self._connect(check_same_thread=False)  # whichever thread lets go of the index
        kept.execute("SELECT 1 FROM meta").fetchone()  # only what was read once is really open
        self._close = finalize(self, kept.close)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read one consistent state."""
        with self._told(), closing(self._connect()) as raw:
            raw.execute("BEGIN")
            yield Reading(raw)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Change it in one transaction; whatever is raised undoes all of it."""
        with self._told(), closing(self._connect()) as raw:
            raw.execute("BEGIN IMMEDIATE")
            yield Writing(raw)
            raw.execute("COMMIT")

    def _told(self) -> AbstractContextManager[None]:
        return told(
            "the portfolio",
            place=str(self.path),
            wait=WAIT_SECONDS,
            check="`panshi sbom rebuild` makes it anew",
        )

    def _connect(self, *, check_same_thread: bool = True) -> sqlite3.Connection:
        if not self.path.exists():
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
        raw = sqlite3.connect(
            self.path,
            timeout=WAIT_SECONDS,
            isolation_level=None,
            check_same_thread=check_same_thread,
        )
        raw.execute("PRAGMA journal_mode = WAL").fetchone()
        raw.execute("PRAGMA synchronous = NORMAL")
        raw.execute("PRAGMA cache_size = -65536")
        return raw

    def _settle(self) -> None:
        with closing(self._connect()) as raw:
            found = raw.execute("PRAGMA user_version").fetchone()[0]
            if found == VERSION:
                return
            if found:
                raise sqlite3.DatabaseError(f"version {found}")
            raw.execute("BEGIN IMMEDIATE")
            if raw.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                for statement in TABLES.strip().split(";\n"):
                    raw.execute(statement)
                raw.execute(f"PRAGMA user_version = {VERSION}")
            raw.execute("COMMIT")


class Reading:
    """One consistent state of the index."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        """Read through a connection within its transaction."""
        self.raw = raw

    def meta(self, name: str) -> int:
        """Give a number kept by name; 0 where there is none."""
        row = self.raw.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def deliveries(self, system: int | None = None) -> Iterator[Delivery]:
        """Give deliveries in the order they count, forgotten ones too."""
        where = "" if system is None else "WHERE system = ?"
        sql = f"SELECT * FROM delivery {where} ORDER BY system, received, position"  # noqa: S608 -- our SQL
        yield from map(Delivery._make, self.raw.execute(sql, () if system is None else (system,)))

    def delivery(self, number: int) -> Delivery:
        """Give one delivery by its number."""
        row = self.raw.execute("SELECT * FROM delivery WHERE id = ?", (number,)).fetchone()
        return Delivery._make(row)

    def delivered(self, system: int, part: str, digest: str) -> Delivery | None:
        """Give the newest delivery of a document to a system that was not forgotten."""
        row = self.raw.execute(
            "SELECT * FROM delivery WHERE system = ? AND part = ? AND digest = ?"
            " AND NOT forgotten ORDER BY received DESC, position DESC LIMIT 1",
            (system, part, digest),
        ).fetchone()
        return Delivery._make(row) if row else None

    def system(self, name: str) -> int | None:
        """Give a system's number."""
        found: int | None = self._one("SELECT id FROM system WHERE name = ?", name)
        return found

    def systems(self, least: int = 0) -> Iterator[tuple[int, str]]:
        """Give numbers and names of systems from a number on."""
        yield from self.raw.execute("SELECT id, name FROM system WHERE id >= ?", (least,))

    def holdings(self, systems: Iterable[int] | None = None) -> tuple[list[int], list[bytes]]:
        """Give the stretches of some or all systems."""
        rows: Iterable[tuple[int, bytes]]
        if systems is None:
            rows = self.raw.execute("SELECT id, holdings FROM system ORDER BY id")
        else:
            rows = (
                (each, self._one("SELECT holdings FROM system WHERE id = ?", each) or b"")
                for each in systems
            )
        numbers, blobs = [], []
        for number, blob in rows:
            numbers.append(number)
            blobs.append(blob)
        return numbers, blobs

    def standing(self, system: int) -> list[tuple[str, int, bytes]]:
        """Give part, delivery and package numbers of the documents that stand for a system."""
        return self.raw.execute(
            "SELECT part, delivery, packages FROM stands WHERE system = ? ORDER BY part", (system,)
        ).fetchall()

    def all_standing(self) -> Iterator[tuple[int, int]]:
        """Give system and delivery of every document that stands, the oldest delivery first."""
        yield from self.raw.execute(
            "SELECT s.system, s.delivery FROM stands s JOIN delivery d ON d.id = s.delivery"
            " ORDER BY d.received, d.position"
        )

    def standing_notes(self) -> Iterator[tuple[int, str, str, int, str, str]]:
        """Give system, supplier, service, moment, digest and subject of what stands, in order."""
        yield from self.raw.execute(
            "SELECT s.system, d.supplier, d.service, d.received, d.digest, d.about"
            " FROM stands s"
            " JOIN delivery d ON d.id = s.delivery ORDER BY d.received, d.position"
        )

    def packages(self, least: int = 0) -> Iterator[tuple[int, str, int, str]]:
        """Give number, purl, key and reason unjudged of every package from a number on."""
        yield from self.raw.execute(
            "SELECT id, purl, key, unjudged FROM package WHERE id >= ? ORDER BY id", (least,)
        )

    def package(self, purl: str) -> tuple[int, int] | None:
        """Give number and key of a package."""
        found: tuple[int, int] | None = self.raw.execute(
            "SELECT id, key FROM package WHERE purl = ?", (purl,)
        ).fetchone()
        return found

    def packages_of(self, key: int) -> list[tuple[int, str]]:
        """Give number and purl of every package of a key."""
        return self.raw.execute(
            "SELECT id, purl FROM package WHERE key = ? ORDER BY id", (key,)
        ).fetchall()

    def key(self, ecosystem: str, name: str) -> int | None:
        """Give a key's number."""
        found: int | None = self._one(
            "SELECT id FROM package_key WHERE ecosystem = ? AND name = ?", ecosystem, name
        )
        return found

    def package_keys(self, least: int = 0) -> Iterator[tuple[int, str]]:
        """Give numbers and names (`ecosystem/name`) of keys from a number on."""
        yield from self.raw.execute(
            "SELECT id, ecosystem || '/' || name FROM package_key WHERE id >= ? ORDER BY id",
            (least,),
        )

    def matches(self, keys: Iterable[int] | None = None) -> bytes:
        """Give what matches, of some keys or of all, one after the other."""
        if keys is None:
            rows = self.raw.execute("SELECT matches FROM package_key ORDER BY id").fetchall()
            return b"".join(each[0] for each in rows)
        sql = "SELECT matches FROM package_key WHERE id = ?"
        return b"".join(self._one(sql, each) or b"" for each in keys)

    def vulnerabilities(self, least: int = 0) -> Iterator[tuple[int, str]]:
        """Give numbers and names of vulnerabilities from a number on."""
        yield from self.raw.execute("SELECT id, name FROM vulnerability WHERE id >= ?", (least,))

    def vulnerability(self, name: str) -> int | None:
        """Give a vulnerability's number."""
        found: int | None = self._one("SELECT id FROM vulnerability WHERE name = ?", name)
        return found

    def keys_of_advisory(self, advisory: str) -> set[int]:
        """Give the keys an advisory spoke of when they were matched last."""
        rows = self.raw.execute("SELECT key FROM source WHERE advisory = ?", (advisory,))
        return {row[0] for row in rows}

    def primary_keys(self, ecosystem: str, name: str) -> set[int]:
        """Give the keys of packages that an advisory names by this one."""
        number = self.key(ecosystem, name)
        if number is None:
            return set()
        rows = self.raw.execute("SELECT key FROM other_key WHERE other = ?", (number,))
        return {number, *(row[0] for row in rows)}

    def last_delivery(self, system: int) -> tuple[int, int]:
        """Give moment and position of a system's newest delivery."""
        row = self.raw.execute(
            "SELECT received, position FROM delivery WHERE system = ?"
            " ORDER BY received DESC, position DESC LIMIT 1",
            (system,),
        ).fetchone()
        return row or (-1, -1)

    def changes(self, after: int) -> Iterator[tuple[int, int, str, bytes]]:
        """Give sequence, moment, cause and rows of what changed since."""
        unpack = zstandard.ZstdDecompressor()
        rows = self.raw.execute(
            "SELECT sequence, at, cause, rows FROM change WHERE sequence > ? ORDER BY sequence",
            (after,),
        )
        for sequence, at, cause, packed in rows:
            yield sequence, at, cause, unpack.decompress(packed)

    def last_change(self) -> int:
        """Give the number of the newest change."""
        return self._one("SELECT max(sequence) FROM change") or 0

    def touched(self, generation: int) -> tuple[list[int], list[int]]:
        """Give the systems and the keys touched after a generation."""
        rows = self.raw.execute(
            "SELECT DISTINCT kind, id FROM touched WHERE generation > ?", (generation,)
        ).fetchall()
        return [row[1] for row in rows if row[0] == "s"], [row[1] for row in rows if row[0] == "k"]

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        found: int = self.raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 -- our names
        return found

    def _one(self, sql: str, *arguments: object) -> Any:  # noqa: ANN401 -- whatever a column holds
        row = self.raw.execute(sql, arguments).fetchone()
        return row[0] if row else None


class Writing(Reading):
    """The index within one transaction that changes it."""

    def set_meta(self, name: str, value: int) -> None:
        """Keep a number by name."""
        self.raw.execute("REPLACE INTO meta VALUES (?, ?)", (name, value))

    def system_number(self, name: str) -> int:
        """Give a system's number, a new one where it has none."""
        return self._numbered("system", "name", (name,))

    def key_number(self, ecosystem: str, name: str) -> int:
        """Give a key's number, a new one where it has none."""
        return self._numbered("package_key", "ecosystem, name", (ecosystem, name))

    def vulnerability_number(self, name: str) -> int:
        """Give a vulnerability's number, a new one where it has none."""
        return self._numbered("vulnerability", "name", (name,))

    def add_package(self, purl: str, key: int, unjudged: str) -> int:
        """Add a package and give its number; 0 as key where nobody judges it."""
        return self._inserted(
            "INSERT INTO package (purl, key, unjudged) VALUES (?, ?, ?)", (purl, key, unjudged)
        )

    def add_delivery(self, delivery: Delivery) -> int | None:
        """Add a delivery and give its number; None where it is known."""
        marks = ", ".join("?" * len(delivery))
        cursor = self.raw.execute(
            f"INSERT OR IGNORE INTO delivery VALUES ({marks})",  # noqa: S608 -- our SQL
            (None, *delivery[1:]),
        )
        return cursor.lastrowid if cursor.rowcount else None

    def forget_deliveries(self, numbers: Iterable[int]) -> None:
        """Mark deliveries as forgotten."""
        self.raw.executemany(
            "UPDATE delivery SET forgotten = 1 WHERE id = ?", ((each,) for each in numbers)
        )

    def stand(self, system: int, part: str, delivery: int, packages: bytes) -> None:
        """Let a document stand for a part of a system."""
        self.raw.execute(
            "REPLACE INTO stands VALUES (?, ?, ?, ?)", (system, part, delivery, packages)
        )

    def clear_standing(self, system: int) -> None:
        """Let no document stand for a system."""
        self.raw.execute("DELETE FROM stands WHERE system = ?", (system,))

    def put_holdings(self, system: int, holdings: bytes) -> None:
        """Keep the stretches of a system."""
        self.raw.execute("UPDATE system SET holdings = ? WHERE id = ?", (holdings, system))

    def put_matches(self, key: int, matches: bytes) -> None:
        """Keep what matches packages of a key."""
        self.raw.execute("UPDATE package_key SET matches = ? WHERE id = ?", (matches, key))

    def add_other_keys(self, key: int, others: Iterable[int]) -> None:
        """Remember further names under which advisories speak of packages of a key."""
        self.raw.executemany(
            "INSERT OR IGNORE INTO other_key VALUES (?, ?)", ((each, key) for each in others)
        )

    def put_sources(self, key: int, advisories: Iterable[str]) -> None:
        """Keep which advisories speak of a key, in place of those that did."""
        self.raw.execute("DELETE FROM source WHERE key = ?", (key,))
        self.add_sources(key, advisories)

    def add_sources(self, key: int, advisories: Iterable[str]) -> None:
        """Keep some more advisories that speak of a key."""
        self.raw.executemany(
            "INSERT OR IGNORE INTO source VALUES (?, ?)", ((each, key) for each in advisories)
        )

    def add_change(self, sequence: int, at: int, cause: str, rows: bytes) -> None:
        """Tell whoever follows what changed."""
        packed = zstandard.ZstdCompressor(level=1).compress(rows)
        self.raw.execute("INSERT INTO change VALUES (?, ?, ?, ?)", (sequence, at, cause, packed))

    def touch(self, generation: int, kind: str, numbers: Iterable[int]) -> None:
        """Remember which systems or keys a generation touched."""
        self.raw.executemany(
            "INSERT OR IGNORE INTO touched VALUES (?, ?, ?)",
            ((generation, kind, each) for each in numbers),
        )

    def _numbered(self, table: str, columns: str, values: tuple[str, ...]) -> int:
        where = " AND ".join(f"{each} = ?" for each in columns.split(", "))
        found: int | None = self._one(f"SELECT id FROM {table} WHERE {where}", *values)  # noqa: S608 -- our SQL
        if found is not None:
            return found
        marks = ", ".join("?" * len(values))
        return self._inserted(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608 -- our SQL

    def _inserted(self, sql: str, values: tuple[object, ...]) -> int:
        number = self.raw.execute(sql, values).lastrowid
        if number is None:
            raise sqlite3.DatabaseError("no number was given")
        return number
