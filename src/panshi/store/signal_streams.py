"""Where shared signals rest: `zero_trust/streams.sqlite`, read and written by all processes.

What is set up (feeds we listen to, receivers and streams we send on), what was heard (tokens by
their `jti`, for as long as a repetition can come), what arrived and what was done about it, and the
queue of every stream we send on. Secrets stand in columns of their own, are never part of a value
that is printed, and the file belongs to its owner only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from panshi.errors import StoreError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.signal_rows import Arrival, Fare, FeedRow, ReceiverRow, StreamFare, StreamRow
from panshi.store.sqlite_words import told

FOLDER = "zero_trust"
FILE = "streams.sqlite"
WAIT_SECONDS = 20.0
VERSION = 1
KEPT_ARRIVALS = 1_000
"Arrivals kept per feed; the sealed log keeps all of them."
_TABLES = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feed (
    name TEXT PRIMARY KEY, body BLOB NOT NULL, secret TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fare (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heard (
    issuer TEXT NOT NULL, jti TEXT NOT NULL, digest TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (issuer, jti)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS heard_at ON heard (at);
CREATE TABLE IF NOT EXISTS arrival (
    seq INTEGER PRIMARY KEY, feed TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS arrival_feed ON arrival (feed, seq);
CREATE TABLE IF NOT EXISTS learned (
    kind TEXT NOT NULL, feed TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, feed, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receiver (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS access (
    digest TEXT PRIMARY KEY, receiver TEXT NOT NULL, scopes TEXT NOT NULL, until REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream (
    id TEXT PRIMARY KEY, receiver TEXT NOT NULL, body BLOB NOT NULL, secret TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream_fare (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream_subject (
    stream TEXT NOT NULL, subject TEXT NOT NULL, wanted INTEGER NOT NULL,
    PRIMARY KEY (stream, subject)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outgoing (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, jti TEXT NOT NULL,
    token TEXT NOT NULL, at REAL NOT NULL, UNIQUE (stream, jti)
);
"""


