"""The manifest of a snapshot: one line of JSON per file, directory or link.

It is sealed like any other stream. The trunk, a segment of its own that the chain names, says where
the manifest lies and what the sealing institution said about the moment (marks).
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from panshi.errors import IntegrityError
from panshi.resilience.vault.layout import identity

FILE, DIRECTORY, LINK = "file", "directory", "link"
TRUNK_FORMAT = "panshi-vault-trunk/1"


@dataclass(frozen=True, slots=True)
class Extent:
    """A run of bytes in the raw content of a segment."""

    segment: bytes
    offset: int
    length: int


def append(extents: list[Extent], segment: bytes, offset: int, length: int) -> None:
    """Add a chunk to a stream, melting it into the run before it where they touch."""
    if extents:
        last = extents[-1]
        if last.segment == segment and last.offset + last.length == offset:
            extents[-1] = Extent(segment, last.offset, last.length + length)
            return
    extents.append(Extent(segment, offset, length))


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line: a file, directory or symbolic link, and where its bytes are."""

    path: str
    "Relative, parts joined by /."
    kind: str = FILE
    mode: int = 0o600
    mtime_ns: int = 0
    uid: int = 0
    gid: int = 0
    size: int = 0
    sha256: str = ""
    target: str = ""
    changed: bool = False
    "The file changed while it was read."
    extents: tuple[Extent, ...] = field(default=())

    def line(self) -> bytes:
        """Write the line."""
        value: dict[str, Any] = {
            "path": self.path,
            "kind": self.kind,
            "mode": stat.S_IMODE(self.mode),
            "mtime_ns": self.mtime_ns,
            "uid": self.uid,
            "gid": self.gid,
        }
        if self.kind == FILE:
            value |= {"size": self.size, "sha256": self.sha256, "extents": rows(self.extents)}
        if self.kind == LINK:
            value["target"] = self.target
        if self.changed:
            value["changed"] = True
        return json.dumps(value, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Record:
        """Read a line; refuse a path that would leave the place it is restored to."""
        try:
            value = json.loads(line)
            known = {name: told for name, told in value.items() if name in cls.__slots__}
            record = cls(**{**known, "extents": extents_of(value.get("extents", ()))})
            sound = inside(record.path) and record.kind in {FILE, DIRECTORY, LINK}
        except (ValueError, TypeError, AttributeError) as error:
            raise IntegrityError("a line of the manifest is malformed") from error
        if not sound:
            raise IntegrityError(f"the manifest speaks of {record.path[:200]!r}, which is no path")
        return record


def inside(path: str) -> bool:
    """Whether a path stays below where it starts."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\0" not in path


def rows(extents: Iterable[Extent]) -> list[list[str | int]]:
    """Extents as JSON."""
    return [[each.segment.hex(), each.offset, each.length] for each in extents]


def extents_of(value: Iterable[Any]) -> tuple[Extent, ...]:
    """Extents from JSON."""
    return tuple(
        Extent(identity(segment, "a segment's id"), int(offset), int(length))
        for segment, offset, length in value
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """What a snapshot hangs on."""

    size: int
    "Bytes of the manifest."
    sha256: str
    extents: tuple[Extent, ...]
    marks: Mapping[str, str]
    "What the source said about the moment: WAL position, control totals, a label."

    def encode(self) -> bytes:
        """Write it."""
        value = {
            "format": TRUNK_FORMAT,
            "size": self.size,
            "sha256": self.sha256,
            "extents": rows(self.extents),
            "marks": dict(self.marks),
        }
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def parse(cls, content: bytes) -> Trunk:
        """Read it."""
        try:
            value = json.loads(content)
            if value["format"] != TRUNK_FORMAT:
                raise IntegrityError("the trunk of a snapshot is of another version")
            return cls(
                size=int(value["size"]),
                sha256=str(value["sha256"]),
                extents=extents_of(value["extents"]),
                marks={str(key): str(text) for key, text in value["marks"].items()},
            )
        except (ValueError, TypeError, KeyError) as error:
            raise IntegrityError("the trunk of a snapshot is malformed") from error


def lines(blocks: Iterable[bytes]) -> Iterator[Record]:
    """Read records from a stream of bytes."""
    rest = b""
    for block in blocks:
        *whole, rest = (rest + block).split(b"\n")
        yield from (Record.parse(line) for line in whole if line)
    if rest:
        raise IntegrityError("the manifest ends in the middle of a line")
