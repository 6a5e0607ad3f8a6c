"""Alerts on findings: what was told, and what is on its way out, in one SQLite file.

The place reached in what is followed, which findings are open, the alerts and their deliveries
change in one transaction (`turn`), so that a crash at any point neither loses nor repeats one. A
delivery is tried until its receiver took it; each carries a key that names it, the same at every
try, by which a receiver tells a repeat.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

PLACE = Path("supply_chain") / "alerts.sqlite3"
WAIT_SECONDS = 30.0
LEASE = timedelta(minutes=2)
"After so long a delivery that was begun and not settled is tried again."

TABLES = """
CREATE TABLE IF NOT EXISTS reached (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opening (
  finding TEXT PRIMARY KEY, run INTEGER NOT NULL, open INTEGER NOT NULL, level INTEGER NOT NULL,
  digest INTEGER NOT NULL, vulnerability TEXT NOT NULL, system TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS opening_digest ON opening (digest) WHERE digest = 1;
CREATE TABLE IF NOT EXISTS alert (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, what TEXT NOT NULL,
  vulnerability TEXT NOT NULL, ssvc TEXT NOT NULL, due TEXT NOT NULL, cause TEXT NOT NULL,
  count INTEGER NOT NULL, channels TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS told (
  alert INTEGER NOT NULL, finding TEXT NOT NULL, run INTEGER NOT NULL, system TEXT NOT NULL,
  purl TEXT NOT NULL, PRIMARY KEY (alert, finding)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS told_finding ON told (finding);
CREATE TABLE IF NOT EXISTS delivery (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, alert INTEGER NOT NULL, channel TEXT NOT NULL,
  address TEXT NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, error TEXT NOT NULL, done_at INTEGER);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (state, next_at);
CREATE INDEX IF NOT EXISTS delivery_alert ON delivery (alert);
"""


class Sending(StrEnum):
    """Where a delivery is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    "Given up after the last try; people decide."


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFinding:
    """One opening of one finding within an alert."""

    finding: str
    run: int
    "1 the first time it opened, 2 when it came back."
    system: str
    purl: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing people were told."""

    id: int = 0
    key: str
    what: str
    "`opened`, `raised`, `digest` or `baseline`."
    vulnerability: str
    ssvc: str
    due: date | None
    cause: str
    count: int
    "Findings it speaks of."
    channels: tuple[str, ...] = ()
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert on its way to one address."""

    id: int = 0
    key: str
    channel: str
    "`evidence`, `mail`, `webhook`, `stix_file` or `stix_webhook`."
    address: str
    subject: str = ""
    body: bytes
    attempts: int = 0
    alert: int = 0
    state: Sending = Sending.WAITING
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one try of a delivery went."""

    delivery: int
    state: Sending
    at: datetime
    "When it was sent, or is to be tried again."
    error: str = ""


class Turn:
    """One transaction over everything the file keeps."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        """Use `AlertStore.turn`."""
        self._raw = raw

    def reached(self, name: str) -> str:
        """Give how far something was followed; empty before the first time."""
        row = self._raw.execute("SELECT value FROM reached WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def reach(self, name: str, value: str) -> None:
        """Note how far something was followed."""
        self._raw.execute("INSERT OR REPLACE INTO reached VALUES (?, ?)", (name, value))

    def opened(
        self, finding: str, *, level: int, vulnerability: str, system: str, digest: bool
    ) -> int:
        """Note that a finding is open; give the number of its opening, 0 where it was open."""
        row = self._raw.execute(
            "SELECT run, open FROM opening WHERE finding = ?", (finding,)
        ).fetchone()
        if row and row[1]:
            return 0
        run = int(row[0]) + 1 if row else 1
        self._raw.execute(
            "INSERT OR REPLACE INTO opening VALUES (?, ?, 1, ?, ?, ?, ?)",
            (finding, run, level, int(digest), vulnerability, system),
        )
        return run

    def level(self, finding: str) -> tuple[int, int]:
        """Give the number of a finding's opening and the level it was told at; zeros if none."""
        row = self._raw.execute(
            "SELECT run, level FROM opening WHERE finding = ? AND open = 1", (finding,)
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def raised(self, finding: str, level: int) -> None:
        """Note that a finding was told at another level."""
        self._raw.execute(
            "UPDATE opening SET level = ?, digest = 0 WHERE finding = ?", (level, finding)
        )

    def closed(self, finding: str) -> None:
        """Note that a finding is open no longer; it opens anew when it comes back."""
        self._raw.execute("UPDATE opening SET open = 0, digest = 0 WHERE finding = ?", (finding,))

    def quiet(self) -> tuple[ToldFinding, ...]:
        """Take what waits for the digest."""
        rows = self._raw.execute(
            "SELECT finding, run, system FROM opening WHERE digest = 1 ORDER BY finding"
        ).fetchall()
        self._raw.execute("UPDATE opening SET digest = 0 WHERE digest = 1")
        return tuple(
            ToldFinding(finding=finding, run=run, system=system) for finding, run, system in rows
        )

    def tell(
        self, alert: Alert, findings: Iterable[ToldFinding], deliveries: Iterable[Delivery]
    ) -> int:
        """Keep an alert with its deliveries; 0 where it was told already."""
        made = self._raw.execute(
            "INSERT OR IGNORE INTO alert (key, what, vulnerability, ssvc, due, cause, count,"
            " channels, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                alert.key,
                alert.what,
                alert.vulnerability,
                alert.ssvc,
                alert.due.isoformat() if alert.due else "",
                alert.cause,
                alert.count,
                " ".join(alert.channels),
                _micros(alert.at),
            ),
        )
        if not made.rowcount:
            return 0
        number = int(made.lastrowid or 0)
        self._raw.executemany(
            "INSERT OR IGNORE INTO told VALUES (?, ?, ?, ?, ?)",
            ((number, each.finding, each.run, each.system, each.purl) for each in findings),
        )
        self._raw.executemany(
            "INSERT OR IGNORE INTO delivery (key, alert, channel, address, subject, body, state,"
            " attempts, next_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, '')",
            (
                (
                    each.key,
                    number,
                    each.channel,
                    each.address,
                    each.subject,
                    each.body,
                    Sending.WAITING,
                    _micros(alert.at),
                )
                for each in deliveries
            ),
        )
        return number


class AlertStore:
    """One file below PANSHI_HOME."""

    def __init__(self, home: Path) -> None:
        """Open it, made on first use."""
        self._path = home / PLACE
        ready_directory(self._path.parent)
        with self._transaction() as raw:
            for statement in TABLES.strip().split(";"):
                raw.execute(statement)

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Change everything at once, or nothing."""
        with self._transaction() as raw:
            yield Turn(raw)

    # -- sending ---------------------------------------------------------------------------

    def orphaned(self) -> int:
        """Let deliveries be tried again whose sender is gone; only the one watcher asks for it."""
        with self._transaction() as raw:
            return raw.execute(
                "UPDATE delivery SET state = ?, next_at = 0 WHERE state = ?",
                (Sending.WAITING, Sending.SENDING),
            ).rowcount

    def claim(self, now: datetime, limit: int, *, evidence: bool = False) -> tuple[Delivery, ...]:
        """Take what is due, oldest first: what the evidence log gets, or what leaves this node."""
        with self._transaction() as raw:
            rows = raw.execute(
                f"SELECT {COLUMNS} FROM delivery WHERE state IN (?, ?) AND next_at <= ?"  # noqa: S608 -- our SQL
                " AND (channel = 'evidence') = ? ORDER BY next_at, id LIMIT ?",
                (Sending.WAITING, Sending.SENDING, _micros(now), evidence, limit),
            ).fetchall()
            raw.executemany(
                "UPDATE delivery SET state = ?, attempts = attempts + 1, next_at = ? WHERE id = ?",
                ((Sending.SENDING, _micros(now + LEASE), row[0]) for row in rows),
            )
        return tuple(map(_delivery, rows))

    def settle(self, outcomes: Iterable[Outcome]) -> None:
        """Note how deliveries went."""
        with self._transaction() as raw:
            raw.executemany(
                "UPDATE delivery SET state = ?, error = ?, next_at = ?, done_at = ? WHERE id = ?",
                (
                    (
                        each.state,
                        each.error,
                        _micros(each.at),
                        _micros(each.at) if each.state is Sending.SENT else None,
                        each.delivery,
                    )
                    for each in outcomes
                ),
            )

    def retry(self) -> int:
        """Give what was given up another life."""
        with self._transaction() as raw:
            return raw.execute(
                "UPDATE delivery SET state = ?, next_at = 0, attempts = 0 WHERE state = ?",
                (Sending.WAITING, Sending.DEAD),
            ).rowcount

    # -- reading ---------------------------------------------------------------------------

    def newest(self) -> int:
        """Give the number of the newest alert; 0 where there is none."""
        with self._connection() as raw:
            return int(raw.execute("SELECT coalesce(max(id), 0) FROM alert").fetchone()[0])

    def alerts(self, *, before: int = 0, after: int = 0, limit: int = 50) -> tuple[Alert, ...]:
        """Give alerts, newest first; with `after`, those that follow, oldest first."""
        order = "id > ? ORDER BY id" if after else "id < ? ORDER BY id DESC"
        edge = after or before or 1 << 62
        with self._connection() as raw:
            rows = raw.execute(
                f"SELECT {ALERT} FROM alert WHERE {order} LIMIT ?",  # noqa: S608 -- our SQL
                (edge, limit),
            ).fetchall()
        return tuple(map(_alert, rows))

    def findings_of(self, alert: int, limit: int = 1_000) -> tuple[ToldFinding, ...]:
        """Give what an alert speaks of."""
        with self._connection() as raw:
            rows = raw.execute(
                "SELECT finding, run, system, purl FROM told WHERE alert = ?"
                " ORDER BY system, purl LIMIT ?",
                (alert, limit),
            ).fetchall()
        return tuple(
            ToldFinding(finding=row[0], run=row[1], system=row[2], purl=row[3]) for row in rows
        )

    def deliveries(
        self, *, alert: int = 0, state: Sending | None = None, limit: int = 100
    ) -> tuple[Delivery, ...]:
        """Give deliveries, newest first."""
        where, given = [], []
        if alert:
            where.append("alert = ?")
            given.append(str(alert))
        if state:
            where.append("state = ?")
            given.append(state)
        clause = f"WHERE {' AND '.join(where)}" if where else ""
        with self._connection() as raw:
            rows = raw.execute(
                f"SELECT {COLUMNS} FROM delivery {clause} ORDER BY id DESC LIMIT ?",  # noqa: S608 -- our SQL
                (*given, limit),
            ).fetchall()
        return tuple(map(_delivery, rows))

    def states(self) -> dict[str, int]:
        """Count deliveries by state."""
        with self._connection() as raw:
            rows = raw.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall()
        return {str(state): int(count) for state, count in rows}

    # -- the file --------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as raw:
            raw.execute("BEGIN IMMEDIATE")
            yield raw
            raw.execute("COMMIT")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        where = str(self._path)
        with told("the alerts", place=where, wait=WAIT_SECONDS), closing(self._connect()) as raw:
            yield raw

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
        raw = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        raw.execute("PRAGMA journal_mode = WAL").fetchone()
        raw.execute("PRAGMA synchronous = FULL")
        return raw


ALERT = "id, key, what, vulnerability, ssvc, due, cause, count, channels, at"
COLUMNS = "id, key, channel, address, subject, body, attempts, alert, state, error"


def _delivery(row: tuple[int, str, str, str, str, bytes, int, int, str, str]) -> Delivery:
    number, key, channel, address, subject, body, attempts, alert, state, error = row
    return Delivery(
        id=number,
        key=key,
        channel=channel,
        address=address,
        subject=subject,
        body=body,
        attempts=attempts,
        alert=alert,
        state=Sending(state),
        error=error,
    )


def _alert(row: tuple[int, str, str, str, str, str, str, int, str, int]) -> Alert:
    number, key, what, vulnerability, ssvc, due, cause, count, channels, at = row
    return Alert(
        id=number,
        key=key,
        what=what,
        vulnerability=vulnerability,
        ssvc=ssvc,
        due=date.fromisoformat(due) if due else None,
        cause=cause,
        count=count,
        channels=tuple(channels.split()),
        at=datetime.fromtimestamp(at / 1_000_000, UTC),
    )


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