class SignalStreams(AbstractContextManager["SignalStreams"]):
    """All of it for one home; one caller at a time, in whatever thread."""

    def __init__(self, home: Path) -> None:
        """Open the file, and make it where it is missing."""
        folder = home / FOLDER
        self._place = str(folder / FILE)
        ready_directory(folder)
        with self._told():
            self._raw = sqlite3.connect(
                folder / FILE, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            (folder / FILE).chmod(OWNER_ONLY_FILE)
            self._raw.execute("PRAGMA journal_mode=WAL")
            self._raw.execute("PRAGMA synchronous=FULL")
            version = self._raw.execute("PRAGMA user_version").fetchone()[0]
            if version not in {0, VERSION}:
                self._raw.close()
                raise StoreError(
                    f"signal streams of version {version}",
                    place=self._place,
                    remedy=f"this program reads version {VERSION}; use the one that wrote them",
                )
            self._raw.executescript(_TABLES)
            self._raw.execute(f"PRAGMA user_version={VERSION}")

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._raw.close()

    def changed(self) -> int:
        """Give a number that is another one once another process has written."""
        with self._told():
            return int(self._raw.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def together(self) -> Iterator[None]:
        """Write several things or none of them."""
        with self._told():
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._raw.execute("ROLLBACK")
                raise
            self._raw.execute("COMMIT")

    # ---- settings -------------------------------------------------------------------------

    def setting(self, name: str) -> str:
        """Give a setting; empty where it was never set."""
        found = self._one("SELECT value FROM setting WHERE name = ?", (name,))
        return str(found[0]) if found else ""

    def set(self, name: str, value: str) -> None:
        """Keep a setting."""
        self._do("REPLACE INTO setting VALUES (?, ?)", (name, value))

    # ---- feeds ----------------------------------------------------------------------------

    def feeds(self) -> tuple[FeedRow, ...]:
        """Give every feed by name."""
        rows = self._all("SELECT body FROM feed ORDER BY name")
        return tuple(msgspec.json.decode(body, type=FeedRow) for (body,) in rows)

    def feed(self, name: str) -> FeedRow | None:
        """Give one feed."""
        found = self._one("SELECT body FROM feed WHERE name = ?", (name,))
        return msgspec.json.decode(found[0], type=FeedRow) if found else None

    def feed_secret(self, name: str) -> str:
        """Give what is sent to the transmitter in Authorization; never printed."""
        found = self._one("SELECT secret FROM feed WHERE name = ?", (name,))
        return str(found[0]) if found else ""

    def keep_feed(self, feed: FeedRow, secret: str | None = None) -> None:
        """Keep a feed; without a secret the one it has stays."""
        kept = self.feed_secret(feed.name) if secret is None else secret
        self._do("REPLACE INTO feed VALUES (?, ?, ?)", (feed.name, msgspec.json.encode(feed), kept))

    def drop_feed(self, name: str) -> None:
        """Forget a feed and what it taught; tokens it sent stay known."""
        with self.together():
            for table in ("feed", "fare"):
                self._raw.execute(f"DELETE FROM {table} WHERE name = ?", (name,))  # noqa: S608 -- two fixed names
            for table in ("arrival", "learned"):
                self._raw.execute(f"DELETE FROM {table} WHERE feed = ?", (name,))  # noqa: S608 -- two fixed names

    def fare(self, name: str) -> Fare:
        """Give how a feed fared."""
        found = self._one("SELECT body FROM fare WHERE name = ?", (name,))
        return msgspec.json.decode(found[0], type=Fare) if found else Fare()

    def keep_fare(self, name: str, fare: Fare) -> None:
        """Keep how a feed fares."""
        self._do("REPLACE INTO fare VALUES (?, ?)", (name, msgspec.json.encode(fare)))

    def heard(self, issuer: str, jti: str) -> str | None:
        """Give the digest of the token that used a `jti`; None where none did."""
        found = self._one("SELECT digest FROM heard WHERE issuer = ? AND jti = ?", (issuer, jti))
        return str(found[0]) if found else None

    def hear(self, issuer: str, jti: str, digest: str, at: float) -> None:
        """Remember a token."""
        self._do("INSERT INTO heard VALUES (?, ?, ?, ?)", (issuer, jti, digest, at))

    def forget_heard(self, before: float) -> int:
        """Forget tokens taken before a moment; count them."""
        return self._do("DELETE FROM heard WHERE at < ?", (before,))

    def arrive(self, arrival: Arrival) -> None:
        """Keep what came, and no more than the last of a feed."""
        self._do(
            "INSERT INTO arrival (feed, body) VALUES (?, ?)",
            (arrival.feed, msgspec.json.encode(arrival)),
        )

    def trim_arrivals(self, feed: str) -> int:
        """Drop the oldest arrivals of a feed beyond what is kept."""
        return self._do(
            "DELETE FROM arrival WHERE feed = ? AND seq <= coalesce((SELECT seq FROM arrival"
            " WHERE feed = ? ORDER BY seq DESC LIMIT 1 OFFSET ?), -1)",
            (feed, feed, KEPT_ARRIVALS),
        )

    def arrivals(
        self, feed: str, *, most: int = 50, before: int | None = None
    ) -> tuple[tuple[int, Arrival], ...]:
        """Give the newest arrivals of a feed, each with its place for the next page."""
        rows = self._all(
            "SELECT seq, body FROM arrival WHERE feed = ? AND (? IS NULL OR seq < ?)"
            " ORDER BY seq DESC LIMIT ?",
            (feed, before, before, most),
        )
        return tuple((int(seq), msgspec.json.decode(body, type=Arrival)) for seq, body in rows)

    # ---- what feeds taught ----------------------------------------------------------------

    def learn(self, kind: str, feed: str, name: str, value: str) -> None:
        """Keep something a feed taught: that a user is refused, that an address moved."""
        self._do("REPLACE INTO learned VALUES (?, ?, ?, ?)", (kind, feed, name, value))

    def unlearn(self, kind: str, feed: str, name: str) -> bool:
        """Take back what this feed taught; False where it taught no such thing."""
        statement = "DELETE FROM learned WHERE kind = ? AND feed = ? AND name = ?"
        return self._do(statement, (kind, feed, name)) > 0

    def learned(self, kind: str, feed: str | None = None) -> tuple[tuple[str, str, str], ...]:
        """Give everything of a kind: feed, name, value."""
        return tuple(
            self._all(
                "SELECT feed, name, value FROM learned WHERE kind = ? AND (? IS NULL OR feed = ?)"
                " ORDER BY feed, name",
                (kind, feed, feed),
            )
        )

    # ---- receivers and their access tokens ------------------------------------------------

    def receivers(self) -> tuple[ReceiverRow, ...]:
        """Give everybody who may have streams from us."""
        rows = self._all("SELECT body FROM receiver ORDER BY name")
        return tuple(msgspec.json.decode(body, type=ReceiverRow) for (body,) in rows)

    def receiver(self, name: str) -> ReceiverRow | None:
        """Give one of them."""
        found = self._one("SELECT body FROM receiver WHERE name = ?", (name,))
        return msgspec.json.decode(found[0], type=ReceiverRow) if found else None

    def keep_receiver(self, receiver: ReceiverRow) -> None:
        """Keep a receiver."""
        body = msgspec.json.encode(receiver)
        self._do("REPLACE INTO receiver VALUES (?, ?)", (receiver.name, body))

    def drop_receiver(self, name: str) -> None:
        """Forget a receiver with its streams and its tokens."""
        for row in self.streams(name):
            self.drop_stream(row.id)
        with self.together():
            self._raw.execute("DELETE FROM receiver WHERE name = ?", (name,))
            self._raw.execute("DELETE FROM access WHERE receiver = ?", (name,))

    def grant(self, digest: str, receiver: str, scopes: str, until: float) -> None:
        """Keep an access token by its digest."""
        self._do("REPLACE INTO access VALUES (?, ?, ?, ?)", (digest, receiver, scopes, until))

    def granted(self, digest: str, now: float) -> tuple[str, str] | None:
        """Give receiver and scopes of an access token that still holds."""
        found = self._one(
            "SELECT receiver, scopes FROM access WHERE digest = ? AND until > ?", (digest, now)
        )
        return (str(found[0]), str(found[1])) if found else None

    def drop_grants(self, before: float) -> int:
        """Forget access tokens that ended before a moment."""
        return self._do("DELETE FROM access WHERE until <= ?", (before,))

    # ---- streams we send on ---------------------------------------------------------------

    def streams(self, receiver: str | None = None) -> tuple[StreamRow, ...]:
        """Give every stream, or those of one receiver."""
        rows = self._all(
            "SELECT body FROM stream WHERE ? IS NULL OR receiver = ? ORDER BY id",
            (receiver, receiver),
        )
        return tuple(msgspec.json.decode(body, type=StreamRow) for (body,) in rows)

    def stream(self, stream_id: str) -> StreamRow | None:
        """Give one stream."""
        found = self._one("SELECT body FROM stream WHERE id = ?", (stream_id,))
        return msgspec.json.decode(found[0], type=StreamRow) if found else None

    def stream_secret(self, stream_id: str) -> str:
        """Give what is sent with every push; never printed."""
        found = self._one("SELECT secret FROM stream WHERE id = ?", (stream_id,))
        return str(found[0]) if found else ""

    def keep_stream(self, stream: StreamRow, secret: str) -> None:
        """Keep a stream."""
        body = msgspec.json.encode(stream)
        self._do(
            "REPLACE INTO stream VALUES (?, ?, ?, ?)", (stream.id, stream.receiver, body, secret)
        )

    def drop_stream(self, stream_id: str) -> None:
        """Forget a stream with all that waits on it."""
        with self.together():
            for statement in (
                "DELETE FROM stream WHERE id = ?",
                "DELETE FROM stream_fare WHERE id = ?",
                "DELETE FROM stream_subject WHERE stream = ?",
                "DELETE FROM outgoing WHERE stream = ?",
            ):
                self._raw.execute(statement, (stream_id,))

    def stream_fare(self, stream_id: str) -> StreamFare:
        """Give how a stream fared."""
        found = self._one("SELECT body FROM stream_fare WHERE id = ?", (stream_id,))
        return msgspec.json.decode(found[0], type=StreamFare) if found else StreamFare()

    def keep_stream_fare(self, stream_id: str, fare: StreamFare) -> None:
        """Keep how a stream fares."""
        self._do("REPLACE INTO stream_fare VALUES (?, ?)", (stream_id, msgspec.json.encode(fare)))

    def want_subject(self, stream_id: str, subject: str, *, wanted: bool) -> None:
        """Add a subject to a stream, or take it out."""
        self._do("REPLACE INTO stream_subject VALUES (?, ?, ?)", (stream_id, subject, int(wanted)))

    def subjects(self, stream_id: str, *, wanted: bool) -> tuple[str, ...]:
        """Give the subjects that were added, or taken out, as they are written."""
        rows = self._all(
            "SELECT subject FROM stream_subject WHERE stream = ? AND wanted = ? ORDER BY subject",
            (stream_id, int(wanted)),
        )
        return tuple(str(subject) for (subject,) in rows)

    # ---- the queue ------------------------------------------------------------------------

    def enqueue(self, stream_id: str, tokens: Iterable[tuple[str, str]], at: float) -> None:
        """Put tokens (id and text) at the end of a stream's queue."""
        with self._told():
            self._raw.executemany(
                "INSERT OR IGNORE INTO outgoing (stream, jti, token, at) VALUES (?, ?, ?, ?)",
                [(stream_id, jti, token, at) for jti, token in tokens],
            )

    def waiting(self, stream_id: str, most: int) -> tuple[tuple[str, str], ...]:
        """Give the oldest tokens of a queue: id and text."""
        rows = self._all(
            "SELECT jti, token FROM outgoing WHERE stream = ? ORDER BY seq LIMIT ?",
            (stream_id, most),
        )
        return tuple((str(jti), str(token)) for jti, token in rows)

    def waits(self, stream_id: str) -> int:
        """Count what waits on a stream."""
        found = self._one("SELECT count(*) FROM outgoing WHERE stream = ?", (stream_id,))
        return int(found[0]) if found else 0

    def delivered(self, stream_id: str, ids: Iterable[str]) -> int:
        """Take delivered tokens out of a queue; count those that were in it."""
        with self._told():
            return self._raw.executemany(
                "DELETE FROM outgoing WHERE stream = ? AND jti = ?",
                [(stream_id, jti) for jti in ids],
            ).rowcount

    def shorten(self, stream_id: str, most: int) -> int:
        """Drop the oldest of a queue beyond a length; count them."""
        return self._do(
            "DELETE FROM outgoing WHERE stream = ? AND seq <= coalesce((SELECT seq FROM outgoing"
            " WHERE stream = ? ORDER BY seq DESC LIMIT 1 OFFSET ?), -1)",
            (stream_id, stream_id, most),
        )

    def _do(self, statement: str, values: tuple[object, ...]) -> int:
        with self._told():
            return self._raw.execute(statement, values).rowcount

    def _one(self, statement: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
        with self._told():
            found: tuple[Any, ...] | None = self._raw.execute(statement, values).fetchone()
        return found

    def _all(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._told():
            return self._raw.execute(statement, values).fetchall()

    def _told(self) -> AbstractContextManager[None]:
        return told("the signal streams", place=self._place, wait=WAIT_SECONDS)
