"""The search index in one SQLite file.

Trigrams (FTS5) find three characters and more; one or two, which is what many Chinese words have,
are found by a bounded scan of the folded text.

Writers feed it in batches, each with the position of the log it reaches, in one transaction: a
crash leaves an index that goes on where it was. It is derived, so a file that is damaged or of
another version is thrown away and begun anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.search_index.entries import Entry, Found, Trace, TraceFilter
from panshi.store.search_index.folding import LONGEST_TEXT, folded, phrase, words_of
from panshi.store.sqlite_words import told

FILE_NAME = "search.sqlite3"
VERSION = 2
WAIT_SECONDS = 10.0
SNIPPET = 40
ID_DIGITS = 32

TABLES = """
CREATE TABLE reached (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL,
  estate TEXT NOT NULL, action TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL,
  title_zh TEXT NOT NULL, title_en TEXT NOT NULL, position INTEGER NOT NULL);
CREATE INDEX entry_kind ON entry (kind, id);
CREATE INDEX entry_source ON entry (source);
CREATE INDEX entry_about ON entry (about);
CREATE VIRTUAL TABLE words USING fts5(
  name, text, content='entry', content_rowid='id', tokenize='trigram');
CREATE TRIGGER entry_in AFTER INSERT ON entry BEGIN
  INSERT INTO words(rowid, name, text) VALUES (new.id, new.name, new.text); END;
CREATE TRIGGER entry_out AFTER DELETE ON entry BEGIN
  INSERT INTO words(words, rowid, name, text) VALUES ('delete', old.id, old.name, old.text); END;
CREATE TABLE mention (
  person TEXT NOT NULL, position INTEGER NOT NULL, source TEXT NOT NULL,
  PRIMARY KEY (person, position)) WITHOUT ROWID;
