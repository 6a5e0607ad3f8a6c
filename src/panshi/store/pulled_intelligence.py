"""Pulled intelligence at rest: `HOME/intelligence/pulled.sqlite3`.

Objects as they came, one row per source and id with the newest version; what they ask to be looked
for, once per alternative however many ask; how far each collection was pulled. A page and the
progress behind it are one transaction: whatever kills the program, a pull goes on where the last
page on disk ended, and no object is there twice. Whoever loses this file pulls again.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from panshi.errors import IntegrityError
from panshi.model.alliance.pulled import (
    Heard,
    Incoming,
    Kept,
    Piece,
    Progress,
    Reported,
    Sight,
    SourcePlace,
)
from panshi.model.alliance.ticket import Observable
from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

PLACE = Path("intelligence") / "pulled.sqlite3"
WAIT_SECONDS = 20.0
_TABLES = """
CREATE TABLE IF NOT EXISTS source (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (
    source TEXT NOT NULL, collection TEXT NOT NULL, body BLOB NOT NULL, checksum BLOB NOT NULL,
    PRIMARY KEY (source, collection)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, id TEXT NOT NULL,
    version TEXT NOT NULL, digest BLOB NOT NULL, about TEXT NOT NULL, gone INTEGER NOT NULL,
    until TEXT NOT NULL, came TEXT NOT NULL, piece BLOB NOT NULL, body BLOB NOT NULL,
    UNIQUE (source, id)
);
CREATE INDEX IF NOT EXISTS object_id ON object (id);
CREATE INDEX IF NOT EXISTS object_about ON object (about) WHERE about <> '';
CREATE TABLE IF NOT EXISTS alternative (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS value (
    kind TEXT NOT NULL, value TEXT NOT NULL, alternative INTEGER NOT NULL,
    PRIMARY KEY (kind, value, alternative)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS asked (
    alternative INTEGER NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (alternative, source, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS asked_by ON asked (source, id);
CREATE TABLE IF NOT EXISTS sight (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS reported (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sight TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS object_until ON object (until) WHERE until <> '';
CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY, mark BLOB NOT NULL);
"""


class PulledIntelligence(AbstractContextManager["PulledIntelligence"]):
    """The intelligence of one home; use it within `with`, in one thread."""

    def __init__(self, home: Path) -> None:
        """Open it, and make it where it is missing."""
        self._place = str(home / PLACE)
        ready_directory((home / PLACE).parent)
        with self._told():
            self._raw = sqlite3.connect(home / PLACE, timeout=WAIT_SECONDS, isolation_level=None)
            (home / PLACE).chmod(OWNER_ONLY_FILE)
            self._raw.execute("PRAGMA journal_mode=WAL")
            self._raw.execute("PRAGMA synchronous=FULL")
            self._raw.executescript(_TABLES)

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._raw.close()

    # -- where from --------------------------------------------------------------------------

    def sources(self) -> tuple[SourcePlace, ...]:
        """Give every source by name."""
        with self._told():
            rows = self._raw.execute("SELECT body FROM source ORDER BY name").fetchall()
        return tuple(msgspec.json.decode(row[0], type=SourcePlace) for row in rows)

    def keep_source(self, place: SourcePlace) -> None:
        """Add a source, or replace what is known of it."""
        with self._writing():
            self._raw.execute(
                "REPLACE INTO source VALUES (?, ?)", (place.name, msgspec.json.encode(place))
            )
            self._changed()

    def forget_source(self, name: str) -> None:
        """Forget a source with all that came from it."""
        with self._writing():
            for table in ("source", "progress", "object", "asked"):
                column = "name" if table == "source" else "source"
                self._raw.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 -- our names
            self._sweep()
            self._changed()

    def progress(self, source: str, collection: str) -> Progress:
        """Give how far a collection was pulled; refused where what is written is not whole."""
        with self._told():
            row = self._raw.execute(
                "SELECT body, checksum FROM progress WHERE source = ? AND collection = ?",
                (source, collection),
            ).fetchone()
        if row is None:
            return Progress()
        if _checksum(source, collection, row[0]) != row[1]:
            raise IntegrityError(
                "what is written on how far a pull came is damaged",
                place=f"{source} {collection}",
                remedy="`panshi intel pull --anew` asks for everything again; nothing is doubled",
            )
        return msgspec.json.decode(row[0], type=Progress)

    # -- what came ---------------------------------------------------------------------------

    def take(
        self,
        source: str,
        collection: str,
        incoming: Sequence[Incoming],
        progress: Progress,
        *,
        now: datetime,
    ) -> tuple[int, int]:
        """Keep a page and the progress behind it; gives how many are new, and newer versions."""
        new = newer = 0
        with self._writing():
            for each in incoming:
                fate = self._keep(source, each, now)
                new, newer = new + (fate == 1), newer + (fate == 2)  # noqa: PLR2004 -- fates of `_keep`
            if new or newer:
                self._changed()
            body = msgspec.json.encode(progress)
            self._raw.execute(
                "REPLACE INTO progress VALUES (?, ?, ?, ?)",
                (source, collection, body, _checksum(source, collection, body)),
            )
        return new, newer

    def _keep(self, source: str, each: Incoming, now: datetime) -> int:
        """Keep one object: 0 where it is known or older, 1 new, 2 a newer version."""
        piece = each.piece
        digest = hashlib.sha256(each.body).digest()
        version = piece.version.isoformat() if piece.version else ""
        known = self._raw.execute(
            "SELECT version, digest FROM object WHERE source = ? AND id = ?", (source, piece.id)
        ).fetchone()
        if known and (known[1] == digest or version < known[0]):
            return 0
        self._raw.execute("DELETE FROM object WHERE source = ? AND id = ?", (source, piece.id))
        until = piece.valid_until.isoformat() if piece.valid_until else ""
        self._raw.execute(
            "INSERT INTO object (source, id, version, digest, about, gone, until, came, piece,"
            " body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source, piece.id, version, digest, piece.about, int(piece.revoked), until,
                now.isoformat(), msgspec.json.encode(piece), each.body,
            ),
        )  # fmt: skip
        if known:
            self._raw.execute("DELETE FROM asked WHERE source = ? AND id = ?", (source, piece.id))
        for values in each.alternatives:
            number = self._alternative(values)
            self._raw.execute(
                "INSERT OR IGNORE INTO asked VALUES (?, ?, ?)", (number, source, piece.id)
            )
        return 2 if known else 1

    def _alternative(self, values: tuple[Observable, ...]) -> int:
        body = msgspec.json.encode(values)
        key = hashlib.sha256(body).hexdigest()
        row = self._raw.execute("SELECT number FROM alternative WHERE key = ?", (key,)).fetchone()
        if row:
            return int(row[0])
        number = self._raw.execute(
            "INSERT INTO alternative (key, body) VALUES (?, ?)", (key, body)
        ).lastrowid
        self._raw.executemany(
            "INSERT INTO value VALUES (?, ?, ?)",
            [(each.kind, each.value, number) for each in values],
        )
        return number or 0

    def _sweep(self) -> None:
        """Drop alternatives nobody asks for any more."""
        unasked = "SELECT number FROM alternative EXCEPT SELECT alternative FROM asked"
        self._raw.execute(f"DELETE FROM value WHERE alternative IN ({unasked})")  # noqa: S608 -- our text
        self._raw.execute(f"DELETE FROM alternative WHERE number IN ({unasked})")  # noqa: S608 -- our text

    def _changed(self) -> None:
        self._raw.execute("REPLACE INTO state VALUES (1, randomblob(16))")

    # -- what is known -----------------------------------------------------------------------

    def state(self, now: datetime) -> tuple[bytes, str]:
        """Give what is the same as long as nothing came, went or lapsed."""
        with self._told():
            mark = self._raw.execute("SELECT mark FROM state").fetchone()
            lapsed = self._raw.execute(
                "SELECT max(until) FROM object WHERE until <> '' AND until <= ?", (now.isoformat(),)
            ).fetchone()
        return (mark[0] if mark else b""), (lapsed[0] or "")

    def pieces(
        self, *, before: int = 0, limit: int = 100, about: str = "", links: bool = True
    ) -> tuple[Kept, ...]:
        """Give pieces, the newest change first, from a place on; or those of one id.

        Without links, what only ties or marks others (relationships, marking definitions) is left
        out.
        """
        with self._told():
            rows = self._raw.execute(
                "SELECT seq, piece, came FROM object WHERE (? = 0 OR seq < ?)"
                " AND (? = '' OR id = ?) AND (? OR (id NOT GLOB 'relationship--*'"
                " AND id NOT GLOB 'marking-definition--*')) ORDER BY seq DESC LIMIT ?",
                (before, before, about, about, links, limit),
            ).fetchall()
        return tuple(map(_kept, rows))

    def bodies(self, object_id: str) -> tuple[tuple[str, bytes], ...]:
        """Give the bytes of an object, by source."""
        with self._told():
            return tuple(
                self._raw.execute(
                    "SELECT source, body FROM object WHERE id = ? ORDER BY source", (object_id,)
                ).fetchall()
            )

    def counts(self) -> dict[str, int]:
        """Count what lies here."""
        with self._told():
            return {
                name: self._raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 -- our names
                for name, table in (
                    ("objects", "object"),
                    ("values", "alternative"),
                    ("sights", "sight"),
                    ("reported", "reported"),
                )
            }

    def heard(self, now: datetime, *, numbers: Sequence[int] = ()) -> Iterator[Heard]:
        """Yield all that is said of what is valid now, alternative by alternative."""
        chosen = f" AND a.number IN ({', '.join(map(str, map(int, numbers)))})" if numbers else ""
        with self._told():
            rows = self._raw.execute(
                "SELECT a.number, a.body, o.piece, o.piece FROM alternative a"  # noqa: S608 -- numbers only
                " JOIN asked k ON k.alternative = a.number"
                " JOIN object o ON o.source = k.source AND o.id = k.id"
                f" WHERE o.gone = 0 AND (o.until = '' OR o.until > :now){chosen}"
                " UNION ALL"
                " SELECT a.number, a.body, o.piece, s.piece FROM alternative a"
                " JOIN asked k ON k.alternative = a.number"
                " JOIN object o ON o.source = k.source AND o.id = k.id"
                " JOIN object s ON s.about = o.id"
                f" WHERE o.gone = 0 AND s.gone = 0 AND (o.until = '' OR o.until > :now){chosen}"
                " ORDER BY 1",
                {"now": now.isoformat()},
            )
            for number, values, piece, by in rows:
                yield Heard(
                    alternative=number,
                    values=msgspec.json.decode(values, type=tuple[Observable, ...]),
                    piece=msgspec.json.decode(piece, type=Piece),
                    by=msgspec.json.decode(by, type=Piece),
                )

    def alternatives_of(self, kind: str, value: str) -> tuple[int, ...]:
        """Give alternatives that hold a value."""
        with self._told():
            rows = self._raw.execute(
                "SELECT alternative FROM value WHERE kind = ? AND value = ? ORDER BY alternative",
                (kind, value),
            ).fetchall()
        return tuple(row[0] for row in rows)

    def alternatives_asked(self, object_id: str) -> tuple[int, ...]:
        """Give alternatives an object asks for."""
        with self._told():
            rows = self._raw.execute(
                "SELECT DISTINCT alternative FROM asked WHERE id = ? ORDER BY alternative",
                (object_id,),
            ).fetchall()
        return tuple(row[0] for row in rows)

    def values(self, kind: str) -> Iterator[tuple[str, int]]:
        """Yield every value of a kind with its alternatives."""
        with self._told():
            yield from self._raw.execute(
                "SELECT value, alternative FROM value WHERE kind = ? ORDER BY value", (kind,)
            )

    # -- what was seen and told --------------------------------------------------------------

    def keep_sights(self, sights: Sequence[Sight]) -> int:
        """Keep what was found; what was found before is not new. Counts the new ones."""
        before = self._raw.total_changes
        with self._writing():
            self._raw.executemany(
                "INSERT OR IGNORE INTO sight (id, body) VALUES (?, ?)",
                [(each.id, msgspec.json.encode(each)) for each in sights],
            )
        return self._raw.total_changes - before

    def sights(self, *, before: int = 0, limit: int = 100) -> tuple[tuple[int, Sight], ...]:
        """Give what was found, newest first, from a place on."""
        with self._told():
            rows = self._raw.execute(
                "SELECT number, body FROM sight WHERE (? = 0 OR number < ?)"
                " ORDER BY number DESC LIMIT ?",
                (before, before, limit),
            ).fetchall()
        return tuple((row[0], msgspec.json.decode(row[1], type=Sight)) for row in rows)

    def sight(self, sight_id: str) -> Sight | None:
        """Give one finding by its id or the beginning of it."""
        with self._told():
            rows = self._raw.execute(
                "SELECT body FROM sight WHERE substr(id, 1, ?) = ? LIMIT 2",
                (len(sight_id), sight_id),
            ).fetchall()
        return msgspec.json.decode(rows[0][0], type=Sight) if len(rows) == 1 else None

    def keep_reported(self, reported: Reported) -> None:
        """Keep that a sighting was told."""
        with self._writing():
            self._raw.execute(
                "REPLACE INTO reported (id, sight, body) VALUES (?, ?, ?)",
                (reported.id, reported.sight, msgspec.json.encode(reported)),
            )
            self._changed()

    def reported(self, *, before: int = 0, limit: int = 100) -> tuple[tuple[int, Reported], ...]:
        """Give what was told, newest first, from a place on."""
        with self._told():
            rows = self._raw.execute(
                "SELECT number, body FROM reported WHERE (? = 0 OR number < ?)"
                " ORDER BY number DESC LIMIT ?",
                (before, before, limit),
            ).fetchall()
        return tuple((row[0], msgspec.json.decode(row[1], type=Reported)) for row in rows)

    def reported_of(self, sight_id: str) -> tuple[Reported, ...]:
        """Give what was told of one finding."""
        with self._told():
            rows = self._raw.execute(
                "SELECT body FROM reported WHERE sight = ? ORDER BY number", (sight_id,)
            ).fetchall()
        return tuple(msgspec.json.decode(row[0], type=Reported) for row in rows)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._told():
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._raw.execute("COMMIT")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise

    def _told(self) -> AbstractContextManager[None]:
        return told("the pulled intelligence", place=self._place, wait=WAIT_SECONDS)


def _kept(row: tuple[int, bytes, str]) -> Kept:
    return Kept(
        seq=row[0],
        piece=msgspec.json.decode(row[1], type=Piece),
        came_at=datetime.fromisoformat(row[2]),
    )


def _checksum(source: str, collection: str, body: bytes) -> bytes:
    return hashlib.sha256(f"{source}\n{collection}\n".encode() + body).digest()
