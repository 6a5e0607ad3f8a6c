"""Seal: read what is given, store what is new, acknowledge one snapshot.

Nothing exists until the chain's entry does; what an interrupted seal left behind is stray and goes
with the next prune. Memory stays bounded whatever is sealed.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import BinaryIO, cast

from panshi.errors import BadInputError, IntegrityError, PanshiError, StoreError, UsageError
from panshi.node.resilience.vault.opening import Vault, renewed
from panshi.node.resilience.vault.packing import Packer
from panshi.node.resilience.vault.sources import Item, Stamp
from panshi.node.resilience.vault.unchanged import Streamed
from panshi.node.resilience.vault.writing import Disperser, Writers, acknowledge
from panshi.resilience.vault import catalogue, chain, keys
from panshi.resilience.vault.history import standing
from panshi.resilience.vault.layout import catalogue_name, entry_name, fragment_name
from panshi.resilience.vault.manifest import FILE, Record, Trunk
from panshi.store.vault.index import Index
from panshi.store.vault.memory import SealingKeys
from panshi.store.vault.place import Place

_SPOOL = 8 << 20
_FAR_AHEAD = timedelta(minutes=10)
MOST_PAUSE = timedelta(days=14)
"A clock further ahead of the chain is not believed without a word."


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What a snapshot is the newest of."""

    name: str
    suspect: bool = False
    "It does not count as the newest good one."

    def said(self, chunk_key: bytes) -> dict[str, object]:
        """Give what the chain says of it."""
        label: dict[str, object] = {"series": keys.series_label(chunk_key, self.name)}
        return label | ({"suspect": True} if self.suspect else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One acknowledged snapshot."""

    snapshot: str
    sequence: int
    digest: str
    "SHA-256 of the entry that acknowledges it; seal this in the evidence log."
    time: datetime
    files: int
    source_bytes: int
    new_bytes: int
    "Raw bytes the vault did not hold before."
    stored_bytes: int
    "New bytes compressed and encrypted, before dispersal."
    dispersed_bytes: int
    "The same at all places together."
    segments: int
    absent: tuple[str, ...]
    "Places that miss this snapshot; `scrub --repair` completes them."
    changed: tuple[str, ...]
    "Files that changed while they were read."


def seal(  # noqa: PLR0913 -- everything a caller may ask for
    vault: Vault,
    items: Iterable[Item],
    *,
    now: datetime,
    marks: Mapping[str, str] | None = None,
    series: Series | None = None,
    need: int | None = None,
    reread: bool = False,
    clock_is_right: bool = False,
    advance: Callable[[int], None] = lambda _count: None,
) -> tuple[Vault, Sealed]:
    """Seal items into a new snapshot; `need` places must take it, by default `Spread.need`.

    Snapshots of one series (the mark `source` where none is given) replace each other: prune keeps
    the newest of each, and of those not suspect. Files that stand as they did are not read again,
    unless `reread`.
    """
    mine = vault.memory.keys()
    least = vault.terms.spread.need
    if need is not None and need < least:
        raise UsageError(
            f"{need} places are too few to acknowledge a snapshot",
            remedy=f"{least} of {vault.terms.spread.n} are needed at least: k + 1 and a majority",
        )
    with vault.memory.alone(), Index(vault.memory.index, mine.chunks) as index:
        vault = renewed(vault)
        clock_holds(vault, now, sure=clock_is_right)
        with Writers(vault, need or least) as writers:
            settle(vault, writers)
            said = (series or Series(name=(marks or {}).get("source", ""))).said(mine.chunks)
            run = _Seal(vault, writers, index, mine, said, reread=reread)
            return run.run(items, now, marks or {}, advance)


def clock_holds(vault: Vault, now: datetime, *, sure: bool) -> None:
    """Refuse a clock that is behind the chain, or far ahead of it, unless somebody is `sure`.

    An entry of a day that has not come would stop every later one, and let prune release too much.
    """
    behind = now < vault.head.time - _FAR_AHEAD
    if sure or (not behind and now <= vault.head.time + MOST_PAUSE):
        return
    last = chain.instant(vault.head.time)
    raise UsageError(
        f"the clock says {chain.instant(now)}, the vault's last entry {last}: "
        + ("that is later" if behind else f"more than {MOST_PAUSE.days} days before"),
        remedy="set the clock of this machine right; if it is right, --clock-is-right",
    )


def settle(vault: Vault, writers: Writers) -> None:
    """Complete at every place what an interrupted run had acknowledged at some of them."""
    seen = vault.memory.seen()
    fresh = [each for each in vault.entries if seen is None or each.sequence > seen[0]]
    for place in vault.places.values():
        place.tidy()
    if not fresh:
        return
    for index, lacks in vault.behind.items():
        for entry in fresh:
            if entry.sequence in lacks:
                writers.at(index, _entry_to(entry))
    writers.everywhere(lambda place: place.flush())
    vault.memory.see(vault.head.sequence, vault.head.digest)


def _entry_to(entry: chain.Entry) -> Callable[[Place], None]:
    return lambda place: place.put(entry_name(entry.sequence), [entry.content])


def segments_of(vault: Vault, snapshot: chain.Entry) -> dict[bytes, catalogue.Segment]:
    """Read a snapshot's catalogue from the first place that holds it whole."""
    terms = vault.terms
    name = catalogue_name(snapshot.sequence, snapshot.fields["catalogue"])
    problem: PanshiError | None = None
    for place in vault.places.values():
        try:
            content = place.read(name)
            if sha256(content).hexdigest() != snapshot.fields["catalogue"]:
                raise IntegrityError("it is not the one the chain names", place=name)
            rows = catalogue.decode(content, terms.vault, snapshot.sequence, terms.spread)
            return {each.id: each for each in rows}
        except PanshiError as error:
            problem = error
    raise IntegrityError(
        f"no place holds the catalogue of snapshot {snapshot.snapshot_id()}",
        remedy="bring back another place",
    ) from problem


def known_segments(vault: Vault) -> dict[bytes, catalogue.Segment]:
    """Every segment some standing snapshot needs."""
    known: dict[bytes, catalogue.Segment] = {}
    for snapshot in standing(vault.entries):
        known |= segments_of(vault, snapshot)
    return known


class _Seal:
    """One run."""

    def __init__(
        self,
        vault: Vault,
        writers: Writers,
        index: Index,
        mine: SealingKeys,
        said: Mapping[str, object],
        *,
        reread: bool,
    ) -> None:
        self._said = said
        self._vault = vault
        self._reread = reread
        self._writers = writers
        self._mine = mine
        self._number = vault.head.sequence + 1
        self._session = secrets.token_bytes(keys.SECRET_BYTES)
        lost = vault.memory.lost()
        self._known = {name: row for name, row in known_segments(vault).items() if name not in lost}
        self._disperser = Disperser(vault, writers, self._session, self._number)
        vault.memory.begin(self._disperser.run)
        self._packer = Packer(self._disperser, index, mine.chunks, self._known)
        self._files = self._bytes = 0
        self._changed: list[str] = []

    def run(
        self,
        items: Iterable[Item],
        now: datetime,
        marks: Mapping[str, str],
        advance: Callable[[int], None],
    ) -> tuple[Vault, Sealed]:
        try:
            trunk = self._contents(items, marks, advance)
            self._disperser.finish()
            self._packer.learn()
            rows, digest = self._catalogue()
        except BaseException as error:
            self._disperser.stop()
            self._withdraw()
            if isinstance(error, OSError):
                raise StoreError(
                    f"cannot seal: {error.strerror}",
                    place=str(error.filename or tempfile.gettempdir()),
                    remedy="free some space on this machine; what was sealed before stands",
                ) from error
            raise
        finally:
            self._packer.close()
        return self._acknowledge(trunk, rows, digest, now)

    def _withdraw(self) -> None:
        """Take back what this run wrote, so that a full disk is not left full."""
        self._writers.stop()
        names = [fragment_name(self._number, each) for each in self._disperser.rows]
        for place in self._vault.places.values():
            with suppress(PanshiError):  # write-once or unreachable: it stays stray until a prune
                place.tidy()
                for name in names:
                    place.remove(name)

    def _contents(
        self, items: Iterable[Item], marks: Mapping[str, str], advance: Callable[[int], None]
    ) -> bytes:
        with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
            for item in items:
                spool.write(self._record(item, advance).line())
            if not self._files:
                raise UsageError("there is no file to seal", remedy="name files or directories")
            spool.seek(0)
            told = self._packer.stream(cast("BinaryIO", spool), lambda _count: None)
        self._packer.close_segment()
        trunk = Trunk(size=told.size, sha256=told.sha256, extents=told.extents, marks=marks)
        return self._packer.single(trunk.encode())

    def _record(self, item: Item, advance: Callable[[int], None]) -> Record:
        record = Record(
            path=item.path,
            kind=item.kind,
            mode=item.mode,
            mtime_ns=item.mtime_ns,
            uid=item.uid,
            gid=item.gid,
            target=item.target,
        )
        if item.kind != FILE or item.open is None:
            return record
        told = None
        if item.stamp is not None and not self._reread:
            told = self._packer.recall(item.stamp)
        changed = False
        if told is None:
            told, changed = self._read(item, item.open, advance)
        else:
            advance(told.size)
        self._files += 1
        self._bytes += told.size
        if changed:
            self._changed.append(item.path)
        return replace(
            record,
            size=told.size,
            sha256=told.sha256,
            extents=told.extents,
            changed=changed,
        )

    def _read(
        self, item: Item, opened: Callable[[], BinaryIO], advance: Callable[[int], None]
    ) -> tuple[Streamed, bool]:
        """Read a file; give what became of it and whether it changed meanwhile."""
        began = time.time_ns()
        try:
            with opened() as source:
                told = self._packer.stream(source, advance)
                if item.stamp is None:
                    return told, False
                after = Stamp.of(os.fstat(source.fileno()))
        except OSError as error:
            raise BadInputError(
                f"cannot be read: {error.strerror}",
                place=item.path,
                remedy="a snapshot is whole or not made: see to the file and seal again",
            ) from error
        self._packer.remember(item.stamp, after, told, began)
        return told, item.stamp.rewritten(after) or told.size != after.size

    def _rows(self) -> Iterator[catalogue.Segment]:
        for name in self._packer.used:
            yield self._disperser.rows.get(name) or self._known[name]

    def _catalogue(self) -> tuple[tuple[catalogue.Segment, ...], str]:
        """Write the catalogue; when this returns, it and all it names are durable."""
        terms = self._vault.terms
        rows = tuple(self._rows())
        content = catalogue.encode(terms.vault, self._number, terms.spread, rows)
        digest = sha256(content).hexdigest()

        def work(place: Place) -> None:
            place.put(catalogue_name(self._number, digest), [content])
            place.flush()

        self._writers.everywhere(work)
        return rows, digest

    def _acknowledge(
        self, trunk: bytes, rows: tuple[catalogue.Segment, ...], digest: str, now: datetime
    ) -> tuple[Vault, Sealed]:
        terms = self._vault.terms
        entry = chain.sign(
            self._mine.signing,
            vault=terms.vault,
            after=self._vault.head,
            kind=chain.SNAPSHOT,
            now=now,
            **self._said,
            catalogue=digest,
            merkle=catalogue.root(rows).hex(),
            segments=len(rows),
            session=keys.seal_to(terms.reader, self._session, _session_of(self._number)).hex(),
            trunk=trunk.hex(),
            retain_until=chain.instant(now + terms.retention),
            files=self._files,
            bytes=self._bytes,
            stored=self._disperser.package_bytes,
            absent=list(self._writers.absent()),
        )
        # From here on a place that took the entry may be away when prune looks for leftovers.
        self._vault.memory.end(self._disperser.run)
        vault = acknowledge(self._vault, self._writers, entry)
        new = self._disperser.rows.values()
        return vault, Sealed(
            snapshot=entry.snapshot_id(),
            sequence=entry.sequence,
            digest=entry.digest,
            time=entry.time,
            files=self._files,
            source_bytes=self._bytes,
            new_bytes=self._packer.new_bytes,
            stored_bytes=self._disperser.package_bytes,
            dispersed_bytes=sum(each.length * terms.spread.n for each in new),
            segments=len(rows),
            absent=tuple(vault.label(i) for i in self._writers.absent()),
            changed=tuple(self._changed),
        )


def _session_of(number: int) -> bytes:
    return b"session %d" % number