CREATE TABLE seen (id BLOB PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE trace (
  position INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  target TEXT NOT NULL, allowed INTEGER NOT NULL, about TEXT NOT NULL, kind TEXT NOT NULL,
  observation TEXT NOT NULL);
CREATE INDEX trace_actor ON trace (actor, position);
CREATE INDEX trace_action ON trace (action, position);
CREATE INDEX trace_about ON trace (about, position);
CREATE INDEX trace_observation ON trace (observation);
CREATE INDEX trace_refused ON trace (position) WHERE allowed = 0;
"""


class SearchIndex:
    """One file below PANSHI_HOME; many readers, one writer at a time."""

    def __init__(self, home: Path) -> None:
        """Open it, or begin it anew where it cannot be used."""
        ready_directory(home)
        self._path = home / FILE_NAME
        try:
            self._settle()
        except sqlite3.DatabaseError:
            self.forget()

    def forget(self) -> None:
        """Throw the file away and begin anew."""
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._settle()

    # -- feeding ---------------------------------------------------------------------------

    def reached(self) -> dict[str, str]:
        """Give how far each source was fed."""
        with self._reading() as raw:
            return dict(raw.execute("SELECT name, value FROM reached"))

    def replace(self, source: str, entries: Iterable[Entry], stamp: str) -> None:
        """Replace all entries of a source (an estate, the content) and remember its stamp."""
        with self._writing() as raw:
            raw.execute("DELETE FROM entry WHERE source = ?", (source,))
            raw.executemany(INSERT, map(_row, entries))
            _reach(raw, source, stamp)

    def feed(
        self,
        *,
        entries: Collection[Entry],
        traces: Collection[Trace],
        ids: Iterable[tuple[str, int]],
        erased: Collection[str],
        until: int,
    ) -> None:
        """Take in a stretch of the log, up to a position; forget what was erased in it."""
        with self._writing() as raw:
            raw.executemany(
                "INSERT OR IGNORE INTO seen VALUES (?, ?)",
                ((bytes.fromhex(each), position) for each, position in ids),
            )
            raw.executemany(
                "DELETE FROM entry WHERE source = ?", ((each.source,) for each in entries)
            )
            raw.executemany(INSERT, map(_row, entries))
            raw.executemany(
                "INSERT OR IGNORE INTO mention VALUES (?, ?, ?)",
                ((name, each.position, each.source) for each in entries for name in each.mentions),
            )
            raw.executemany(
                "INSERT OR IGNORE INTO trace VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(_trace_row, traces),
            )
            gone = [each for each in erased if self._erase(raw, each)]
            if gone:
                raw.execute("INSERT INTO words(words) VALUES ('rebuild')")
            _reach(raw, "log", str(until))
        if gone:
            with closing(self._connect()) as raw:
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _erase(self, raw: sqlite3.Connection, observation: str) -> bool:
        """Forget what was read from an observation; tell whether there was anything."""
        found = raw.execute("DELETE FROM entry WHERE source = ?", (observation,)).rowcount
        found += raw.execute("DELETE FROM mention WHERE source = ?", (observation,)).rowcount
        found += raw.execute("DELETE FROM trace WHERE observation = ?", (observation,)).rowcount
        return found > 0

    # -- finding ---------------------------------------------------------------------------

    def find(
        self,
        query: str,
        kinds: Iterable[str],
        *,
        actions: Collection[str],
        estate: str,
        after: int = 0,
        limit: int = 20,
    ) -> dict[str, tuple[Found, ...]]:
        """Give what fits a query by kind, in the order of the index, for these permits."""
        long, short = words_of(query)
        if not (long or short) or not actions:
            return {}
        sql, arguments = _question(long, short, actions, estate)
        given: dict[str, tuple[Found, ...]] = {}
        with self._reading() as raw:
            for kind in kinds:
                rows = raw.execute(sql, (*arguments, after, kind, limit)).fetchall()
                if rows:
                    given[kind] = tuple(_found(row, (*long, *short)) for row in rows)
        return given

    def observations(self, digits: str, limit: int = 5) -> tuple[str, ...]:
        """Give the ids of the observations that begin with these hexadecimal digits."""
        low = bytes.fromhex(digits.ljust(ID_DIGITS, "0"))
        high = bytes.fromhex(digits.ljust(ID_DIGITS, "f"))
        sql = "SELECT id FROM seen WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
        with self._reading() as raw:
            return tuple(row[0].hex() for row in raw.execute(sql, (low, high, limit)))

    def sources_about(self, about: str, *, limit: int) -> tuple[str, ...]:
        """Give the sources of the newest entries that lead to an object."""
        sql = "SELECT source FROM entry WHERE about = ? ORDER BY id DESC LIMIT ?"
        with self._reading() as raw:
            return tuple(row[0] for row in raw.execute(sql, (about, limit)))

    def mentioning(self, person: str, *, limit: int) -> tuple[str, ...]:
        """Give the sources of the newest entries that mention a person."""
        sql = "SELECT source FROM mention WHERE person = ? ORDER BY position DESC LIMIT ?"
        with self._reading() as raw:
            return tuple(row[0] for row in raw.execute(sql, (person, limit)))

    # -- the trail -------------------------------------------------------------------------

    def trail(
        self, wanted: TraceFilter, *, before: int | None = None, limit: int = 50
    ) -> tuple[Trace, ...]:
        """Give who did what, newest first, below a position."""
        conditions: list[str] = []
        arguments: list[object] = []
        for condition, value in (
            ("position < ?", before),
            ("actor = ?", wanted.actor or None),
            ("action >= ?", wanted.action or None),
            ("action < ?", wanted.action + "\U0010ffff" if wanted.action else None),
            ("about = ?", wanted.about or None),
            ("at >= ?", _micros(wanted.since) if wanted.since else None),
            ("at < ?", _micros(wanted.until) if wanted.until else None),
        ):
            if value is not None:
                conditions.append(condition)
                arguments.append(value)
        if wanted.refused:
            conditions.append("allowed = 0")
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        sql = f"SELECT * FROM trace {where} ORDER BY position DESC LIMIT ?"  # noqa: S608 -- our SQL
        with self._reading() as raw:
            return tuple(map(_trace, raw.execute(sql, (*arguments, limit))))

    # -- the file --------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._told(), closing(self._connect()) as raw:
            raw.execute("BEGIN")
            yield raw

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._told(), closing(self._connect()) as raw:
            raw.execute("BEGIN IMMEDIATE")
            yield raw
            raw.execute("COMMIT")

    def _told(self) -> AbstractContextManager[None]:
        return told(
            "the search index",
            place=str(self._path),
            wait=WAIT_SECONDS,
            check="delete the file; it is built again",
        )

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
        raw = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        raw.execute("PRAGMA journal_mode = WAL").fetchone()
        raw.execute("PRAGMA synchronous = NORMAL")
        raw.execute("PRAGMA secure_delete = ON").fetchone()
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
                for statement in _statements():
                    raw.execute(statement)
                raw.execute(f"PRAGMA user_version = {VERSION}")
            raw.execute("COMMIT")


INSERT = (
    "INSERT INTO entry (source, kind, about, estate, action, name, text, title_zh, title_en,"
    " position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _question(
    long: tuple[str, ...], short: tuple[str, ...], actions: Collection[str], estate: str
) -> tuple[str, list[object]]:
    """Give the query and its first arguments; the last three are number, kind and limit."""
    permitted = f"e.action IN ({', '.join('?' * len(actions))}) AND e.estate IN ('', ?)"
    conditions = [permitted]
    arguments: list[object] = [*actions, estate]
    for word in short:
        conditions.append("(instr(e.name, ?) > 0 OR instr(e.text, ?) > 0)")
        arguments += [word, word]
    source = "entry AS e WHERE"
    if long:
        source = "words AS w CROSS JOIN entry AS e ON e.id = w.rowid WHERE words MATCH ? AND"
        arguments.insert(0, phrase(long))
    number = "w.rowid" if long else "e.id"
    sql = (
        "SELECT e.id, e.about, e.estate, e.action, e.title_zh, e.title_en, e.name, e.text,"  # noqa: S608 -- our SQL
        f" e.position FROM {source} {' AND '.join(conditions)} AND {number} > ? AND e.kind = ?"
        f" ORDER BY {number} LIMIT ?"
    )
    return sql, arguments


def _statements() -> Iterator[str]:
    """Part the tables into statements; a trigger ends at its own END."""
    statement = ""
    for line in TABLES.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.source,
        entry.about.partition("/")[0],
        entry.about,
        entry.estate,
        entry.action,
        folded(entry.name),
        folded(entry.text)[:LONGEST_TEXT],
        entry.title_zh,
        entry.title_en,
        entry.position,
    )


def _found(row: tuple[int, str, str, str, str, str, str, str, int], words: Iterable[str]) -> Found:
    number, about, estate, action, title_zh, title_en, name, text, position = row
    beyond = next((word for word in words if word not in name), "")
    at = text.find(beyond) if beyond else -1
    snippet = text[max(0, at - SNIPPET) : at + len(beyond) + SNIPPET] if at >= 0 else ""
    return Found(
        number=number,
        about=about,
        estate=estate,
        action=action,
        title_zh=title_zh,
        title_en=title_en,
        snippet=" ".join(snippet.split()),
        position=position,
    )


def _trace_row(trace: Trace) -> tuple[object, ...]:
    return (
        trace.position,
        _micros(trace.at),
        trace.actor,
        trace.action,
        trace.target,
        int(trace.allowed),
        trace.about,
        trace.kind,
        trace.observation,
    )


def _trace(row: tuple[int, int, str, str, str, int, str, str, str]) -> Trace:
    position, at, actor, action, target, allowed, about, kind, observation = row
    return Trace(
        position=position,
        at=datetime.fromtimestamp(at / 1_000_000, UTC),
        actor=actor,
        action=action,
        target=target,
        allowed=bool(allowed),
        about=about,
        kind=kind,
        observation=observation,
    )


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _reach(raw: sqlite3.Connection, name: str, value: str) -> None:
    raw.execute(
        "INSERT INTO reached VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
