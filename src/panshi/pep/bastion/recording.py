"""Recordings: what the target showed, event by event, in chunks chained by digest.

The file is asciicast v2 (a header, then `[seconds, code, data]` a line), so that any player shows
it: `o` what was shown, `r` a change of size, `f` a file that was touched by SFTP, `c` that so many
bytes were forwarded. After each chunk an `h` line holds the head of the chain, SHA-256 over the
head before and the bytes of the chunk. What was typed is never kept: what the target echoed is in
what it showed, and what it did not echo, a password, is nowhere; only how much was typed is told.
"""

from __future__ import annotations

import codecs
import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from panshi.errors import IntegrityError, StoreError
from panshi.store.place import OWNER_ONLY_FILE, ready_directory

FOLDER = "zero_trust/recordings"
CHUNK = 32 * 1024
"Bytes after which a chunk is closed and made durable."
LARGEST = 512 * 1024 * 1024
"A recording beyond this ends its session: nothing goes on unrecorded."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """What a recording came to."""

    name: str
    shown: int
    typed: int
    chunks: int
    head: str
    sha256: str


@dataclass(slots=True)
class Recorder:
    """Writes one recording; `began` is the caller's clock at the first event."""

    path: Path
    began: float
    header: dict[str, object]
    shown: int = 0
    typed: int = 0
    chunks: int = 0
    size: int = 0
    _head: bytes = b""
    _open: list[bytes] = field(default_factory=list)
    _pending: int = 0
    _file: int = -1
    _whole: object = None
    _text: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    def start(self) -> None:
        """Make the file; its name must be free."""
        ready_directory(self.path.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        try:
            self._file = os.open(self.path, flags, OWNER_ONLY_FILE)
        except OSError as error:
            raise StoreError(
                f"the recording cannot be made: {error.strerror}", place=str(self.path)
            ) from error
        self._whole = sha256()
        self._line({"version": 2, "timestamp": int(self.began), **self.header})

    def show(self, data: bytes, at: float) -> None:
        """Keep what was shown."""
        self.shown += len(data)
        if text := self._text.decode(data):
            self._event(at, "o", text)

    def resize(self, columns: int, rows: int, at: float) -> None:
        """Keep a change of size."""
        self._event(at, "r", f"{columns}x{rows}")

    def note(self, code: str, text: str, at: float) -> None:
        """Keep a file's name or a count of bytes."""
        self._event(at, code, text)

    def flush(self, at: float) -> None:
        """Close the chunk that is open and make it durable."""
        if not self._open:
            return
        lines = b"".join(self._open)
        self._head = sha256(self._head + lines).digest()
        self._open.clear()
        self._pending = 0
        self.chunks += 1
        mark = json.dumps([round(at - self.began, 6), "h", self._head.hex()]).encode() + b"\n"
        self._write(lines + mark)
        os.fsync(self._file)

    def close(self, at: float) -> Sum:
        """End the recording."""
        self.flush(at)
        os.close(self._file)
        self._file = -1
        return Sum(
            name=self.path.name,
            shown=self.shown,
            typed=self.typed,
            chunks=self.chunks,
            head=self._head.hex(),
            sha256=self._whole.hexdigest(),  # type: ignore[attr-defined]
        )

    @property
    def full(self) -> bool:
        """Whether no more may be recorded, and so nothing more may be done."""
        return self.size >= LARGEST

    def _event(self, at: float, code: str, data: str) -> None:
        self._line([round(at - self.began, 6), code, data])
        if self._pending >= CHUNK:
            self.flush(at)

    def _line(self, value: object) -> None:
        line = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        self._open.append(line)
        self._pending += len(line)
        self.size += len(line)

    def _write(self, data: bytes) -> None:
        self._whole.update(data)  # type: ignore[attr-defined]
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._file, rest) :]


def verified(path: Path) -> tuple[str, str, int]:
    """Hash a recording anew; gives chain head, digest and chunks, or says where it breaks."""
    head, chunk, whole, chunks = b"", [], sha256(), 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                whole.update(line)
                if not _is_mark(line):
                    chunk.append(line)
                    continue
                head = sha256(head + b"".join(chunk)).digest()
                if json.loads(line)[2] != head.hex():
                    raise IntegrityError(
                        "the chain of the recording is broken", place=f"{path.name}:{number}"
                    )
                chunk, chunks = [], chunks + 1
    except (OSError, ValueError) as error:
        raise IntegrityError(f"the recording cannot be read: {error}", place=str(path)) from error
    if chunk:
        raise IntegrityError("the recording has lines after its last chunk", place=path.name)
    return head.hex(), whole.hexdigest(), chunks


def _is_mark(line: bytes) -> bool:
    if not line.startswith(b"["):
        return False
    event = json.loads(line)
    return len(event) == 3 and event[1] == "h"  # noqa: PLR2004 -- seconds, code, data
