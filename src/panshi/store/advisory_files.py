"""The LMDB environment below `HOME/supply_chain/advisories`: opening, reading, writing, growing.

One environment per process and place, shared by its threads; other processes read while one writes
(LMDB keeps the last committed state for each reader). A write is one transaction: after a crash
either all of it is there or nothing. When the map is full it is doubled and the write done again;
that waits until no read of this process is under way, since LMDB must not move the map below one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Lock, local

import lmdb
import msgspec

from panshi.errors import StoreError
from panshi.store.place import ready_directory

FORMAT = b"2"
FORMAT_KEY = b"format"
TABLES = (
    b"meta", b"records", b"bodies", b"packages", b"names", b"groups", b"kev", b"epss", b"journal",
    b"feeds", b"ecosystems",
)  # fmt: skip
FIRST_SIZE = 1 << 30
READERS = 1024
WAIT_SECONDS = 60.0
REBUILD = "delete that directory, then `panshi feeds import DIR` or `panshi feeds sync` fills it"


class AdvisoryFiles:
    """One environment and its tables."""

    def __init__(self, path: Path, *, writable: bool, size: int = FIRST_SIZE) -> None:
        """Open it; make it where it is missing and may be made."""
        self.path = path
        self.writable = writable
        self._guard = Condition()
        self._joint = local()
        self._reading = 0
        try:
            self._env = lmdb.open(
                str(path),
                map_size=max(size, _size_of(path)),
                max_dbs=len(TABLES),
                max_readers=READERS,
                readonly=not writable,
                create=writable,
                mode=0o600,
            )
            with self._env.begin(write=writable) as txn:
                self._check_format(txn)
                self.tables = {
                    each: self._env.open_db(each, txn=txn, create=writable) for each in TABLES
                }
            self._env.reader_check()
        except lmdb.Error as error:
            raise self._failed(error) from error

    @contextmanager
    def reading(self) -> Iterator[lmdb.Transaction]:
        """Read one state of everything."""
        try:
            txn = self._begin()
        except lmdb.Error as error:
            raise self._failed(error) from error
        try:
            yield txn
        except (lmdb.Error, msgspec.MsgspecError) as error:
            raise self._failed(error) from error
        finally:
            txn.abort()
            self._ended()

    def write[Result](self, work: Callable[[lmdb.Transaction], Result]) -> Result:
        """Do all of it or nothing; `work` may be called again after the map has grown."""
        joint: lmdb.Transaction | None = getattr(self._joint, "txn", None)
        if joint is not None:
            return work(joint)
        if not self.writable:
            raise StoreError(
                "the advisory snapshot is open for reading only",
                place=str(self.path),
                remedy="make the directory writable",
            )
        try:
            while True:
                try:
                    with self._env.begin(write=True) as txn:
                        return work(txn)
                except lmdb.MapFullError:
                    self._resize(2 * self._env.info()["map_size"])
                except lmdb.MapResizedError:
                    self._resize(0)
        except lmdb.Error as error:
            raise self._failed(error) from error

    def together[Result](self, work: Callable[[], Result]) -> Result:
        """Let this thread's writes within `work` be one transaction; reads see what was before."""

        def whole(txn: lmdb.Transaction) -> Result:
            self._joint.txn = txn
            try:
                return work()
            finally:
                self._joint.txn = None

        return self.write(whole)

    def close(self) -> None:
        """Let go of the files."""
        self._env.close()

    def _begin(self) -> lmdb.Transaction:
        while True:
            with self._guard:
                self._reading += 1
            try:
                return self._env.begin(buffers=True)
            except lmdb.MapResizedError:
                self._ended()
                self._resize(0)
            except lmdb.Error:
                self._ended()
                raise

    def _ended(self) -> None:
        with self._guard:
            self._reading -= 1
            self._guard.notify_all()

    def _resize(self, size: int) -> None:
        """Set the map's size, 0 for what another process made it, while nobody here reads."""
        with self._guard:
            if not self._guard.wait_for(lambda: not self._reading, WAIT_SECONDS):
                raise StoreError(
                    "the advisory snapshot cannot grow while it is being read",
                    place=str(self.path),
                    remedy="try again when the long read is over",
                )
            self._env.set_mapsize(size)

    def _check_format(self, txn: lmdb.Transaction) -> None:
        meta = self._env.open_db(b"meta", txn=txn, create=self.writable)
        found = txn.get(FORMAT_KEY, db=meta)
        if found is None and self.writable:
            txn.put(FORMAT_KEY, FORMAT, db=meta)
        elif found != FORMAT:
            self._env.close()
            theirs = bytes(found or b"none").decode("ascii", "replace")
            raise StoreError(
                f"the advisory snapshot has format {theirs}, this release reads {FORMAT.decode()}",
                place=str(self.path),
                remedy=REBUILD,
            )

    def _failed(self, error: Exception) -> StoreError:
        return StoreError(
            f"the advisory snapshot cannot be used: {error}", place=str(self.path), remedy=REBUILD
        )


_open: dict[str, tuple[AdvisoryFiles, int]] = {}
_opening = Lock()


def borrow(path: Path, *, readonly: bool, size: int = FIRST_SIZE) -> AdvisoryFiles:
    """Give this process's one environment of a place; LMDB allows no second one."""
    name = os.path.realpath(path)
    with _opening:
        files, users = _open.get(name, (None, 0))
        if files is None:
            if not readonly:
                ready_directory(path)
            elif not (path / "data.mdb").exists():
                raise StoreError(
                    "no advisories have been imported yet, so nothing can be judged",
                    place=str(path),
                    remedy="panshi feeds import DIR, or panshi feeds sync",
                )
            files = AdvisoryFiles(path, writable=os.access(path, os.W_OK), size=size)
        _open[name] = (files, users + 1)
        return files


def give_back(files: AdvisoryFiles) -> None:
    """Close the environment when its last user has gone."""
    name = os.path.realpath(files.path)
    with _opening:
        held, users = _open.get(name, (None, 0))
        if held is not files:
            return
        if users > 1:
            _open[name] = (files, users - 1)
            return
        del _open[name]
        files.close()


def _forget_after_fork() -> None:
    """Let a child open its own: an environment must not be used across a fork."""
    global _opening  # noqa: PLW0603 -- a lock held by another thread at the fork stays locked
    _opening = Lock()
    _open.clear()


os.register_at_fork(after_in_child=_forget_after_fork)


def _size_of(path: Path) -> int:
    data = path / "data.mdb"
    return data.stat().st_size if data.exists() else 0
