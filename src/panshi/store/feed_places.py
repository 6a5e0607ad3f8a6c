"""Which places of feeds the institution added, and how they last fared: `feeds.sqlite`.

Places decide whom this node asks and believes, so the file belongs to its owner only, and who
added or removed one is sealed in the log. How places fare is a convenience: whoever loses it asks
once more. What a feed brought rests with the advisories, so that neither outlives the other.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from panshi.errors import BadInputError, StoreError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory
from panshi.store.sqlite_words import told

FILE = "feeds.sqlite"
WAIT_SECONDS = 20.0
VERSION = 1
SETTINGS = ("proxy", "ca-file")
MOST_PLACES = 500
LARGEST_MIB = 2_048
"What a feed may measure unless its place says otherwise."
_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}(/[A-Za-z0-9][A-Za-z0-9 ._:@+-]{0,79})?")
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?")
_MOST_SECONDS = 7 * 86_400
_MOST_HOURS = 10 * 366 * 24
_MOST_MIB = 8_192
_TABLES = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fare (name TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlace:
    """One place that is asked."""

    name: str
    "Also the feed's: `osv/PyPI`."
    kind: str
    url: str
    "File; with `osv` the folder of the ecosystem, with `csaf` the provider's metadata."
    hosts: tuple[str, ...] = ()
    "Other hosts it may point to."
    every_seconds: int = 3_600
    stale_after_hours: int = 72
    max_mib: int = LARGEST_MIB
    added_by: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, before it is."""
        where = f"feed {self.name[:80]!r}"
        if not is_feed_name(self.name):
            raise BadInputError(
                f"{self.name[:80]!r} is no name of a feed", remedy="such as kev, or osv/PyPI"
            )
        for host in self.hosts:
            if not _HOST.fullmatch(host):
                raise BadInputError(f"{host[:80]!r} is no host", place=where)
        for field, low, high in (
            ("every_seconds", 10, _MOST_SECONDS),
            ("stale_after_hours", 1, _MOST_HOURS),
            ("max_mib", 1, _MOST_MIB),
        ):
            if not low <= getattr(self, field) <= high:
                raise BadInputError(f"{field} is not from {low} to {high:,}", place=where)


class Fare(msgspec.Struct, frozen=True, kw_only=True):
    """How a place last fared."""

    asked_at: str = ""
    "ISO 8601, UTC."
    problem: str = ""
    "Why the last sync did not end; empty where it did."
    failures: int = 0
    "In a row."
    since: str = ""
    "Since when it fails."
    next_at: str = ""
    "Before that the watch does not ask again."


def is_feed_name(text: str) -> bool:
    """Whether a feed may be called so."""
    return bool(_NAME.fullmatch(text))


class FeedPlaces(AbstractContextManager["FeedPlaces"]):
    """The places of one home; use it within `with`, in one thread."""

    def __init__(self, home: Path) -> None:
        """Open the file, and make it where it is missing."""
        self._place = str(home / FILE)
        ready_directory(home)
        with self._told():
            self._raw = sqlite3.connect(home / FILE, timeout=WAIT_SECONDS, isolation_level=None)
            (home / FILE).chmod(OWNER_ONLY_FILE)
            version = self._raw.execute("PRAGMA user_version").fetchone()[0]
            if version not in {0, VERSION}:
                self._raw.close()
                raise StoreError(
                    f"places of feeds of version {version}",
                    place=self._place,
                    remedy=f"this program reads version {VERSION}; use the one that wrote them",
                )
            self._raw.executescript(_TABLES)
            self._raw.execute(f"PRAGMA user_version={VERSION}")

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._raw.close()

    def places(self) -> tuple[FeedPlace, ...]:
        """Give every place by name."""
        with self._told():
            rows = self._raw.execute("SELECT body FROM place ORDER BY name").fetchall()
        return tuple(msgspec.json.decode(body, type=FeedPlace) for (body,) in rows)

    def place(self, name: str) -> FeedPlace | None:
        """Give one place."""
        return next((each for each in self.places() if each.name == name), None)

    def keep(self, place: FeedPlace) -> None:
        """Add a place, or put it in the stead of the one of that name."""
        if len(self.places()) >= MOST_PLACES:
            raise BadInputError(f"more than {MOST_PLACES} places", place=self._place)
        self._do("REPLACE INTO place VALUES (?, ?)", (place.name, msgspec.json.encode(place)))

    def drop(self, name: str) -> bool:
        """Ask a place no more; what it brought stays. False where there is none."""
        self._do("DELETE FROM fare WHERE name = ?", (name,))
        return self._do("DELETE FROM place WHERE name = ?", (name,)) > 0

    def fares(self) -> dict[str, Fare]:
        """Give how each place fares."""
        with self._told():
            rows = self._raw.execute("SELECT name, body FROM fare").fetchall()
        return {name: msgspec.json.decode(body, type=Fare) for name, body in rows}

    def keep_fare(self, name: str, fare: Fare) -> None:
        """Remember how a place fares."""
        self._do("REPLACE INTO fare VALUES (?, ?)", (name, msgspec.json.encode(fare)))

    def setting(self, name: str) -> str:
        """Give a setting; empty where it was never set."""
        with self._told():
            row = self._raw.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def set(self, name: str, value: str) -> None:
        """Keep a setting."""
        self._do("REPLACE INTO setting VALUES (?, ?)", (name, value))

    def _do(self, words: str, values: tuple[object, ...]) -> int:
        with self._told():
            return self._raw.execute(words, values).rowcount

    def _told(self) -> AbstractContextManager[None]:
        return told("the places of feeds", place=self._place, wait=WAIT_SECONDS)
