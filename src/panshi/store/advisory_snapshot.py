"""One state of the advisory snapshot, read within one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import lmdb
from msgspec import msgpack

from panshi.model.supply_chain.advisory import Advisory, KnownExploited
from panshi.model.supply_chain.compiled import Entry, PackageKey
from panshi.store.advisory_rows import (
    Change,
    Epss,
    Group,
    Record,
    advisory_of,
    change_of,
    entries_of,
    epss_of,
    exploited_of,
    group_of,
    key_bytes,
    record_of,
)

SEQUENCE, EPSS_DAY = b"sequence", b"epss_day"
CONTENT = (b"content", b"content_kev", b"content_epss")
"""Sums of digests; together the fingerprint."""
NUMBER = 8


class Snapshot:
    """What one transaction sees; use it within `AdvisoryStore.reading`, in one thread."""

    def __init__(
        self,
        txn: lmdb.Transaction,
        tables: dict[bytes, Any],
        cache: dict[PackageKey, tuple[Entry, ...]],
    ) -> None:
        """Read within a transaction; packages once read are kept."""
        self._txn = txn
        self._tables = tables
        self._cache = cache

    def lookup(self, key: PackageKey) -> tuple[Entry, ...]:
        """Give what is known against a package."""
        found = self._cache.get(key)
        if found is None:
            raw = self._txn.get(key_bytes(*key), db=self._tables[b"packages"])
            found = self._cache[key] = () if raw is None else entries_of(raw)
        return found

    def advisory(self, advisory: str) -> Advisory | None:
        """Give a record as its feed had it."""
        raw = self._get(b"bodies", key_bytes(advisory))
        return None if raw is None else advisory_of(raw)

    def record(self, advisory: str) -> Record | None:
        """Give what is known of a record without reading it whole."""
        raw = self._get(b"records", key_bytes(advisory))
        return None if raw is None else record_of(raw)

    def group(self, name: str) -> Group | None:
        """Give the group a name belongs to."""
        raw = self._get(b"groups", key_bytes(name))
        return None if raw is None else group_of(raw)

    def keys_of(self, advisory: str) -> tuple[PackageKey, ...]:
        """Give the packages a record speaks of."""
        found = self.record(advisory)
        return () if found is None else found.keys

    def reached(self, advisory: str) -> int:
        """Give when a record first reached us, in seconds since 1970; 0 where it never did."""
        found = self.record(advisory)
        return 0 if found is None else found.reached

    def kev(self, cve: str) -> KnownExploited | None:
        """Give a vulnerability's entry among those known to be exploited."""
        raw = self._get(b"kev", key_bytes(cve))
        return None if raw is None else exploited_of(raw)

    def epss(self, cve: str) -> Epss | None:
        """Give the estimate for a vulnerability."""
        raw = self._get(b"epss", key_bytes(cve))
        return None if raw is None else Epss(*epss_of(raw)[:3])

    def exploited(self) -> Iterator[KnownExploited]:
        """Give the whole catalogue of what is known to be exploited, by CVE."""
        with self._txn.cursor(db=self._tables[b"kev"]) as cursor:
            for _key, raw in cursor:
                yield exploited_of(raw)

    def estimates(self) -> Iterator[tuple[str, float, float]]:
        """Give every estimate by CVE: score and percentile."""
        with self._txn.cursor(db=self._tables[b"epss"]) as cursor:
            for key, raw in cursor:
                yield bytes(key).decode(), *epss_of(raw)[:2]

    def epss_day(self) -> date | None:
        """Give the day the estimates are of."""
        raw = self._get(b"meta", EPSS_DAY)
        return None if raw is None else date.fromisoformat(bytes(raw).decode())

    def scored(self) -> bool:
        """Tell whether KEV or EPSS was ever read."""
        return any(self._txn.stat(db=self._tables[each])["entries"] for each in (b"kev", b"epss"))

    def changes(self, after: int, limit: int) -> tuple[Change, ...]:
        """Give the journal's lines behind a place."""
        found: list[Change] = []
        with self._txn.cursor(db=self._tables[b"journal"]) as cursor:
            going = cursor.set_range((max(after, 0) + 1).to_bytes(NUMBER))
            while going and len(found) < limit:
                found.append(Change(int.from_bytes(cursor.key()), *change_of(cursor.value())))
                going = cursor.next()
        return tuple(found)

    def sequence(self) -> int:
        """Give the journal's last line."""
        raw = self._get(b"meta", SEQUENCE)
        return 0 if raw is None else int.from_bytes(raw)

    def feed_state(self, feed: str) -> dict[str, object] | None:
        """Give what a feed remembers."""
        raw = self._get(b"feeds", feed.encode())
        return None if raw is None else msgpack.decode(raw, type=dict[str, object])

    def feeds(self) -> tuple[str, ...]:
        """Name the feeds that remember something."""
        return tuple(bytes(key).decode() for key in self._keys(b"feeds"))

    def ecosystems(self) -> dict[str, int]:
        """Give how many packages of each ecosystem are known."""
        with self._txn.cursor(db=self._tables[b"ecosystems"]) as cursor:
            return {bytes(key).decode(): int.from_bytes(value) for key, value in cursor}

    def ids(self, source: str = "") -> Iterator[str]:
        """Name every record, or those of one feed, in order."""
        with self._txn.cursor(db=self._tables[b"records"]) as cursor:
            for key, raw in cursor:
                if not source or record_of(raw).source == source:
                    yield bytes(key).decode()

    def count(self) -> int:
        """Count the records."""
        counted: int = self._txn.stat(db=self._tables[b"records"])["entries"]
        return counted

    def fingerprint(self) -> str:
        """Give what changes whenever the content does, and never otherwise."""
        return "-".join(bytes(self._get(b"meta", each) or b"").hex() or "0" for each in CONTENT)

    def _get(self, table: bytes, key: bytes) -> Any:  # noqa: ANN401 -- a buffer, untyped in lmdb
        return self._txn.get(key, db=self._tables[table])

    def _keys(self, table: bytes) -> Iterator[Any]:
        with self._txn.cursor(db=self._tables[table]) as cursor:
            yield from cursor.iternext(keys=True, values=False)
