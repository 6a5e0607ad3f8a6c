"""Restore a snapshot into a fresh place, or verify it without writing.

Files are written beside and the whole moved to its name at the end: what stands there is complete.
Nothing is written through a link, and a file runs as its owner only where its owner came back.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from panshi.errors import IntegrityError, StoreError, UsageError
from panshi.node.resilience.vault.opening import Damage, Vault
from panshi.node.resilience.vault.reading import Reader, checked
from panshi.resilience.vault import keys
from panshi.resilience.vault.history import find
from panshi.resilience.vault.manifest import DIRECTORY, FILE, LINK, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back."""

    snapshot: str
    sealed_at: datetime
    files: int
    bytes: int
    marks: dict[str, str]
    "What the source said when it was sealed."
    damages: tuple[Damage, ...]
    "Damage met and overcome on the way."


def restore(
    vault: Vault,
    its: keys.VaultKeys,
    into: Path,
    *,
    snapshot: str = "latest",
    only: str = "",
    without: Collection[int] = (),
    advance: Callable[[int], None] = lambda _count: None,
) -> Restored:
    """Restore a snapshot (or what lies below `only`) into a new directory."""
    with _fresh(into) as beside:
        writer = _Writer(beside, advance)
        done = _read(vault, its, snapshot, without, writer, lambda r: _below(r, only))
        if only and not writer.records:
            raise UsageError(
                f"the snapshot holds nothing at {only}",
                remedy="the path as it was sealed, without a slash before it",
            )
        return done


def verify(
    vault: Vault,
    its: keys.VaultKeys,
    *,
    snapshot: str = "latest",
    without: Collection[int] = (),
    advance: Callable[[int], None] = lambda _count: None,
) -> Restored:
    """Read a snapshot whole and check every digest, writing nothing."""
    return _read(vault, its, snapshot, without, _Checker(advance), lambda _record: True)


def _read(
    vault: Vault,
    its: keys.VaultKeys,
    snapshot: str,
    without: Collection[int],
    taker: _Checker,
    wanted: Callable[[Record], bool],
) -> Restored:
    entry = find(vault.entries, snapshot)
    with Reader(vault, its, entry, without) as reader:
        for record, blocks in reader.contents(filter(wanted, reader.records())):
            taker.take(record, blocks)
        taker.finish()
        return Restored(
            snapshot=entry.snapshot_id(),
            sealed_at=entry.time,
            files=taker.files,
            bytes=taker.bytes,
            marks=dict(reader.trunk.marks),
            damages=(*vault.damages, *sorted(reader.fetcher.damages, key=repr)),
        )


class _Checker:
    """Takes files and keeps nothing."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self.files = 0
        self.bytes = 0

    def take(self, record: Record, blocks: Iterator[memoryview]) -> None:
        """Take one record."""
        if record.kind == FILE:
            checked(record, blocks, lambda _block: None)
            self._count(record)

    def finish(self) -> None:
        """Nothing is left to do."""

    def _count(self, record: Record) -> None:
        self.files += 1
        self.bytes += record.size
        self._advance(record.size)


class _Writer(_Checker):
    """Writes files below a directory; folders' owners and times, and links, come last."""

    def __init__(self, root: Path, advance: Callable[[int], None]) -> None:
        super().__init__(advance)
        self._root = root
        self.records = 0
        self._folders: list[Record] = []
        self._links: list[Record] = []
        self._made: set[Path] = set()
        "Folders that were made, so that no file asks again for each of them."

    def take(self, record: Record, blocks: Iterator[memoryview]) -> None:
        """Write one record."""
        self.records += 1
        path = self._root / record.path
        if record.kind == LINK:
            self._links.append(record)
            return
        if record.kind == DIRECTORY:
            self._folder(path)
            self._folders.append(record)
            return
        self._folder(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            checked(record, blocks, lambda block: _whole(descriptor, block))
            _own(descriptor, record)
            os.utime(descriptor, ns=(record.mtime_ns, record.mtime_ns))
        finally:
            os.close(descriptor)
        self._count(record)

    def finish(self) -> None:
        """Make the links, then give the folders their modes and times, the deepest first."""
        for record in self._links:
            path = self._root / record.path
            self._folder(path.parent)
            path.symlink_to(record.target)
            if os.geteuid() == 0:
                os.lchown(path, record.uid, record.gid)
        for record in sorted(self._folders, key=lambda each: each.path, reverse=True):
            path = self._root / record.path
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                _own(descriptor, record)
                os.utime(descriptor, ns=(record.mtime_ns, record.mtime_ns))
            finally:
                os.close(descriptor)

    def _folder(self, path: Path) -> None:
        """Make a folder below the root; refuse where a link stands on the way."""
        if path == self._root or path in self._made:
            return
        self._folder(path.parent)
        if path.is_symlink():
            raise IntegrityError("something is said to lie below a link", place=path.name)
        path.mkdir(mode=0o700, exist_ok=True)
        self._made.add(path)


def _own(descriptor: int, record: Record) -> None:
    """Give owner and mode back; without the owner, none of the rights to run as it."""
    if os.geteuid() == 0:
        os.fchown(descriptor, record.uid, record.gid)
    found = os.fstat(descriptor)
    same = (found.st_uid, found.st_gid) == (record.uid, record.gid)
    os.fchmod(descriptor, record.mode & (0o7777 if same else 0o1777))


def _whole(descriptor: int, block: memoryview) -> None:
    while len(block):
        block = block[os.write(descriptor, block) :]


def _below(record: Record, only: str) -> bool:
    return not only or record.path == only or record.path.startswith(only.rstrip("/") + "/")


@contextmanager
def _fresh(into: Path) -> Iterator[Path]:
    into = into.absolute()
    beside = into.with_name(f".{into.name}.restoring-{secrets.token_hex(4)}")
    try:
        if into.exists() and (not into.is_dir() or any(into.iterdir())):
            raise UsageError(
                "there is something already", place=str(into), remedy="name a new directory"
            )
        into.parent.mkdir(parents=True, exist_ok=True)
        beside.mkdir(mode=0o700)
        yield beside
        beside.rename(into)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise StoreError(
            f"cannot restore: {error.strerror}",
            place=str(error.filename or into),
            remedy="free some space or name another directory; the vault is not touched",
        ) from error
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
