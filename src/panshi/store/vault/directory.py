"""A directory as a place: another disk, a mounted share, a tape library's staging area.

An object is written beside, synchronised, and linked to its name, which fails where the name is
taken. What is put is synchronised in batches beside the writer; `flush` waits for all of it and
synchronises the names, so a seal waits for the disk once and not at every object.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from panshi.errors import MissingError, StoreError
from panshi.store.place import OWNER_ONLY_DIRECTORY, flush_directory
from panshi.store.vault.place import MOST_OBJECT, Part, too_large

INCOMING = ".incoming"
_BATCH = 16
"Objects synchronised together."
_MOST_BATCHES = 3
"Batches beside the writer, so that descriptors stay few."

type _Written = tuple[int, Path, Path]
"Descriptor, where the object lies, the name it is to have."


class DirectoryPlace:
    """A place below one directory of this machine's file systems."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._pending: list[_Written] = []
        self._batches: deque[Future[None]] = deque()
        self._beside: ThreadPoolExecutor | None = None
        self._named_in: set[Path] = set()
        self._folders: set[Path] = set()

    @property
    def label(self) -> str:
        """Its path."""
        return str(self._root)

    def found(self) -> None:
        """Make the directory; it must be empty or missing."""
        with self._faults("cannot make the place"):
            self._root.mkdir(mode=OWNER_ONLY_DIRECTORY, parents=True, exist_ok=True)

    def put(self, name: str, parts: Sequence[Part]) -> None:
        """Write a new object."""
        with self._faults(f"cannot write {name}"):
            descriptor, beside = self._write(parts)
            self._pending.append((descriptor, beside, self._root / name))
            if len(self._pending) >= _BATCH:
                self._hand_over()

    def flush(self) -> None:
        """Synchronise what was put, then give it its names, then synchronise the names."""
        with self._faults("cannot make what was written durable"):
            while self._batches:
                self._batches.popleft().result()
            batch, self._pending = self._pending, []
            self._settle(batch)
            while self._named_in:
                flush_directory(self._named_in.pop())

    def _hand_over(self) -> None:
        """Let another thread synchronise a batch while the next is written."""
        if self._beside is None:
            self._beside = ThreadPoolExecutor(1)
        batch, self._pending = self._pending, []
        self._batches.append(self._beside.submit(self._settle, batch))
        while len(self._batches) > _MOST_BATCHES:
            self._batches.popleft().result()

    def _settle(self, batch: Sequence[_Written]) -> None:
        try:
            for descriptor, _, _ in batch:
                os.fsync(descriptor)
            for _, beside, path in batch:
                self._folder(path.parent)
                self._name(beside, path)
                self._named_in.add(path.parent)
        finally:
            _let_go(batch)

    def replace(self, name: str, content: bytes) -> None:
        """Write an object in the place of a damaged one."""
        with self._faults(f"cannot repair {name}"):
            descriptor, beside = self._write([content])
            try:
                os.fsync(descriptor)
                path = self._root / name
                self._folder(path.parent)
                beside.replace(path)
                flush_directory(path.parent)
            finally:
                os.close(descriptor)
                beside.unlink(missing_ok=True)

    def read(self, name: str, most: int = MOST_OBJECT) -> bytes:
        """Read an object whole; what is no file is not waited for, and no link is followed."""
        with self._faults(f"cannot read {name}"):
            descriptor = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            facts = os.fstat(descriptor)
            if not stat.S_ISREG(facts.st_mode):
                os.close(descriptor)
                raise OSError(errno.EINVAL, "it is no file")
            with os.fdopen(descriptor, "rb") as file:
                if facts.st_size > most:
                    raise too_large(name, self.label)
                return file.read(facts.st_size + 1)

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Name every object below a folder."""
        with self._faults(f"cannot list {prefix}"):
            yield from self._below(self._root / prefix)

    def remove(self, name: str) -> None:
        """Remove an object."""
        with self._faults(f"cannot remove {name}"):
            (self._root / name).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what was never given a name."""
        self.close()
        with self._faults("cannot tidy"):
            for _, _, path in self._half_written():
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Forget what was put and not flushed."""
        if self._beside is not None:
            self._beside.shutdown()
            self._beside = None
        self._batches.clear()
        _let_go(self._pending)
        self._pending.clear()

    def _half_written(self) -> Iterator[tuple[str, int, Path]]:
        incoming = self._root / INCOMING
        if incoming.is_dir():
            for each in os.scandir(incoming):
                yield each.name, 0, Path(each.path)

    def _below(self, folder: Path) -> Iterator[tuple[str, int]]:
        try:
            entries = sorted(os.scandir(folder), key=lambda each: each.name)
        except FileNotFoundError:
            return
        for each in entries:
            if each.is_dir(follow_symlinks=False):
                yield from self._below(Path(each.path))
            else:
                yield str(Path(each.path).relative_to(self._root)), each.stat().st_size

    def _write(self, parts: Sequence[Part]) -> tuple[int, Path]:
        self._folder(self._root / INCOMING)
        beside = self._root / INCOMING / secrets.token_hex(8)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        try:
            for part in parts:
                view = memoryview(part)
                while view:
                    view = view[os.write(descriptor, view) :]
        except OSError:
            os.close(descriptor)
            beside.unlink(missing_ok=True)
            raise
        return descriptor, beside

    def _name(self, beside: Path, path: Path) -> None:
        try:
            os.link(beside, path)
        except FileExistsError:
            if path.read_bytes() != beside.read_bytes():
                raise StoreError(
                    f"{path.name} is there already with other content",
                    place=self.label,
                    remedy="names are written once; is another machine sealing to this vault?",
                ) from None

    def _folder(self, folder: Path) -> None:
        """Make a folder so that it survives a loss of power."""
        if folder in self._folders:
            return
        if not folder.is_dir():
            if not self._root.is_dir():
                raise FileNotFoundError(errno.ENOENT, "the place is gone", str(self._root))
            self._folder(folder.parent)
            folder.mkdir(mode=OWNER_ONLY_DIRECTORY, exist_ok=True)
            flush_directory(folder.parent)
        self._folders.add(folder)

    @contextmanager
    def _faults(self, problem: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise MissingError(f"{problem}: {error.strerror}", place=self.label) from error
        except OSError as error:
            raise StoreError(
                f"{problem}: {error.strerror}",
                place=self.label,
                remedy="see to the place; the other places are not touched",
            ) from error


def _let_go(written: Sequence[_Written]) -> None:
    for descriptor, beside, _ in written:
        os.close(descriptor)
        with suppress(OSError):
            beside.unlink(missing_ok=True)
