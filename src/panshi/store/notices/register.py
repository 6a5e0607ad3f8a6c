"""Notices and deliveries in one SQLite file; uniqueness is the database's, not ours."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from panshi.store.notices.entries import Delivery, DeliveryState, Notice
from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

FILE_NAME = "notices.sqlite3"
WAIT_SECONDS = 10.0

TABLES = """
CREATE TABLE IF NOT EXISTS reached (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notice (
  id INTEGER PRIMARY KEY, person TEXT NOT NULL, key TEXT NOT NULL, occasion TEXT NOT NULL,
  about TEXT NOT NULL, title_zh TEXT NOT NULL, title_en TEXT NOT NULL, at INTEGER NOT NULL,
  read_at INTEGER, UNIQUE (person, key));
CREATE INDEX IF NOT EXISTS notice_unread ON notice (person) WHERE read_at IS NULL;
CREATE TABLE IF NOT EXISTS delivery (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, address TEXT NOT NULL,
  subject TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL, error TEXT NOT NULL, made_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, next_at);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was new of what people were to be told."""

    notices: tuple[Notice, ...]
    deliveries: int


class NoticeRegister:
    """One file below PANSHI_HOME."""

    def __init__(self, home: Path) -> None:
        """Open it, made on first use."""
        ready_directory(home)
        self._path = home / FILE_NAME
        with self._writing() as raw:
            for statement in TABLES.strip().split(";"):
                raw.execute(statement)

    # -- telling ---------------------------------------------------------------------------

    def reached(self, name: str) -> str:
        """Give how far something went; empty before the first time."""
        with self._reading() as raw:
            row = raw.execute("SELECT value FROM reached WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def known(self, person: str) -> frozenset[str]:
        """Give the keys a person was told of."""
        with self._reading() as raw:
            rows = raw.execute("SELECT key FROM notice WHERE person = ?", (person,)).fetchall()
        return frozenset(row[0] for row in rows)

    def tell(
        self,
        notices: Iterable[Notice],
        deliveries: Iterable[Delivery],
        reached: Iterable[tuple[str, str]] = (),
    ) -> Told:
        """Keep what is new of these, all or nothing; what was told before stays as it is."""
        new: list[Notice] = []
        queued = 0
        with self._writing() as raw:
            for each in notices:
                made = raw.execute(
                    "INSERT OR IGNORE INTO notice (person, key, occasion, about, title_zh,"
                    " title_en, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        each.person,
                        each.key,
                        each.occasion,
                        each.about,
                        each.title_zh,
                        each.title_en,
                        _micros(each.at),
                    ),
                )
                if made.rowcount:
                    new.append(each)
            for delivery in deliveries:
                queued += raw.execute(
                    "INSERT OR IGNORE INTO delivery (key, channel, address, subject, body, state,"
                    " attempts, next_at, error, made_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, '', ?)",
                    (
                        delivery.key,
                        delivery.channel,
                        delivery.address,
                        delivery.subject,
                        delivery.body,
                        DeliveryState.WAITING,
                        _micros(delivery.next_at),
                        _micros(delivery.made_at),
                    ),
                ).rowcount
            for name, value in reached:
                raw.execute("INSERT OR REPLACE INTO reached VALUES (?, ?)", (name, value))
        return Told(notices=tuple(new), deliveries=queued)

    # -- reading ---------------------------------------------------------------------------

    def notices(
        self, person: str, *, before: int | None = None, limit: int = 50
    ) -> tuple[Notice, ...]:
        """Give what a person was told, newest first."""
        with self._reading() as raw:
            rows = raw.execute(
                "SELECT id, person, key, occasion, about, title_zh, title_en, at, read_at FROM"
                " notice WHERE person = ? AND id < ? ORDER BY id DESC LIMIT ?",
                (person, before if before is not None else 1 << 62, limit),
            ).fetchall()
        return tuple(map(_notice, rows))

    def unread(self, person: str) -> int:
        """Count what a person has not read."""
        with self._reading() as raw:
            row = raw.execute(
                "SELECT count(*) FROM notice WHERE person = ? AND read_at IS NULL", (person,)
            ).fetchone()
        return int(row[0])

    def read(self, person: str, at: datetime, upto: int | None = None) -> None:
        """Note that a person has read everything, or everything up to a notice."""
        with self._writing() as raw:
            raw.execute(
                "UPDATE notice SET read_at = ? WHERE person = ? AND read_at IS NULL AND id <= ?",
                (_micros(at), person, upto if upto is not None else 1 << 62),
            )

    # -- delivering ------------------------------------------------------------------------

    def claim(self, now: datetime, limit: int = 20) -> tuple[Delivery, ...]:
        """Take what is due to be sent; each is taken once, by whoever is first."""
        with self._writing() as raw:
            rows = raw.execute(
                f"SELECT {COLUMNS} FROM delivery WHERE state = ? AND next_at <= ?"  # noqa: S608 -- our SQL
                " ORDER BY next_at, id LIMIT ?",
                (DeliveryState.WAITING, _micros(now), limit),
            ).fetchall()
            raw.executemany(
                "UPDATE delivery SET state = ?, attempts = attempts + 1 WHERE id = ?",
                ((DeliveryState.SENDING, row[0]) for row in rows),
            )
        return tuple(map(_delivery, rows))

    def settle(
        self,
        delivery_id: int,
        state: DeliveryState,
        *,
        error: str = "",
        next_at: datetime | None = None,
    ) -> None:
        """Note how a delivery went."""
        with self._writing() as raw:
            raw.execute(
                "UPDATE delivery SET state = ?, error = ?, next_at = coalesce(?, next_at)"
                " WHERE id = ?",
                (state, error, _micros(next_at) if next_at else None, delivery_id),
            )

    def deliveries(
        self, state: DeliveryState | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Give deliveries, newest first."""
        where = "WHERE state = ?" if state else ""
        with self._reading() as raw:
            rows = raw.execute(
                f"SELECT {COLUMNS} FROM delivery {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 -- our SQL
                (*((state,) if state else ()), limit),
            ).fetchall()
        return tuple(map(_delivery, rows))

    # -- the file --------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._told(), closing(self._connect()) as raw:
            yield raw

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._told(), closing(self._connect()) as raw:
            raw.execute("BEGIN IMMEDIATE")
            yield raw
            raw.execute("COMMIT")

    def _told(self) -> AbstractContextManager[None]:
        return told("the notices", place=str(self._path), wait=WAIT_SECONDS)

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
        raw = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        raw.execute("PRAGMA journal_mode = WAL").fetchone()
        raw.execute("PRAGMA synchronous = FULL")
        return raw


COLUMNS = "id, key, channel, address, subject, body, state, attempts, next_at, error, made_at"


def _notice(row: tuple[int, str, str, str, str, str, str, int, int | None]) -> Notice:
    number, person, key, occasion, about, title_zh, title_en, at, read_at = row
    return Notice(
        id=number,
        person=person,
        key=key,
        occasion=occasion,
        about=about,
        title_zh=title_zh,
        title_en=title_en,
        at=_moment(at),
        read=read_at is not None,
    )


def _delivery(row: tuple[int, str, str, str, str, str, str, int, int, str, int]) -> Delivery:
    number, key, channel, address, subject, body, state, attempts, next_at, error, made_at = row
    return Delivery(
        id=number,
        key=key,
        channel=channel,
        address=address,
        subject=subject,
        body=body,
        state=DeliveryState(state),
        attempts=attempts,
        next_at=_moment(next_at),
        error=error,
        made_at=_moment(made_at),
    )


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)
