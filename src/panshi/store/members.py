"""What a hub remembers of requests: nonces, submissions with their answers, tokens of members.

    hub/members.sqlite3

A nonce is kept until its signature is good for nothing any more, so that the same signed request
counts once. A submission is known by its member and its idempotency key: the same content again
gets the same answer, another content is a conflict. `finish` returns when the answer would survive
the loss of power; a submission that was begun and not finished when the process died is done again
by whoever sends it again. Tokens are kept as digests only.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock

from panshi.errors import MissingError, UsageError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

PLACE = Path("hub") / "members.sqlite3"
WAIT_SECONDS = 30.0
ANSWERS_KEPT = timedelta(days=30)
"After so long an answer is forgotten; that there was one, and to what, is not."
PRUNE_EVERY = 500
TOKENS_EACH = 20

TABLES = """
CREATE TABLE IF NOT EXISTS nonce (
  key TEXT NOT NULL, nonce TEXT NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (key, nonce)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonce_until ON nonce (until);
CREATE TABLE IF NOT EXISTS submission (
  id INTEGER PRIMARY KEY, member TEXT NOT NULL, idempotency TEXT NOT NULL, sha256 TEXT NOT NULL,
  kind TEXT NOT NULL, bytes INTEGER NOT NULL, items INTEGER NOT NULL, signed_by TEXT NOT NULL,
  at INTEGER NOT NULL, done_at INTEGER, status INTEGER NOT NULL, answer BLOB,
  UNIQUE (member, idempotency));
CREATE INDEX IF NOT EXISTS submission_member ON submission (member, id);
CREATE INDEX IF NOT EXISTS submission_answered ON submission (done_at) WHERE answer IS NOT NULL;
CREATE TABLE IF NOT EXISTS token (
  sha256 TEXT PRIMARY KEY, member TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
  created INTEGER NOT NULL, expires INTEGER NOT NULL, UNIQUE (member, name)) WITHOUT ROWID;
"""


class Begun(StrEnum):
    """What an idempotency key says of a submission."""

    FRESH = "fresh"
    "Nothing came under this key, or it was never finished: do it."
    DONE = "done"
    "The same content was done: give the same answer."
    CONFLICT = "conflict"
    "Another content came under this key."
    IN_HAND = "in_hand"
    "The same is being done at this moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One submission of a member."""

    id: int
    member: str
    idempotency_key: str
    sha256: str
    kind: str
    "What was submitted: `tickets`, `objects` …"
    size: int
    "Bytes of its body."
    items: int
    "How many were accepted; 0 before it is done."
    signed_by: str
    "Key whose signature it bore."
    at: datetime
    done_at: datetime | None
    "When it was accepted and durable; None: begun and not finished."
    status: int
    answer: bytes | None = None
    "None where it is not finished, or forgotten."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptToken:
    """What is kept of a member's token: never the token itself."""

    member: str
    name: str
    scopes: tuple[str, ...]
    created: datetime
    expires: datetime


class MemberStore:
    """Nonces, submissions and tokens of one hub."""

    def __init__(self, home: Path) -> None:
        """Open the file, which is made on first use."""
        self._place = home / PLACE
        self._lock = Lock()
        self._in_hand: set[tuple[str, str]] = set()
        self._since_prune = 0
        with self._told():
            ready_directory(self._place.parent)
            os.close(os.open(self._place, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
            self._raw = sqlite3.connect(
                self._place, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._raw.execute("PRAGMA journal_mode = WAL")
            self._raw.executescript(TABLES)

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._raw.close()

    # -- nonces ----------------------------------------------------------------------------

    def first_time(self, key: str, nonce: str, until: datetime, now: datetime) -> bool:
        """Note a nonce; give whether it is new among those still good for something."""
        with self._writing(sure=False) as raw:
            self._since_prune += 1
            if self._since_prune >= PRUNE_EVERY:
                self._since_prune = 0
                raw.execute("DELETE FROM nonce WHERE until < ?", (_stamp(now),))
            done = raw.execute(
                "INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)", (key, nonce, _stamp(until))
            )
            return done.rowcount == 1

    # -- submissions -------------------------------------------------------------------------

    def begin(
        self,
        member: str,
        idempotency_key: str,
        sha256_hex: str,
        *,
        kind: str,
        size: int,
        signed_by: str,
        now: datetime,
    ) -> tuple[Begun, Submission | None]:
        """Take a submission in hand, or give what became of it before."""
        name = (member, idempotency_key)
        with self._writing(sure=False) as raw:
            found = _one(raw, "member = ? AND idempotency = ?", name)
            if found is None:
                raw.execute(
                    "INSERT INTO submission (member, idempotency, sha256, kind, bytes, items,"
                    " signed_by, at, status) VALUES (?, ?, ?, ?, ?, 0, ?, ?, 0)",
                    (*name, sha256_hex, kind, size, signed_by, _stamp(now)),
                )
            elif found.sha256 != sha256_hex or found.kind != kind:
                return Begun.CONFLICT, found
            elif found.done_at is not None:
                return Begun.DONE, found
            elif name in self._in_hand:
                return Begun.IN_HAND, found
            self._in_hand.add(name)
        return Begun.FRESH, None

    def finish(
        self,
        member: str,
        idempotency_key: str,
        answer: bytes,
        *,
        status: int,
        items: int,
        now: datetime,
    ) -> None:
        """Keep the answer for good measure; durable when it returns."""
        name = (member, idempotency_key)
        with self._writing(sure=True) as raw:
            raw.execute(
                "UPDATE submission SET done_at = ?, status = ?, items = ?, answer = ?"
                " WHERE member = ? AND idempotency = ?",
                (_stamp(now), status, items, zlib.compress(answer, 1), *name),
            )
            raw.execute(
                "UPDATE submission SET answer = NULL WHERE answer IS NOT NULL AND done_at < ?",
                (_stamp(now - ANSWERS_KEPT),),
            )
            self._in_hand.discard(name)

    def leave(self, member: str, idempotency_key: str) -> None:
        """Forget a submission that was begun and refused; the same key may come again."""
        name = (member, idempotency_key)
        with self._writing(sure=False) as raw:
            raw.execute(
                "DELETE FROM submission WHERE member = ? AND idempotency = ? AND done_at IS NULL",
                name,
            )
            self._in_hand.discard(name)

    def submissions(
        self, member: str = "", *, before: int | None = None, limit: int = 50
    ) -> tuple[Submission, ...]:
        """Give submissions, newest first, below the id `before`."""
        wanted = "id < ?" + (" AND member = ?" if member else "")
        parts = (before if before is not None else 2**62, *((member,) if member else ()))
        with self._reading() as raw:
            rows = raw.execute(
                f"{_SELECT} WHERE {wanted} ORDER BY id DESC LIMIT ?",
                (*parts, limit),
            )
            return tuple(map(_submission, rows))

    def totals(self) -> dict[str, tuple[int, int, datetime]]:
        """Give of each member how many submissions, how many items, and when the last came."""
        with self._reading() as raw:
            rows = raw.execute(
                "SELECT member, count(*), sum(items), max(done_at) FROM submission"
                " WHERE done_at IS NOT NULL GROUP BY member"
            )
            return {row[0]: (row[1], row[2], _moment(row[3])) for row in rows}

    # -- tokens ------------------------------------------------------------------------------

    def add_token(self, kept: KeptToken, clear: str) -> None:
        """Keep the digest of a token."""
        with self._writing(sure=True) as raw:
            raw.execute("DELETE FROM token WHERE expires <= ?", (_stamp(kept.created),))
            names = [
                row[0]
                for row in raw.execute("SELECT name FROM token WHERE member = ?", (kept.member,))
            ]
            if kept.name in names:
                raise UsageError(
                    f"there is a token {kept.name!r}", remedy="revoke it or take another name"
                )
            if len(names) >= TOKENS_EACH:
                raise UsageError(
                    f"a member holds at most {TOKENS_EACH} tokens", remedy="revoke one"
                )
            raw.execute(
                "INSERT INTO token VALUES (?, ?, ?, ?, ?, ?)",
                (
                    _digest(clear),
                    kept.member,
                    kept.name,
                    " ".join(kept.scopes),
                    _stamp(kept.created),
                    _stamp(kept.expires),
                ),
            )

    def token(self, clear: str, now: datetime) -> KeptToken | None:
        """Give the token that was presented, if it is known and has not expired."""
        with self._reading() as raw:
            row = raw.execute(
                "SELECT member, name, scopes, created, expires FROM token"
                " WHERE sha256 = ? AND expires > ?",
                (_digest(clear), _stamp(now)),
            ).fetchone()
        return _token(row) if row else None

    def tokens(self, member: str) -> tuple[KeptToken, ...]:
        """Give the tokens of a member, by name."""
        with self._reading() as raw:
            rows = raw.execute(
                "SELECT member, name, scopes, created, expires FROM token WHERE member = ?"
                " ORDER BY name",
                (member,),
            )
            return tuple(map(_token, rows))

    def revoke_token(self, member: str, name: str) -> None:
        """Forget a token."""
        with self._writing(sure=True) as raw:
            done = raw.execute("DELETE FROM token WHERE member = ? AND name = ?", (member, name))
            if not done.rowcount:
                raise MissingError(f"{member} has no token {name[:70]!r}")

    # -- the file ----------------------------------------------------------------------------

    @contextmanager
    def _writing(self, *, sure: bool) -> Iterator[sqlite3.Connection]:
        """Change the file in one transaction; `sure`: on the disk when it ends."""
        with self._lock, self._told():
            self._raw.execute(f"PRAGMA synchronous = {'FULL' if sure else 'NORMAL'}")
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                yield self._raw
            except BaseException:
                self._raw.execute("ROLLBACK")
                raise
            self._raw.execute("COMMIT")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._told():
            yield self._raw

    def _told(self) -> AbstractContextManager[None]:
        return told("what the hub remembers of members", place=str(self._place), wait=WAIT_SECONDS)


_SELECT = (
    "SELECT id, member, idempotency, sha256, kind, bytes, items, signed_by, at, done_at, status,"
    " answer FROM submission"
)


def _one(raw: sqlite3.Connection, where: str, parts: tuple[str, ...]) -> Submission | None:
    row = raw.execute(f"{_SELECT} WHERE {where}", parts).fetchone()
    return _submission(row) if row else None


def _submission(row: tuple) -> Submission:  # type: ignore[type-arg]
    return Submission(
        id=row[0],
        member=row[1],
        idempotency_key=row[2],
        sha256=row[3],
        kind=row[4],
        size=row[5],
        items=row[6],
        signed_by=row[7],
        at=_moment(row[8]),
        done_at=_moment(row[9]) if row[9] is not None else None,
        status=row[10],
        answer=zlib.decompress(row[11]) if row[11] is not None else None,
    )


def _token(row: tuple) -> KeptToken:  # type: ignore[type-arg]
    return KeptToken(
        member=row[0],
        name=row[1],
        scopes=tuple(row[2].split()),
        created=_moment(row[3]),
        expires=_moment(row[4]),
    )


def _digest(clear: str) -> str:
    return sha256(clear.encode("utf-8", "surrogateescape")).hexdigest()


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1_000_000, UTC)
