"""Signed checkpoints kept outside the database, below PANSHI_HOME/checkpoints.

A database can be rebuilt whole, checkpoints and all; what was signed before is kept here too, so
that a rebuilt log is found out and is never signed. One JSON line per note, in the order signed;
lines are only ever added, each flushed to disk before the database commits.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from panshi.errors import BadInputError, IntegrityError, StoreError
from panshi.evidence.checkpoint import parse_note
from panshi.store.place import OWNER_ONLY_FILE, flush_directory, ready_directory, write_new_file

FOLDER = "checkpoints"
FILE_NAME = "notes.log"
TAIL_BYTES = 8_192
"Read from the end at first: longer than any note of one or two signatures."


class _Line(msgspec.Struct):
    size: int
    note: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Line).decode


class NoteFile:
    """The file of all notes this node signed; written within the writer's turn only."""

    def __init__(self, home: Path) -> None:
        self.path = home / FOLDER / FILE_NAME
        self.place = str(self.path)

    def exists(self) -> bool:
        """Whether a note was ever kept here."""
        return self.path.exists()

    def seed(self, notes: Sequence[str]) -> None:
        """Begin with the notes of a log that is older than this file; do nothing without any."""
        lines = b"".join(map(_line, notes))
        if lines:
            self._ready()
            # Where another process was faster, its lines are the same.
            with suppress(FileExistsError):
                write_new_file(self.path, lines)

    def append(self, note: str) -> None:
        """Add a note; it is on disk when this returns."""
        line = _line(note)
        fresh = not self.exists()
        self._ready()
        with self._told():
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, OWNER_ONLY_FILE)
            try:
                _cut_unfinished(descriptor)
                while line:
                    line = line[os.write(descriptor, line) :]
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if fresh:
                flush_directory(self.path.parent)

    def last(self) -> str:
        """Give the newest note; empty where there is none."""
        if not self.exists():
            return ""
        with self._told(), self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            back = TAIL_BYTES
            while True:
                start = max(0, end - back)
                file.seek(start)
                # What follows the last line break was not finished when the power went.
                whole = file.read(end - start).rpartition(b"\n")[0]
                if start == 0 or b"\n" in whole:
                    break
                back *= 2
        line = whole.rpartition(b"\n")[2]
        if not line:
            return ""
        note = _note(line)
        if note is None:
            raise IntegrityError(
                "the newest signed checkpoint kept here cannot be read",
                place=self.place,
                remedy="restore the file from a copy",
            )
        return note

    def read(self) -> Iterator[tuple[int, str | None]]:
        """Give line numbers and notes, oldest first; None where a line holds no note."""
        if not self.exists():
            return
        with self._told(), self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    yield number, _note(line)

    def _ready(self) -> None:
        home = self.path.parent.parent
        made = self.path.parent.exists()
        ready_directory(self.path.parent)
        if not made:
            flush_directory(home)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the file of signed checkpoints cannot be used: {error.strerror}",
                place=self.place,
                remedy="free some space, or make the file readable and writable for this user",
            ) from error


def _line(note: str) -> bytes:
    return _encode(_Line(parse_note(note).checkpoint.size, note)) + b"\n"


def _note(line: bytes) -> str | None:
    try:
        read = _decode(line)
        parse_note(read.note)
    except (msgspec.MsgspecError, ValueError, BadInputError):
        return None
    return read.note


def _cut_unfinished(descriptor: int) -> None:
    """Take away a last line that a loss of power cut short; its note was never given out."""
    end = os.fstat(descriptor).st_size
    keep, step = end, TAIL_BYTES
    while keep:
        start = max(0, keep - step)
        at = os.pread(descriptor, keep - start, start).rfind(b"\n")
        if at >= 0:
            keep = start + at + 1
            break
        keep = start
    if keep < end:
        os.ftruncate(descriptor, keep)
