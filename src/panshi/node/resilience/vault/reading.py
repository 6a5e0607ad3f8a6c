"""Read a snapshot: fetch fragments, gather, decrypt, and give its files back in order."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from types import TracebackType
from typing import Self

from panshi.errors import IntegrityError, MissingError, PanshiError
from panshi.node.resilience.vault.opening import Damage, Vault
from panshi.node.resilience.vault.sealing import segments_of
from panshi.resilience.vault import keys, manifest
from panshi.resilience.vault import segment as segments
from panshi.resilience.vault.catalogue import Segment
from panshi.resilience.vault.chain import Entry
from panshi.resilience.vault.dispersal import gather
from panshi.resilience.vault.fragments import HEAD_BYTES, unframe
from panshi.resilience.vault.layout import fragment_name, identity

_CACHED = 16
"Raw segments held at once: what bounds memory."
_AHEAD = 3
_READERS = 2
_PATIENCE = 3
"Faults of a place after which it is no longer asked."


class Fetcher:
    """Gives segments back from whatever k places still hold them."""

    def __init__(self, vault: Vault, without: Collection[int] = ()) -> None:
        self._vault = vault
        self._usable = [i for i in vault.places if i not in without]
        self._faults = dict.fromkeys(self._usable, 0)
        self._lock = threading.Lock()
        self.damages: set[Damage] = set()

    def package(self, row: Segment) -> bytes:
        """Gather a segment's package; what is damaged on the way is noted."""
        spread = self._vault.terms.spread
        fragments: dict[int, memoryview] = {}
        for i in self._usable:
            if len(fragments) == spread.k:
                break
            if self._faults[i] < _PATIENCE:
                content = self._fragment(row, i)
                if content is not None:
                    fragments[i] = content
        try:
            return gather(fragments, spread)
        except IntegrityError as error:
            raise IntegrityError(
                error.problem, place=f"segment {row.id.hex()}", remedy=error.remedy
            ) from error

    def _fragment(self, row: Segment, i: int) -> memoryview | None:
        name = fragment_name(row.session, row.id)
        label = self._vault.label(i)
        try:
            return unframe(self._vault.places[i].read(name, HEAD_BYTES + row.length), row.digest(i))
        except MissingError as error:
            self._note(Damage(place=label, what="missing", name=name, detail=error.problem))
        except IntegrityError as error:
            self._note(Damage(place=label, what="altered", name=name, detail=error.problem))
        except PanshiError as error:
            self._note(Damage(place=label, what="unreadable", name=name, detail=error.problem))
            self._faults[i] += 1
        return None

    def _note(self, damage: Damage) -> None:
        with self._lock:
            self.damages.add(damage)


class Reader:
    """One snapshot, opened with the vault's keys."""

    def __init__(
        self,
        vault: Vault,
        its: keys.VaultKeys,
        snapshot: Entry,
        without: Collection[int] = (),
    ) -> None:
        self.fetcher = Fetcher(vault, without)
        self._vault = vault
        self._rows = segments_of(vault, snapshot)
        self._reading = its.reading()
        self._sessions: dict[int, bytes] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_READERS)
        self._cache: OrderedDict[bytes, Future[bytes]] = OrderedDict()
        trunk = self.raw(identity(snapshot.fields["trunk"], "the trunk's id"))
        self.trunk = manifest.Trunk.parse(trunk)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def records(self) -> Iterator[manifest.Record]:
        """Give the lines of the manifest, checked as a whole at its end."""
        digest = sha256()

        def blocks() -> Iterator[bytes]:
            for extent in self.trunk.extents:
                block = self._slice(self.raw(extent.segment), extent)
                digest.update(block)
                yield bytes(block)

        yield from manifest.lines(blocks())
        if digest.hexdigest() != self.trunk.sha256:
            raise IntegrityError("the manifest is not the one that was sealed")

    def contents(
        self, records: Iterable[manifest.Record]
    ) -> Iterator[tuple[manifest.Record, Iterator[memoryview]]]:
        """Give each record with its bytes; those to come are fetched meanwhile."""
        ahead: deque[manifest.Record] = deque()
        source = iter(records)
        coming: OrderedDict[bytes, None] = OrderedDict()
        while True:
            while len(coming) <= _AHEAD and (record := next(source, None)) is not None:
                ahead.append(record)
                coming.update(dict.fromkeys(each.segment for each in record.extents))
            if not ahead:
                return
            yield ahead[0], self._blocks(ahead.popleft(), coming)

    def _blocks(
        self, record: manifest.Record, coming: OrderedDict[bytes, None]
    ) -> Iterator[memoryview]:
        for extent in record.extents:
            coming.pop(extent.segment, None)
            self._start(extent.segment)
            for name in [name for name, _ in zip(coming, range(_AHEAD), strict=False)]:
                self._start(name)
            yield self._slice(self._start(extent.segment).result(), extent)

    def raw(self, name: bytes) -> bytes:
        """Give a segment's raw bytes."""
        return self._start(name).result()

    def _start(self, name: bytes) -> Future[bytes]:
        found = self._cache.get(name)
        if found is None:
            found = self._cache[name] = self._pool.submit(self._fetch, name)
            while len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        self._cache.move_to_end(name)
        return found

    def _fetch(self, name: bytes) -> bytes:
        row = self._rows.get(name)
        if row is None:
            raise IntegrityError(
                "the manifest speaks of a segment the catalogue lacks", place=name.hex()
            )
        body = segments.decrypt(
            self.fetcher.package(row),
            session=self._session(row.session),
            where=self._vault.terms.vault + name,
        )
        return segments.unpack(body)

    def _session(self, number: int) -> bytes:
        with self._lock:
            if number not in self._sessions:
                entry = self._vault.entries[number]
                sealed = bytes.fromhex(entry.fields["session"])
                self._sessions[number] = self._reading.open(sealed, b"session %d" % number)
            return self._sessions[number]

    @staticmethod
    def _slice(raw: bytes, extent: manifest.Extent) -> memoryview:
        end = extent.offset + extent.length
        if extent.offset < 0 or extent.length < 0 or end > len(raw):
            raise IntegrityError("the manifest reaches beyond a segment")
        return memoryview(raw)[extent.offset : end]


def checked(
    record: manifest.Record, blocks: Iterable[memoryview], take: Callable[[memoryview], object]
) -> None:
    """Hand a file's bytes on and see that they are those that were sealed."""
    digest = sha256()
    size = 0
    for block in blocks:
        digest.update(block)
        take(block)
        size += len(block)
    if size != record.size or digest.hexdigest() != record.sha256:
        raise IntegrityError("the file is not the one that was sealed", place=record.path)
