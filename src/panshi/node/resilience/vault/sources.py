"""What is sealed: files on disk, or streams somebody else opens (a database's base backup)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from panshi.errors import BadInputError, UsageError
from panshi.resilience.vault.manifest import DIRECTORY, FILE, LINK


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to seal, under the path it will be restored to."""

    path: str
    "Relative; parts joined by /."
    kind: str = FILE
    open: Callable[[], BinaryIO] | None = None
    "Opens its bytes; for files."
    mode: int = 0o600
    mtime_ns: int = 0
    uid: int = 0
    gid: int = 0
    target: str = ""
    "Of a link."
    stamp: Stamp | None = None
    "How the file stood before it was read; None where it is no file of this machine."


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the file system says of a file; the time of change cannot be set back by its owner."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, facts: os.stat_result) -> Stamp:
        """Take it from what stat says."""
        return cls(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)

    def rewritten(self, after: Stamp) -> bool:
        """Whether the bytes may have changed meanwhile; a change of rights alone does not count."""
        return (self.size, self.mtime_ns) != (after.size, after.mtime_ns)


def files(paths: Iterable[Path]) -> Iterator[Item]:
    """Walk files and directories; each is sealed under its own name."""
    taken: set[str] = set()
    for path in paths:
        name = path.absolute().name or "root"
        if name in taken:
            raise UsageError(
                f"two of the paths are called {name}",
                place=str(path),
                remedy="seal the directory that holds both",
            )
        taken.add(name)
        if not path.exists(follow_symlinks=False):
            raise BadInputError(
                "there is nothing to seal", place=str(path), remedy="check the path"
            )
        yield from _walk(path, name)


def _unbuffered(path: Path) -> BinaryIO:
    return cast("BinaryIO", path.open("rb", buffering=0))


def _walk(path: Path, name: str) -> Iterator[Item]:
    try:
        facts = path.lstat()
        item = _item(path, name, facts)
        if item is None:
            return
        yield item
        if item.kind == DIRECTORY:
            for below in sorted(path.iterdir()):
                yield from _walk(below, f"{name}/{below.name}")
    except OSError as error:
        raise BadInputError(
            f"cannot be read: {error.strerror}",
            place=str(path),
            remedy="a snapshot is whole or not made: give this user the right to read it",
        ) from error


def _item(path: Path, name: str, facts: os.stat_result) -> Item | None:
    whole = partial(
        Item,
        path=name,
        mode=stat.S_IMODE(facts.st_mode),
        mtime_ns=facts.st_mtime_ns,
        uid=facts.st_uid,
        gid=facts.st_gid,
    )
    if stat.S_ISREG(facts.st_mode):
        return whole(open=partial(_unbuffered, path), stamp=Stamp.of(facts))
    if stat.S_ISDIR(facts.st_mode):
        return whole(kind=DIRECTORY)
    if stat.S_ISLNK(facts.st_mode):
        return whole(kind=LINK, target=str(path.readlink()))
    return None
