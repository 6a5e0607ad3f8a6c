"""One document as it came: its bytes, their digest, and as many readings as its form needs.

Compressed documents (gzip, Zstandard) are expanded while they are read; what expands beyond the
limit, or a large document far beyond its own size, is refused. Digest and size speak of the bytes
as they came, compressed or not.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from panshi.errors import BadInputError
from panshi.observe.reading.files import Source, open_source
from panshi.observe.reading.limits import MIB, Limits

if TYPE_CHECKING:
    import hashlib

LIMITS = Limits(max_bytes=2048 * MIB, max_items=5_000_000)
"What is read of a bill of materials before it is refused."
_WHOLE = 64 * MIB
"Up to that size a document is decoded in one go …"
_OBJECTS, _VALUES = 400_000, 3_000_000
"… unless it is made to become much more in memory than it is on disk."
_FREE = 64 * MIB
"A document expands to that much whatever its compressed size."
_MOST_TIMES = 200
"Beyond that, it may be so many times its compressed size."
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Document:
    """The bytes of one document, from a file or given."""

    def __init__(self, given: Path | bytes, name: str, limits: Limits) -> None:
        """Read nothing yet; errors call it by its name."""
        self.given, self.name, self.limits = given, name, limits
        self.digest, self.size = "", 0
        "SHA-256 and bytes, once it has been read to its end."
        self._tee: _Tee | None = None

    @contextmanager
    def open(self) -> Iterator[Source]:
        """Open it for one reading."""
        if isinstance(self.given, Path):
            with open_source(self.given, self.limits, through=self._through) as source:
                yield source
        else:
            yield Source(Path(self.name), self.limits, self._through(io.BytesIO(self.given)))

    def seal(self) -> None:
        """Settle digest and size; the document has been read to its end."""
        if isinstance(self.given, bytes):
            self.digest, self.size = _sha256(self.given).hexdigest(), len(self.given)
        elif self._tee is not None:
            self.digest, self.size = self._tee.digest(), self._tee.size

    def _through(self, stream: BinaryIO) -> BinaryIO:
        if isinstance(self.given, Path):
            self._tee = _Tee(stream)
            stream = cast("BinaryIO", self._tee)
        head = stream.read(4)
        while len(head) < len(_ZSTD) and (more := stream.read(len(_ZSTD) - len(head))):
            head += more
        rest = _Joined(head, stream)
        if head.startswith(_GZIP):
            return cast("BinaryIO", _Expanded(rest, self.name, "gzip"))
        if head.startswith(_ZSTD):
            return cast("BinaryIO", _Expanded(rest, self.name, "Zstandard"))
        return cast("BinaryIO", rest)


def slim(raw: bytes) -> bool:
    """Tell whether a document may be decoded in one go: it stays small in memory, too."""
    return len(raw) <= MIB or (
        len(raw) <= _WHOLE and raw.count(b"{") <= _OBJECTS and raw.count(b",") <= _VALUES
    )


def take_whole(source: Source) -> bytes | None:
    """Give all bytes of a source, if they may be decoded in one go."""
    chunks: list[bytes] = []
    size = 0
    while chunk := source.read(MIB):
        size += len(chunk)
        if size > _WHOLE:
            return None
        chunks.append(chunk)
    raw = b"".join(chunks)
    return raw if slim(raw) else None


class _Tee:
    """Passes a stream on and digests it: what is small only when somebody asks."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.size = 0
        self._waiting: list[bytes] = []
        self._waits = 0
        self._hash: hashlib._Hash | None = None

    def read(self, size: int) -> bytes:
        chunk = self.stream.read(size)
        self.size += len(chunk)
        self._waiting.append(chunk)
        self._waits += len(chunk)
        if self._waits > MIB:
            self._take()
        return chunk

    def digest(self) -> str:
        return self._take().hexdigest()

    def _take(self) -> hashlib._Hash:
        raw, self._waiting, self._waits = b"".join(self._waiting), [], 0
        if self._hash is None:
            self._hash = _sha256(raw)
        else:
            self._hash.update(raw)
        return self._hash


class _Joined:
    """A stream with its first bytes put back."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self.head, self.stream = head, stream

    def read(self, size: int) -> bytes:
        if self.head:
            chunk, self.head = self.head[:size], self.head[size:]
            return chunk
        return self.stream.read(size)


class _Expanded:
    """The expansion of a compressed stream, member after member, within bounds.

    Little is fed at a time, so that one step cannot make much: deflate makes at most a thousand
    times what it is fed, Zstandard some ten thousand times.
    """

    def __init__(self, stream: _Joined, name: str, packing: str) -> None:
        self.stream, self.name, self.packing = stream, name, packing
        self.taken = self.made = 0
        self._member: Any = None
        self._rest = self._out = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        while self._at >= len(self._out):
            fed = self._rest or self._more()
            if not fed:
                if not self._member.eof:
                    raise _broken(self.name, self.packing, "it ends in the middle")
                return b""
            self._out, self._at = self._expand(fed), 0
        chunk = self._out[self._at : self._at + size]
        self._at += len(chunk)
        return chunk

    def _more(self) -> bytes:
        fed = self.stream.read(4096 if self.packing == "gzip" else 512)
        self.taken += len(fed)
        return fed

    def _expand(self, fed: bytes) -> bytes:
        if self._member is None or self._member.eof:
            if self._member is not None and not fed.strip(b"\0"):  # padding after the last member
                self._rest = b""
                return b""
            self._member = _member(self.packing)
        try:
            made: bytes = self._member.decompress(fed)
        except (zlib.error, _zstd_error(self.packing), MemoryError) as error:
            raise _broken(self.name, self.packing, str(error)) from error
        self._rest = self._member.unused_data if self._member.eof else b""
        self.made += len(made)
        if self.made > _FREE and self.made > self.taken * _MOST_TIMES:
            raise BadInputError(
                f"expands to more than {_MOST_TIMES} times its size",
                place=self.name,
                remedy="if you trust its origin, unpack it and name what is in it",
            )
        return made


def _member(packing: str) -> Any:  # noqa: ANN401 -- both libraries keep the type to themselves
    if packing == "gzip":
        return zlib.decompressobj(31)
    return _zstandard().ZstdDecompressor(max_window_size=128 * MIB).decompressobj()


def _zstd_error(packing: str) -> type[Exception]:
    error: type[Exception] = zlib.error if packing == "gzip" else _zstandard().ZstdError
    return error


def _zstandard() -> Any:  # noqa: ANN401 -- a module
    import zstandard  # noqa: PLC0415 -- few documents are compressed; start-up counts

    return zstandard


def _sha256(raw: bytes) -> hashlib._Hash:
    import hashlib  # noqa: PLC0415 -- loads OpenSSL; not every reader asks for a digest

    return hashlib.sha256(raw)


def _broken(name: str, packing: str, problem: str) -> BadInputError:
    return BadInputError(
        f"cannot be unpacked ({packing}): {problem[:200]}",
        place=name,
        remedy="the file is truncated or damaged; fetch it again",
    )
