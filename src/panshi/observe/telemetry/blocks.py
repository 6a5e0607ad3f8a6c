"""A file of lines as blocks of about a mebibyte, bounded however long its lines are."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from panshi.errors import BadInputError
from panshi.observe.reading.files import open_source, utf8_chunks
from panshi.observe.reading.limits import MIB, Limits

BLOCK = MIB
LIMITS = Limits(max_bytes=256 * 1024 * MIB)
"Of an extract, expanded."


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Whole lines; of a line longer than a block, a piece that ends with a word."""

    first_line: int
    raw: bytes


class Extract:
    """What was read of a file so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = 0
        self.size = 0
        self.cut = 0
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Digest of what was read, as UTF-8."""
        return self._digest.hexdigest()

    def add(self, chunk: bytes) -> None:
        """Count what was read."""
        self._digest.update(chunk)
        self.size += len(chunk)


def blocks(extract: Extract) -> Iterator[Block]:
    """Yield the file's blocks in order."""
    try:
        yield from _blocks(extract)
    except (zlib.error, EOFError) as error:
        raise BadInputError(
            "is not whole: what is compressed by gzip ends early or is damaged",
            place=str(extract.path),
            remedy="copy it again",
        ) from error


def _blocks(extract: Extract) -> Iterator[Block]:
    packed = extract.path.suffix.lower() == ".gz"
    held, line = b"", 1
    with open_source(extract.path, LIMITS, through=_expanded if packed else None) as source:
        for chunk in utf8_chunks(source):
            extract.add(chunk)
            held += chunk
            if len(held) < BLOCK:
                continue
            ready, held, whole = _parted(held)
            yield Block(first_line=line, raw=ready)
            extract.cut += not whole
            line += ready.count(b"\n") + whole
        if held:
            yield Block(first_line=line, raw=held)
            line += held.count(b"\n") + (not held.endswith(b"\n"))
    extract.lines = line - 1


def _parted(held: bytes) -> tuple[bytes, bytes, bool]:
    """Part at the last end of a line; without one, at the last end of a word."""
    at = held.rfind(b"\n")
    if at >= 0:
        return held[:at], held[at + 1 :], True
    at = max(held.rfind(b" ", BLOCK // 2), held.rfind(b",", BLOCK // 2))
    if at < 0:
        return held, b"", False
    return held[:at], held[at:], False


def _expanded(stream: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
