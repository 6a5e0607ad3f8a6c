"""Back up a whole home into one file while it runs.

The archive (tar, gzip) holds what rests below PANSHI_HOME and, last, `manifest.json` with the
SHA-256 of each part. The order matters: checkpoints before the log they speak of, the log before
the estates and attachments it names, so that the copy never claims more than it holds. SQLite
files are copied by SQLite's online backup. A log in PostgreSQL is copied into a SQLite file in
the archive, so that every backup restores anywhere.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

import msgspec

from panshi import __version__
from panshi.errors import StoreError, UsageError
from panshi.node.home import Home
from panshi.node.keeping.moving import copy_to_sqlite
from panshi.store.estates import FILE_NAME as ESTATES
from panshi.store.evidence_log import FILE_NAME as LOG
from panshi.store.place import OWNER_ONLY_FILE, flush_directory

MANIFEST = "manifest.json"
FORMAT = 1
FIRST = ("checkpoints", "keys", LOG, ESTATES)
"What is copied first, in this order; the rest follows by name."
DERIVED = frozenset({"serving.lock", "search.sqlite3"})
"What is made anew from the rest where it is missing."
DERIVED_WITHIN = {"supply_chain": frozenset({"portfolio.sqlite3", "advisories", "feeds"})}
"What is, of directories that hold other things too."
PASSING = (".part", ".lock", "-wal", "-shm", "-journal", ".tmp")

type Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file in a backup."""

    name: str
    "Path below the home."
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds; the last member of its archive."""

    format: int
    made_at: datetime
    panshi: str
    "Release that wrote it."
    keys: bool
    "Whether the private keys are in it."
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What was written."""

    file: str
    bytes: int
    sha256: str
    parts: int
    keys: bool
    made_at: datetime


def back_up(
    home: Home,
    target: Path,
    *,
    at: datetime,
    with_keys: bool = True,
    progress: Progress = lambda _bytes: None,
) -> BackupReport:
    """Write a backup; the file appears whole or not at all, and never over another."""
    if not home.exists:
        raise UsageError(
            "there is nothing to back up", place=str(home.path), remedy="set PANSHI_HOME"
        )
    beside = target.with_name(f"{target.name}.part")
    try:
        with _written(beside) as file:
            parts = _pack(home, file, at, progress, with_keys=with_keys)
            file.flush()
            os.fsync(file.fileno())
            os.link(beside, target)
        flush_directory(target.parent)
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileExistsError as error:
        raise UsageError(
            "there is such a file already", place=str(target), remedy="name another"
        ) from error
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"the backup cannot be written: {getattr(error, 'strerror', '') or error}",
            place=str(target),
            remedy="free some space or name a file elsewhere; nothing was left behind",
        ) from error
    return BackupReport(
        file=str(target),
        bytes=target.stat().st_size,
        sha256=digest,
        parts=parts,
        keys=with_keys,
        made_at=at,
    )


@contextmanager
def _written(beside: Path) -> Iterator[IO[bytes]]:
    """Open a file for its owner only, away again at the end; whoever wants it links it.

    What an interrupted backup left behind is written over; one that goes on elsewhere is not.
    """
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT, OWNER_ONLY_FILE)
    with os.fdopen(descriptor, "wb") as file:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        try:
            yield file
        finally:
            beside.unlink()


def _pack(home: Home, file: IO[bytes], at: datetime, progress: Progress, *, with_keys: bool) -> int:
    parts: list[Part] = []
    done = 0
    with (
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        tempfile.TemporaryDirectory(prefix=".backup-", dir=home.path) as folder,
    ):
        for name, path in _sources(home, Path(folder), with_keys=with_keys):
            part = _add(archive, name, path)
            parts.append(part)
            done += part.bytes
            progress(done)
        manifest = Manifest(
            format=FORMAT, made_at=at, panshi=__version__, keys=with_keys, parts=tuple(parts)
        )
        member = tarfile.TarInfo(MANIFEST)
        raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        member.size, member.mode = len(raw), OWNER_ONLY_FILE
        archive.addfile(member, io.BytesIO(raw))
    return len(parts)


def _add(archive: tarfile.TarFile, name: str, path: Path) -> Part:
    """Add a file as it is now; one that grows meanwhile is taken at the size it began with."""
    digest = hashlib.sha256()

    class Hashed(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            piece = file.read(size)
            digest.update(piece)
            return piece

    with path.open("rb") as file:
        member = tarfile.TarInfo(name)
        member.size, member.mode = os.fstat(file.fileno()).st_size, OWNER_ONLY_FILE
        archive.addfile(member, Hashed())
    return Part(name=name, bytes=member.size, sha256=digest.hexdigest())


def _sources(home: Home, folder: Path, *, with_keys: bool) -> Iterator[tuple[str, Path]]:
    """Give names and files to pack, databases as copies that are removed again."""
    names = {path.name for path in home.path.iterdir()}
    if home.database:
        names |= {LOG, ESTATES}
    ordered = [name for name in FIRST if name in names]
    ordered += sorted(names - set(FIRST) - DERIVED)
    for name in ordered:
        if name.startswith(".") or name.endswith(PASSING) or (name == "keys" and not with_keys):
            continue
        path = home.path / name
        if home.database and name in {LOG, ESTATES}:
            yield from _copied(folder / name, partial(copy_to_sqlite, home))
        elif path.suffix in {".sqlite", ".sqlite3"}:
            yield from _copied(folder / name, partial(_online, path))
        elif path.is_dir():
            yield from _inside(home, path, folder)
        else:
            yield name, path


def _inside(home: Home, path: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Give what a directory holds that is neither passing nor derived."""
    derived = DERIVED_WITHIN.get(path.name, frozenset())
    for each in sorted(each for each in path.rglob("*") if each.is_file()):
        inside = each.relative_to(home.path)
        if each.name.startswith(".") or each.name.endswith(PASSING) or inside.parts[1] in derived:
            continue
        if each.suffix == ".sqlite3":
            copied = _copied(folder / each.name, partial(_online, each))
            yield from ((str(inside), copy) for _, copy in copied)
        else:
            yield str(inside), each


def _copied(copy: Path, make: Callable[[Path], None]) -> Iterator[tuple[str, Path]]:
    make(copy)
    yield copy.name, copy
    copy.unlink()


def _online(path: Path, copy: Path) -> None:
    with closing(sqlite3.connect(path)) as live, closing(sqlite3.connect(copy)) as made:
        live.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")
