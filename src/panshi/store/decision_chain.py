"""Segments of the decision log at rest: files of lines that only grow.

    FOLDER/000001.jsonl    lines; the first tells how the segment is written

This module knows files and lines, not what they mean. A line counts once its line feed is written:
what a crash left after the last line feed is cut when the folder is opened again. One process
writes a folder; a second one is refused.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from panshi.errors import StoreError
from panshi.store.place import ready_directory

SUFFIX = ".jsonl"
BLOCK = 1 << 20
_REMEDY = "free space, or point the log at another folder"


def segments(folder: Path) -> tuple[Path, ...]:
    """Give the segments of a folder, oldest first."""
    return tuple(sorted(each for each in folder.glob(f"*{SUFFIX}") if each.stem.isdecimal()))


def lines(segment: Path) -> Iterator[bytes]:
    """Give the whole lines of a segment, without their line feeds."""
    try:
        with segment.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]
    except OSError as error:
        raise StoreError(f"cannot be read: {error.strerror}", place=str(segment)) from error


class SegmentWriter:
    """The one that writes a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; what a crash left half written at its end is cut."""
        self.folder = ready_directory(folder)
        self._lock = self._locked()
        self._file = -1
        self.cut = 0
        """Bytes cut from the end of the last segment."""
        found = segments(folder)
        self.segment = found[-1] if found else None
        if self.segment is not None:
            self.cut = _cut_torn(self.segment)
            self._open(self.segment)

    def __enter__(self) -> Self:
        """Use it within a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Close it."""
        self.close()

    def begin(self) -> Path:
        """Begin the next segment."""
        number = int(self.segment.stem) + 1 if self.segment is not None else 1
        self._shut()
        self.segment = self.folder / f"{number:06d}{SUFFIX}"
        self._open(self.segment)
        return self.segment

    def append(self, block: bytes) -> None:
        """Write whole lines at the end; on a full disk nothing of a line counts."""
        try:
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise StoreError(
                f"cannot be written: {error.strerror}", place=str(self.segment), remedy=_REMEDY
            ) from error

    def sync(self) -> None:
        """Let what was written rest on disk."""
        if self._file >= 0:
            try:
                os.fdatasync(self._file)
            except OSError as error:
                raise StoreError(
                    f"cannot be synced: {error.strerror}", place=str(self.segment), remedy=_REMEDY
                ) from error

    def close(self) -> None:
        """Give the folder back."""
        self._shut()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _shut(self) -> None:
        if self._file >= 0:
            self.sync()
            os.close(self._file)
            self._file = -1

    def _open(self, segment: Path) -> None:
        try:
            self._file = os.open(segment, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"cannot be opened: {error.strerror}", place=str(segment), remedy=_REMEDY
            ) from error

    def _locked(self) -> int:
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise StoreError(
                "another decision point writes this log",
                place=str(self.folder),
                remedy="stop it, or give --log another folder",
            ) from error
        return lock


def _cut_torn(segment: Path) -> int:
    """Cut what stands after the last line feed; gives how many bytes that was."""
    with segment.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        end = size
        while end > 0:
            start = max(0, end - BLOCK)
            file.seek(start)
            at = file.read(end - start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            file.truncate(end)
            file.flush()
            os.fsync(file.fileno())
        return size - end
