"""One write to the advisory snapshot: records, packages, groups of aliases, journal.

Changes are gathered and written at the end, each package once, so that a batch costs what it
touches. `finish` joins the groups of aliases of every name touched: from those names outwards to
all records that share one, which finds what a removed record held together as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import lmdb

from panshi.model.supply_chain.advisory import Advisory
from panshi.model.supply_chain.compiled import Compiled, Entry, PackageKey
from panshi.model.supply_chain.names import vulnerability_of
from panshi.store.advisory_rows import (
    Group,
    Record,
    comparable,
    encode,
    entries_of,
    group_of,
    ids_of,
    key_bytes,
    record_of,
)
from panshi.store.advisory_snapshot import CONTENT, NUMBER, SEQUENCE
from panshi.store.alias_groups import alias_groups

SUM = 32

type Verdict = Literal["new", "changed", "unchanged"]


class Writing:
    """What one transaction changes."""

    def __init__(self, txn: lmdb.Transaction, tables: dict[bytes, Any], at: datetime) -> None:
        """Write within a transaction."""
        self._txn = txn
        self._tables = tables
        self._at = at
        self._records: dict[str, Record | None] = {}
        self._entries: dict[PackageKey, dict[str, Entry | None]] = {}
        self._renamed: dict[PackageKey, set[str]] = {}
        self._names: set[str] = set()
        self._members: dict[str, set[str]] = {}
        self._changed: dict[str, None] = {}
        self._groups: dict[str, Group] = {}

    def stands(self, advisory: str, digest: str, modified: str) -> Verdict:
        """Tell whether a record is new, changed, or already here as it is or newer."""
        before = self._record(advisory)
        if before is None:
            return "new"
        stale = comparable(before.modified) > modified
        return "unchanged" if before.digest == digest or stale else "changed"

    def put(self, advisory: Advisory, digest: str, compiled: Compiled) -> None:
        """Take a record in place of what it said before."""
        before = self._record(advisory.id)
        names = () if advisory.withdrawn else tuple(dict.fromkeys((advisory.id, *advisory.aliases)))
        record = Record(
            modified=advisory.modified,
            digest=digest,
            source=advisory.source,
            names=names,
            keys=tuple(key for key, _ in compiled.entries),
            reached=before.reached if before else int(self._at.timestamp()),
        )
        self._replace(advisory.id, before, record, dict(compiled.entries))
        self._put(b"bodies", key_bytes(advisory.id), encode(advisory))

    def remove(self, advisory: str, feed: str) -> bool:
        """Take a record away, if it is that feed's."""
        before = self._record(advisory)
        if before is None or before.source != feed:
            return False
        self._replace(advisory, before, None, {})
        self._txn.delete(key_bytes(advisory), db=self._tables[b"bodies"])
        return True

    def finish(self) -> None:
        """Write what was gathered."""
        self._join()
        for key in {**self._entries, **dict.fromkeys(self._renamed)}:
            self._write_package(key)
        for advisory, record in self._records.items():
            if advisory not in self._changed:
                continue
            if record is None:
                self._txn.delete(key_bytes(advisory), db=self._tables[b"records"])
            else:
                self._put(b"records", key_bytes(advisory), encode(record))
        for name, members in self._members.items():
            self._put_or_delete(b"names", name, encode(tuple(sorted(members))) if members else b"")
        for advisory in self._changed:
            self.note("advisory", advisory)

    def note(self, kind: str, name: str) -> None:
        """Write a line of the journal."""
        sequence = self._number(b"meta", SEQUENCE) + 1
        line = encode((kind, name, self._at.isoformat()))
        self._put(b"journal", sequence.to_bytes(NUMBER), line)
        self._put(b"meta", SEQUENCE, sequence.to_bytes(NUMBER))

    def read(self, table: bytes, name: str) -> bytes | None:
        """Read a row."""
        found = self._txn.get(key_bytes(name), db=self._tables[table])
        return None if found is None else bytes(found)

    def write(self, table: bytes, name: str, row: bytes) -> None:
        """Write a row; an empty one is removed."""
        self._put_or_delete(table, name, row)

    def rows(self, table: bytes) -> dict[str, bytes]:
        """Read a whole table."""
        with self._txn.cursor(db=self._tables[table]) as cursor:
            return {bytes(key).decode(): bytes(row) for key, row in cursor}

    def set_meta(self, name: bytes, value: bytes) -> None:
        """Keep one fact about the whole."""
        self._put(b"meta", name, value)

    def meta(self, name: bytes) -> bytes | None:
        """Read one fact about the whole."""
        found = self._txn.get(name, db=self._tables[b"meta"])
        return None if found is None else bytes(found)

    def _replace(
        self,
        advisory: str,
        before: Record | None,
        after: Record | None,
        entries: dict[PackageKey, Entry],
    ) -> None:
        for key in before.keys if before else ():
            self._entries.setdefault(key, {})[advisory] = None
        for key, entry in entries.items():
            self._entries.setdefault(key, {})[advisory] = entry
        for names, change in (
            (before.names if before else (), set.discard),
            (after.names if after else (), set.add),
        ):
            self._name(advisory, names, change)
        self._records[advisory] = after
        self._changed[advisory] = None
        self._content(advisory, before, -1)
        self._content(advisory, after, 1)

    def _name(
        self, advisory: str, names: tuple[str, ...], change: Callable[[set[str], str], None]
    ) -> None:
        for name in names:
            self._names.add(name)
            change(self._members_of(name), advisory)

    def _content(self, advisory: str, record: Record | None, sign: int) -> None:
        if record is None:
            return
        told = sha256(f"{advisory}\0{record.digest}\0{record.source}".encode()).digest()
        total = self._number(b"meta", CONTENT[0]) + sign * int.from_bytes(told)
        self._put(b"meta", CONTENT[0], (total % (1 << 8 * SUM)).to_bytes(SUM))

    def _join(self) -> None:
        """Join the groups of every name touched, and note whose name in findings changed."""
        seen, waiting = set(self._names), list(self._names)
        holders: set[str] = set()
        while waiting:
            for advisory in self._members_of(waiting.pop()) - holders:
                holders.add(advisory)
                fresh = set(self._names_of(advisory)) - seen
                seen |= fresh
                waiting += fresh
        for names in alias_groups(self._names_of(each) for each in sorted(holders)):
            self._join_one(names, tuple(sorted(names & holders)))
        for name in self._names:
            if name not in self._groups:
                self._put_or_delete(b"groups", name, b"")

    def _join_one(self, names: frozenset[str], advisories: tuple[str, ...]) -> None:
        group = Group(vulnerability_of(names, advisories), tuple(sorted(names)), advisories)
        row = encode(group)
        for name in names:
            self._groups[name] = group
            before = self.read(b"groups", name)
            if before == row:
                continue
            self._put_or_delete(b"groups", name, row)
            if name in advisories and (before is None or group_of(before)[:2] != group[:2]):
                self._rename(name)

    def _rename(self, advisory: str) -> None:
        record = self._record(advisory)
        for key in record.keys if record else ():
            self._renamed.setdefault(key, set()).add(advisory)
        self._changed.setdefault(advisory, None)

    def _write_package(self, key: PackageKey) -> None:
        raw = self._txn.get(key_bytes(*key), db=self._tables[b"packages"])
        entries = {each.told.advisory: each for each in (entries_of(raw) if raw else ())}
        for advisory, entry in self._entries.get(key, {}).items():
            if entry is None:
                entries.pop(advisory, None)
            else:
                entries[advisory] = entry
        touched = {*self._entries.get(key, ()), *self._renamed.get(key, ())}
        for advisory in touched & entries.keys():
            entries[advisory] = self._named(entries[advisory])
        row = encode(tuple(entries[each] for each in sorted(entries)))
        self._put_or_delete(b"packages", "\0".join(key), row if entries else b"")
        self._count(key.ecosystem, bool(entries) - (raw is not None))

    def _named(self, entry: Entry) -> Entry:
        group = self._groups[entry.told.advisory]
        others = tuple(name for name in group.names if name != group.vulnerability)
        told = entry.told._replace(vulnerability=group.vulnerability, aliases=others)
        return entry._replace(told=told)

    def _count(self, ecosystem: str, more: int) -> None:
        if not more:
            return
        name = ecosystem.encode()
        total = self._number(b"ecosystems", name) + more
        if total:
            self._put(b"ecosystems", name, total.to_bytes(NUMBER))
        else:
            self._txn.delete(name, db=self._tables[b"ecosystems"])

    def _record(self, advisory: str) -> Record | None:
        if advisory not in self._records:
            raw = self.read(b"records", advisory)
            self._records[advisory] = None if raw is None else record_of(raw)
        return self._records[advisory]

    def _names_of(self, advisory: str) -> tuple[str, ...]:
        record = self._record(advisory)
        return record.names if record else ()

    def _members_of(self, name: str) -> set[str]:
        """Give the records that carry a name."""
        if name not in self._members:
            raw = self.read(b"names", name)
            self._members[name] = set() if raw is None else set(ids_of(raw))
        return self._members[name]

    def _number(self, table: bytes, name: bytes) -> int:
        raw = self._txn.get(name, db=self._tables[table])
        return 0 if raw is None else int.from_bytes(raw)

    def _put_or_delete(self, table: bytes, name: str, row: bytes) -> None:
        if row:
            self._put(table, key_bytes(name), row)
        else:
            self._txn.delete(key_bytes(name), db=self._tables[table])

    def _put(self, table: bytes, key: bytes, row: bytes) -> None:
        self._txn.put(key, row, db=self._tables[table])
