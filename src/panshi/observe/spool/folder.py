"""A spool on this machine: files are delivered, taken one by one, and put away whole.

    incoming/           what was delivered; a sub-folder named after a source says what it is
    working/            what is being observed, at most one file at a time
    done/2026-11-21/    what was sealed, in the sub-folder it came in
    refused/2026-11-21/ what was not, each with `<name>.reason.txt` beside it

Every step is one rename within one file system. A file stays where it is while its name says that
it is partial (`.part`, `.tmp`, a leading dot), while somebody holds it open for writing, and until
nothing was written for some seconds by the kernel's own clock. A file left in `working` by a crash
is taken first. `name.panshi.json` beside a file may say its source, subject and options.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from panshi.errors import BadInputError, StoreError

INCOMING, WORKING, DONE, REFUSED = "incoming", "working", "done", "refused"
LOCK = ".panshi.lock"
SIDECAR = ".panshi.json"
REASON = ".reason.txt"
BATCH = 1_000
"Files taken in one round; the oldest first."
_PARTIAL = (".part", ".partial", ".tmp", ".filepart", ".crdownload", "~")
_LARGEST_SIDECAR = 64 * 1024
_MOST_SAME_NAMES = 100_000
_OWNER_ONLY = 0o700


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file beside a delivered one says of it."""

    source: str = ""
    subject: str = ""
    options: dict[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One file in `working`."""

    path: Path
    source: str
    "Name of the sub-folder it was delivered in; empty where it lay on top."
    written: datetime
    "When it was last written, by its own time stamp."
    size: int

    @property
    def name(self) -> str:
        """Name as delivered, with its sub-folder."""
        return f"{self.source}/{self.path.name}" if self.source else self.path.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What lies in `incoming`."""

    ready: tuple[Path, ...]
    "The oldest, at most `BATCH`."
    total: int
    unready: int
    "Partial, still written, or too young."


class Folder:
    """One spool; use within `locked`."""

    def __init__(
        self, path: Path, settle_seconds: int, clock: Callable[[], float] = time.time
    ) -> None:
        """Keep the place; nothing is touched yet. The clock is the one files are stamped by."""
        self.path = path
        self.settle_seconds = settle_seconds
        self.clock = clock

    def prepare(self) -> None:
        """Make the four folders where they are missing."""
        if not self.path.is_dir():
            raise StoreError(
                "the watched folder is not there", place=str(self.path), remedy="make it first"
            )
        for name in (INCOMING, WORKING, DONE, REFUSED):
            try:
                (self.path / name).mkdir(mode=_OWNER_ONLY, exist_ok=True)
            except OSError as error:
                raise _unusable(self.path / name, error) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the spool alone; whoever comes second is told so."""
        with held_alone(self.path / LOCK):
            yield

    def interrupted(self) -> tuple[Path, ...]:
        """Give what a crash left in `working`."""
        return tuple(_files(self.path / WORKING))

    def waiting(self) -> Waiting:
        """Look at `incoming` without holding more than a batch in memory."""
        counts = {"total": 0, "unready": 0}

        def ready() -> Iterator[tuple[int, Path]]:
            for path in _files(self.path / INCOMING):
                counts["total"] += 1
                written = self._written(path)
                if written is None:
                    counts["unready"] += 1
                else:
                    yield written, path

        oldest = [path for _written, path in heapq.nsmallest(BATCH, ready())]
        free = tuple(path for path in oldest if not _is_open_for_writing(path))
        return Waiting(
            ready=free,
            total=counts["total"],
            unready=counts["unready"] + len(oldest) - len(free),
        )

    def _written(self, path: Path) -> int | None:
        """Give when a file was last written in nanoseconds; None where it may still be."""
        try:
            status = path.lstat()
        except OSError:
            return None
        # The change time is the kernel's: no sender can set it back while still writing.
        age = max(self.clock() - status.st_ctime, 0.0)
        return None if age < self.settle_seconds else status.st_mtime_ns

    def claim(self, path: Path) -> Delivered | None:
        """Move a file and what stands beside it to `working`; None where it is gone by now."""
        inside = path.relative_to(self.path / INCOMING)
        target = self.path / WORKING / inside
        with _told(target):
            target.parent.mkdir(mode=_OWNER_ONLY, exist_ok=True)
            sidecar = path.with_name(path.name + SIDECAR)
            if sidecar.is_file() and not sidecar.is_symlink():
                sidecar.rename(target.with_name(sidecar.name))
            try:
                path.rename(target)
            except FileNotFoundError:
                return None
        return self.delivered(target)

    def delivered(self, path: Path) -> Delivered:
        """Say what is known of a file in `working`."""
        with _told(path):
            status = path.lstat()
        parent = path.parent
        return Delivered(
            path=path,
            source="" if parent == self.path / WORKING else parent.name,
            written=datetime.fromtimestamp(status.st_mtime, UTC),
            size=status.st_size,
        )

    def manifest(self, file: Delivered) -> Manifest:
        """Read what stands beside a file; nothing where nothing does."""
        sidecar = file.path.with_name(file.path.name + SIDECAR)
        if not sidecar.exists():
            return Manifest()
        try:
            if sidecar.stat().st_size > _LARGEST_SIDECAR:
                raise BadInputError("is too large", place=sidecar.name)
            return msgspec.json.decode(sidecar.read_bytes(), type=Manifest)
        except (OSError, msgspec.DecodeError, RecursionError) as error:
            raise BadInputError(
                f"does not say source, subject and options: {error}", place=sidecar.name
            ) from error

    def finish(self, file: Delivered, day: str) -> Path:
        """Put a file away as done."""
        return self._put_away(file, self.path / DONE / day / file.source)

    def refuse(self, file: Delivered, day: str, reason: str) -> Path:
        """Put a file away as refused, its reason beside it."""
        put = self._put_away(file, self.path / REFUSED / day / file.source)
        with _told(put):
            put.with_name(put.name + REASON).write_text(reason + "\n", encoding="utf-8")
        return put

    def bring_back(self) -> int:
        """Move what was refused to `incoming` again, without the reasons; counts it."""
        count = 0
        for day in sorted((self.path / REFUSED).iterdir()):
            for path in sorted(_files(day)) if day.is_dir() else ():
                if not path.name.endswith(REASON):
                    folder = self.path / INCOMING / path.parent.relative_to(day)
                    with _told(path):
                        folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)
                        path.rename(_free_name(folder, path.name))
                        path.with_name(path.name + REASON).unlink(missing_ok=True)
                    count += 1
        return count

    def _put_away(self, file: Delivered, folder: Path) -> Path:
        """Move without replacing anything; only the holder of the lock writes there."""
        with _told(folder):
            folder.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            target = _free_name(folder, file.path.name)
            sidecar = file.path.with_name(file.path.name + SIDECAR)
            file.path.rename(target)
            if sidecar.exists():
                sidecar.rename(_free_name(folder, target.name + SIDECAR))
        return target


class HeldElsewhereError(StoreError):
    """Another process watches the place."""


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Hold a lock file; whoever comes second is told so. A crash lets go of it."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise HeldElsewhereError(
                "another watcher is at work here",
                place=str(path.parent),
                remedy="stop it, or let it do its work",
            ) from error
        yield
    finally:
        os.close(descriptor)


def _free_name(folder: Path, name: str) -> Path:
    stem, dot, ending = name.partition(".")
    for number in range(1, _MOST_SAME_NAMES):
        target = folder / (name if number == 1 else f"{stem}-{number}{dot}{ending}")
        if not target.exists() and not target.is_symlink():
            return target
    raise StoreError(f"too many files of one name in {folder}", remedy="clear it out")


def _files(folder: Path) -> Iterator[Path]:
    """Give plain files on top and in sub-folders; no links, partial files or sidecars."""
    with _told(folder), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                with os.scandir(entry.path) as inner:
                    yield from (Path(each.path) for each in inner if _is_whole(each))
            elif _is_whole(entry):
                yield Path(entry.path)


def _is_whole(entry: os.DirEntry[str]) -> bool:
    name = entry.name
    return (
        not name.startswith(".")
        and not name.endswith((*_PARTIAL, SIDECAR))
        and entry.is_file(follow_symlinks=False)
    )


def _is_open_for_writing(path: Path) -> bool:
    """Ask the kernel for a lease on reading, which it grants only where nobody writes (Linux).

    Where it will not say (another system, another owner, a file system without leases) nothing is
    concluded, and the time since the last write decides alone.
    """
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    else:
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False
    finally:
        os.close(descriptor)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"the spool cannot be used: {error.strerror or error}",
        place=str(path),
        remedy="give the node's user the right to read and write below the watched folder",
    )
