"""Cut streams into chunks, leave out what the vault holds, fill segments with the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from io import RawIOBase
from typing import BinaryIO, cast

from blake3 import blake3

from panshi.node.resilience.vault.sources import Stamp
from panshi.node.resilience.vault.unchanged import Streamed, name_of, recalled, remembered
from panshi.node.resilience.vault.writing import Disperser
from panshi.resilience.vault.chunking import Cutter
from panshi.resilience.vault.manifest import Extent, append
from panshi.resilience.vault.segment import Chunk
from panshi.store.vault.index import Index

SEGMENT = 4 << 20
"Raw bytes of a segment."
_BLOCK = 4 << 20
_SMALL = 256 << 10
"Hashed at once: handing it to another thread would cost more."
_LEARN_EVERY = 64


@dataclass(slots=True)
class _Open:
    """The segment being filled."""

    name: bytes
    raw: bytearray = field(default_factory=bytearray)
    chunks: list[Chunk] = field(default_factory=list)


class Packer:
    """Fills segments; one per seal."""

    def __init__(
        self,
        disperser: Disperser,
        index: Index,
        key: bytes,
        known: Collection[bytes],
    ) -> None:
        self._disperser = disperser
        self._index = index
        self._key = key
        self._known = known
        self._open = _Open(disperser.new_name())
        self._own: set[bytes] = set()
        self._fresh: dict[bytes, tuple[bytes, int, int]] = {}
        self._files: dict[bytes, bytes] = {}
        self._since = 0
        self._hasher = ThreadPoolExecutor(1)
        self._block = bytearray(_BLOCK)
        self.used: set[bytes] = set()
        self.new_bytes = 0

    def stream(self, source: BinaryIO, advance: Callable[[int], None]) -> Streamed:
        """Seal a stream; memory stays at one block however long it is."""
        digest = sha256()
        extents: list[Extent] = []
        cutter: Cutter | None = None
        size = kept = 0
        view = memoryview(self._block)
        while True:
            got = _fill(source, view[kept:])
            last = kept + got < len(view)
            block = view[: kept + got]
            hashing: Future[None] | None = None
            if got > _SMALL:
                hashing = self._hasher.submit(digest.update, view[kept : kept + got])
            else:
                digest.update(view[kept : kept + got])
            cutter = cutter or Cutter.for_start(block)
            done = self._cut(cutter, block, extents, last=last)
            if hashing is not None:
                hashing.result()
            kept = len(block) - done
            view[:kept] = block[done:]
            size += got
            advance(got)
            if last:
                return Streamed(
                    size=size,
                    sha256=digest.hexdigest(),
                    extents=tuple(extents),
                    paged=bool(cutter.page),
                )

    def recall(self, stamp: Stamp) -> Streamed | None:
        """Give what became of a file the last time, if it and all it needs still stand."""
        name = name_of(stamp)
        content = self._files.get(name) or self._index.file(name)
        found = recalled(content, stamp) if content else None
        if found is None or not all(self._stands(each.segment) for each in found.extents):
            return None
        self.used.update(each.segment for each in found.extents)
        return found

    def remember(self, before: Stamp, after: Stamp, streamed: Streamed, began_ns: int) -> None:
        """Keep in mind how a file stood, so that it need not be read the next time."""
        told = remembered(before, after, streamed, began_ns)
        if told is not None:
            self._files[told[0]] = told[1]

    def _stands(self, segment: bytes) -> bool:
        return segment in self._known or segment in self._own

    def _cut(self, cutter: Cutter, block: memoryview, extents: list[Extent], *, last: bool) -> int:
        start = 0
        for length in cutter.cuts(block, last=last):
            self.chunk(block[start : start + length], extents)
            start += length
        return start

    def chunk(self, content: memoryview, extents: list[Extent]) -> None:
        """Store a chunk, or find it stored."""
        name = blake3(content, key=self._key).digest()
        found = self._fresh.get(name) or self._held(name)
        if found is None:
            found = self._add(name, content)
        else:
            self.used.add(found[0])
        append(extents, *found)

    def _held(self, name: bytes) -> tuple[bytes, int, int] | None:
        found = self._index.find(name)
        return found if found is not None and self._stands(found[0]) else None

    def _add(self, name: bytes, content: memoryview) -> tuple[bytes, int, int]:
        segment = self._open
        if len(segment.raw) + len(content) > SEGMENT and segment.raw:
            self.close_segment()
            segment = self._open
        offset = len(segment.raw)
        segment.raw += content
        segment.chunks.append(Chunk(id=name, length=len(content)))
        self._own.add(segment.name)
        self.used.add(segment.name)
        self.new_bytes += len(content)
        found = segment.name, offset, len(content)
        self._fresh[name] = found
        return found

    def close_segment(self) -> None:
        """Send the segment off and begin another."""
        segment = self._open
        if not segment.raw:
            return
        self._disperser.send(segment.name, segment.raw, tuple(segment.chunks))
        self._open = _Open(self._disperser.new_name())
        self._since += 1
        if self._since >= _LEARN_EVERY:
            self.learn()

    def single(self, content: bytes) -> bytes:
        """Store bytes as a segment of their own; give its name."""
        name = self._disperser.new_name()
        self._disperser.send(name, content, ())
        self.used.add(name)
        return name

    def learn(self) -> None:
        """Hand what was stored to the index."""
        fresh = ((name, *found) for name, found in self._fresh.items())
        self._index.learn(fresh, self._files.items())
        self._fresh.clear()
        self._files.clear()
        self._since = 0

    def close(self) -> None:
        """Let go of the hashing thread."""
        self._hasher.shutdown()


def _fill(source: BinaryIO, view: memoryview) -> int:
    """Read until the view is full or the stream ends."""
    got = 0
    while got < len(view):
        count = cast("RawIOBase", source).readinto(view[got:])
        if not count:
            break
        got += count
    return got
