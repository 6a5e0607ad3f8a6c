"""Campaigns at rest: every ticket's traits, every change, who is where; in one SQLite file.

How far the register of tickets was followed, the traits of what was taken in and what that changed
are committed together (`turn`): after a crash the work goes on behind the last ticket whose changes
stand, and none is taken in twice. Changes are an append-only log in one order; whoever keeps a
picture in memory follows it, whichever process wrote it. `home`, `reason` and `campaign` are read
models that follow from the log.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

PLACE = Path("hub") / "campaigns.sqlite3"
WAIT_SECONDS = 30.0
NONE = -1
TABLES = """
CREATE TABLE IF NOT EXISTS arrival (
  place INTEGER PRIMARY KEY, ticket TEXT NOT NULL, member TEXT NOT NULL, at REAL,
  traits BLOB NOT NULL, severity INTEGER NOT NULL, category TEXT NOT NULL, phase TEXT NOT NULL,
  reach INTEGER NOT NULL, home INTEGER NOT NULL DEFAULT -1,
  odds REAL, reason BLOB);
CREATE INDEX IF NOT EXISTS arrival_ticket ON arrival (ticket, place);
CREATE INDEX IF NOT EXISTS arrival_home ON arrival (home, place) WHERE home >= 0;
CREATE TABLE IF NOT EXISTS change (
  number INTEGER PRIMARY KEY, place INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,
  campaign INTEGER NOT NULL, other INTEGER NOT NULL, by TEXT NOT NULL, undone INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS change_campaign ON change (campaign, number);
CREATE INDEX IF NOT EXISTS change_other ON change (other, number) WHERE other >= 0;
CREATE TABLE IF NOT EXISTS campaign (
  number INTEGER PRIMARY KEY, gone_to INTEGER NOT NULL, size INTEGER NOT NULL,
  members INTEGER NOT NULL, first_at REAL, last_at REAL, changed_at INTEGER NOT NULL,
  score INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS campaign_score ON campaign (score DESC, number DESC) WHERE size > 1;
CREATE TABLE IF NOT EXISTS extract (
  kind TEXT NOT NULL, value TEXT NOT NULL, member TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (kind, value, member)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS extract_member ON extract (member);
CREATE TABLE IF NOT EXISTS warning (
  number INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, member TEXT NOT NULL, at INTEGER NOT NULL,
  answer TEXT NOT NULL, answered_at INTEGER, body BLOB NOT NULL, UNIQUE (campaign, member));
CREATE INDEX IF NOT EXISTS warning_member ON warning (member, number);
"""


type Facts = tuple[str, float | None, float | None, int, str, str, int]
"""Member, time, odds, severity, category, phase and customers touched of one ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One version of a ticket as it was taken in."""

    place: int
    "Its position in the register less one."
    ticket: str
    member: str
    at: float | None
    traits: bytes
    severity: int
    category: str
    phase: str
    reach: int
    "Customers touched, as far as the member says."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChange:
    """One change with its place in the log."""

    number: int
    place: int
    "Of the newest ticket taken in before it."
    at: datetime
    kind: str
    campaign: int
    other: int
    by: str
    undone: int
    "Number of the change that took it back; 0 where it stands."
    body: bytes
    "The whole change as JSON."


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a ticket is now."""

    place: int
    ticket: str
    member: str
    at: float | None
    home: int
    odds: float | None
    "Of its belonging where it is; None where a person placed it, or it was the first."
    reason: bytes
    severity: int
    category: str
    phase: str
    reach: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCampaign:
    """One campaign as it is listed."""

    number: int
    gone_to: int
    "The campaign it was merged into; -1 where it stands."
    size: int
    members: int
    first_at: float | None
    last_at: float | None
    changed_at: datetime
    score: int
    body: bytes
    "Classification and priority as JSON."


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWarning:
    """One member that was warned of one campaign."""

    number: int
    campaign: int
    member: str
    at: datetime
    answer: str
    answered_at: datetime | None
    body: bytes


class Turn:
    """What is changed together."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        """Work on an open transaction."""
        self._raw = raw

    def reached(self) -> tuple[int, int]:
        """Give the places taken in and the number of the last change."""
        place = self._raw.execute("SELECT coalesce(max(place), -1) + 1 FROM arrival").fetchone()[0]
        number = self._raw.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0]
        return int(place), int(number)

    def arrivals(
        self, start: int, limit: int = 10_000
    ) -> list[tuple[int, str, float | None, bytes]]:
        """Give place, member, time and traits from a place on."""
        return self._raw.execute(
            "SELECT place, member, at, traits FROM arrival WHERE place >= ? ORDER BY place LIMIT ?",
            (start, limit),
        ).fetchall()

    def changes(self, after: int, limit: int = 10_000) -> tuple[StoredChange, ...]:
        """Give the changes after a number, in order."""
        rows = self._raw.execute(
            f"SELECT {_CHANGE} FROM change WHERE number > ? ORDER BY number LIMIT ?",  # noqa: S608 -- our names
            (after, limit),
        ).fetchall()
        return tuple(map(_change, rows))

    def arrive(self, arrivals: Iterable[Arrival]) -> None:
        """Keep what was taken in."""
        self._raw.executemany(
            "INSERT INTO arrival (place, ticket, member, at, traits, severity, category, phase,"
            " reach) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    each.place, each.ticket, each.member, each.at, each.traits, each.severity,
                    each.category, each.phase, each.reach,
                )
                for each in arrivals
            ),
        )  # fmt: skip

    def older(self, ticket: str, place: int) -> int:
        """Give the place of the version before; `NONE` where there is none."""
        found = self._raw.execute(
            "SELECT max(place) FROM arrival WHERE ticket = ? AND place < ?", (ticket, place)
        ).fetchone()[0]
        return NONE if found is None else int(found)

    def change(
        self, *, place: int, at: datetime, kind: str, campaign: int, other: int, by: str,
        body: bytes, moves: Sequence[tuple[int, int, float | None, bytes | None]],
    ) -> int:  # fmt: skip
        """Append a change and move its tickets: place, home, odds, reason; gives its number."""
        made = self._raw.execute(
            "INSERT INTO change (place, at, kind, campaign, other, by, undone, body)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
            (place, _micros(at), kind, campaign, other, by, body),
        )
        self._raw.executemany(
            "UPDATE arrival SET home = ?, odds = ?, reason = ? WHERE place = ?",
            ((home, odds, reason, moved) for moved, home, odds, reason in moves),
        )
        return int(made.lastrowid or 0)

    def take_back(self, number: int, by: int) -> None:
        """Note which change took one back."""
        self._raw.execute("UPDATE change SET undone = ? WHERE number = ?", (by, number))

    def placed(self, campaign: int) -> tuple[Placed, ...]:
        """Give the tickets of a campaign in the order of acceptance."""
        return _placed(self._raw, campaign)

    def homes(self, places: Sequence[int]) -> dict[int, int]:
        """Give where some tickets are."""
        found = (
            self._raw.execute("SELECT home FROM arrival WHERE place = ?", (one,)).fetchone()
            for one in places
        )
        return {place: int(row[0]) for place, row in zip(places, found, strict=True) if row}

    def numbered(self, number: int) -> StoredChange | None:
        """Give one change."""
        row = self._raw.execute(
            f"SELECT {_CHANGE} FROM change WHERE number = ?",  # noqa: S608 -- our names
            (number,),
        ).fetchone()
        return _change(row) if row else None

    def ticket_at(self, place: int) -> str:
        """Give the id of the ticket at a place; empty where there is none."""
        row = self._raw.execute("SELECT ticket FROM arrival WHERE place = ?", (place,)).fetchone()
        return str(row[0]) if row else ""

    def newest_place(self, ticket: str) -> int:
        """Give the place of a ticket's newest version; `NONE` where there is none."""
        found = self._raw.execute(
            "SELECT max(place) FROM arrival WHERE ticket = ?", (ticket,)
        ).fetchone()[0]
        return NONE if found is None else int(found)

    def extracts(self) -> int:
        """Count the items members gave."""
        return int(self._raw.execute("SELECT count(*) FROM extract").fetchone()[0])

    def facts(self, campaign: int) -> list[Facts]:
        """Give what a campaign's standing follows from, per ticket in the order of acceptance."""
        return self._raw.execute(
            "SELECT member, at, odds, severity, category, phase, reach FROM arrival"
            " WHERE home = ? AND home >= 0 ORDER BY place",
            (campaign,),
        ).fetchall()

    def highest(self) -> int:
        """Give the highest number a campaign ever had."""
        return int(self._raw.execute("SELECT coalesce(max(campaign), 0) FROM change").fetchone()[0])

    def summarise(self, each: StoredCampaign) -> None:
        """Keep how a campaign is listed."""
        self._raw.execute(
            "INSERT OR REPLACE INTO campaign VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                each.number, each.gone_to, each.size, each.members, each.first_at, each.last_at,
                _micros(each.changed_at), each.score, each.body,
            ),
        )  # fmt: skip

    def holders(self, values: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, str, str]]:
        """Give who said that it has some of the values: kind, value, member, detail."""
        for kind, value in values:
            yield from self._raw.execute(
                "SELECT kind, value, member, detail FROM extract WHERE kind = ? AND value = ?",
                (kind, value),
            ).fetchall()

    def give(self, member: str, items: Iterable[tuple[str, str, str]]) -> int:
        """Put a member's extract in the place of the one before; gives how many items it has."""
        self._raw.execute("DELETE FROM extract WHERE member = ?", (member,))
        made = self._raw.executemany(
            "INSERT OR REPLACE INTO extract (kind, value, detail, member) VALUES (?, ?, ?, ?)",
            ((*item, member) for item in items),
        )
        return max(made.rowcount, 0)

    def warn(self, *, campaign: int, member: str, at: datetime, body: bytes) -> bool:
        """Keep a warning once per campaign and member; give whether it is new."""
        made = self._raw.execute(
            "INSERT OR IGNORE INTO warning (campaign, member, at, answer, body)"
            " VALUES (?, ?, ?, '', ?)",
            (campaign, member, _micros(at), body),
        )
        return bool(made.rowcount)

    def answer(self, number: int, member: str, answer: str, at: datetime) -> bool:
        """Note what a member found; give whether the warning was its own."""
        made = self._raw.execute(
            "UPDATE warning SET answer = ?, answered_at = ? WHERE number = ? AND member = ?",
            (answer, _micros(at), number, member),
        )
        return bool(made.rowcount)


class CorrelationStore:
    """One file below PANSHI_HOME."""

    def __init__(self, home: Path) -> None:
        """Open it, made on first use."""
        self._path = home / PLACE
        ready_directory(self._path.parent)
        with self._connection() as raw:
            raw.executescript(TABLES)

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Change everything at once, or nothing."""
        with self._connection() as raw:
            raw.execute("BEGIN IMMEDIATE")
            yield Turn(raw)
            raw.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[Turn]:
        """Read one consistent state."""
        with self._connection() as raw:
            raw.execute("BEGIN")
            yield Turn(raw)

    def campaigns(
        self, *, before: tuple[int, int] | None = None, limit: int = 50, least_members: int = 1
    ) -> tuple[StoredCampaign, ...]:
        """Give campaigns by priority, from below a score and number on."""
        score, number = before or (1 << 62, 1 << 62)
        with self._connection() as raw:
            rows = raw.execute(
                "SELECT * FROM campaign WHERE size > 1 AND members >= ?"
                " AND (score, number) < (?, ?) ORDER BY score DESC, number DESC LIMIT ?",
                (least_members, score, number, limit),
            ).fetchall()
        return tuple(map(_campaign, rows))

    def campaign(self, number: int) -> StoredCampaign | None:
        """Give one campaign; one that was merged leads to where it went."""
        with self._connection() as raw:
            for _ in range(100):
                row = raw.execute("SELECT * FROM campaign WHERE number = ?", (number,)).fetchone()
                if row is None or row[1] == NONE:
                    return _campaign(row) if row else None
                number = int(row[1])
        return None

    def tickets(self, campaign: int) -> tuple[Placed, ...]:
        """Give the tickets of a campaign in the order of acceptance."""
        with self._connection() as raw:
            return _placed(raw, campaign)

    def home_of(self, ticket: str) -> Placed | None:
        """Give where the newest version of a ticket is."""
        with self._connection() as raw:
            row = raw.execute(
                f"SELECT {_PLACED} FROM arrival WHERE ticket = ? ORDER BY place DESC LIMIT 1",  # noqa: S608 -- our names
                (ticket,),
            ).fetchone()
        return _as_placed(row) if row else None

    def history(self, campaign: int, limit: int = 200) -> tuple[StoredChange, ...]:
        """Give the changes of a campaign, newest first."""
        with self._connection() as raw:
            rows = raw.execute(
                f"SELECT {_CHANGE} FROM change WHERE (campaign = ? OR other = ?)"  # noqa: S608 -- our names
                " AND kind <> 'reviewed' ORDER BY number DESC LIMIT ?",
                (campaign, campaign, limit),
            ).fetchall()
        return tuple(map(_change, rows))

    def warnings(
        self, *, campaign: int | None = None, member: str = "", after: int = 0, limit: int = 100
    ) -> tuple[StoredWarning, ...]:
        """Give warnings in the order they were made."""
        with self._connection() as raw:
            rows = raw.execute(
                "SELECT number, campaign, member, at, answer, answered_at, body FROM warning"
                " WHERE number > ? AND (? IS NULL OR campaign = ?) AND (? = '' OR member = ?)"
                " ORDER BY number LIMIT ?",
                (after, campaign, campaign, member, member, limit),
            ).fetchall()
        return tuple(map(_warning, rows))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        where = str(self._path)
        with told("the campaigns", place=where, wait=WAIT_SECONDS), closing(self._connect()) as raw:
            yield raw

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY_FILE))
        raw = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        raw.execute("PRAGMA journal_mode = WAL").fetchone()
        raw.execute("PRAGMA synchronous = NORMAL")
        return raw


_CHANGE = "number, place, at, kind, campaign, other, by, undone, body"
_PLACED = "place, ticket, member, at, home, odds, reason, severity, category, phase, reach"


def _placed(raw: sqlite3.Connection, campaign: int) -> tuple[Placed, ...]:
    rows = raw.execute(
        f"SELECT {_PLACED} FROM arrival WHERE home = ? AND home >= 0 ORDER BY place",  # noqa: S608 -- our names
        (campaign,),
    ).fetchall()
    return tuple(map(_as_placed, rows))


def _as_placed(
    row: tuple[int, str, str, float | None, int, float | None, bytes | None, int, str, str, int],
) -> Placed:
    place, ticket, member, at, home, odds, reason, severity, category, phase, reach = row
    return Placed(
        place=place, ticket=ticket, member=member, at=at, home=home, odds=odds,
        reason=reason or b"", severity=severity, category=category, phase=phase, reach=reach,
    )  # fmt: skip


def _change(row: tuple[int, int, int, str, int, int, str, int, bytes]) -> StoredChange:
    number, place, at, kind, campaign, other, by, undone, body = row
    return StoredChange(
        number=number, place=place, at=_moment(at), kind=kind, campaign=campaign, other=other,
        by=by, undone=undone, body=body,
    )  # fmt: skip


def _campaign(
    row: tuple[int, int, int, int, float | None, float | None, int, int, bytes],
) -> StoredCampaign:
    number, gone_to, size, members, first_at, last_at, changed_at, score, body = row
    return StoredCampaign(
        number=number, gone_to=gone_to, size=size, members=members, first_at=first_at,
        last_at=last_at, changed_at=_moment(changed_at), score=score, body=body,
    )  # fmt: skip


def _warning(row: tuple[int, int, str, int, str, int | None, bytes]) -> StoredWarning:
    number, campaign, member, at, answer, answered_at, body = row
    return StoredWarning(
        number=number, campaign=campaign, member=member, at=_moment(at), answer=answer,
        answered_at=None if answered_at is None else _moment(answered_at), body=body,
    )  # fmt: skip


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)
