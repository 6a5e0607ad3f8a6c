"""What SQLite and the file system say in codes, said in words; whose file it is, and which version.

Shared by the SQLite files below PANSHI_HOME.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from panshi.errors import PanshiError, StoreError


@contextmanager
def told(what: str, *, place: str, wait: float, check: str = "try again") -> Iterator[None]:
    """Turn errors about `what` ("the estates") into a `StoreError` with a remedy.

    `check` says what shows whether the file is whole after the disk failed.
    """
    try:
        yield
    except PanshiError:
        raise
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise busy(what, place=place, wait=wait) from error
        meaning = _MEANINGS.get(code, ("SQLite says: {error}", "see its manual"))
        problem, remedy = (each.format(what=what, check=check, error=error) for each in meaning)
        raise StoreError(problem, place=place, remedy=remedy) from error
    except OSError as error:
        raise StoreError(
            f"{what} cannot be opened: {error.strerror}",
            place=place,
            remedy="make the directory writable or name another one in PANSHI_HOME",
        ) from error


def busy(what: str, *, place: str, wait: float) -> StoreError:
    """Say that another writer was faster."""
    return StoreError(
        f"another writer held {what} for more than {wait:g} seconds",
        place=place,
        remedy="wait until it is done and try again; nothing was written",
    )


def settle(
    raw: sqlite3.Connection,
    *,
    what: str,
    place: str,
    application: int,
    version: int,
    tables: Iterable[str],
) -> None:
    """Make the tables in an empty file; refuse one that is not ours or of another version.

    `what` is a plural ("estates"), `application` the number in the file's header.
    """
    if _identified(raw, what=what, place=place, application=application, version=version):
        return
    raw.execute("PRAGMA journal_mode = WAL").fetchone()
    raw.execute("BEGIN IMMEDIATE")
    # another process may have been faster
    if not _identified(raw, what=what, place=place, application=application, version=version):
        for statement in tables:
            raw.execute(statement)
        raw.execute(f"PRAGMA application_id = {application}")
        raw.execute(f"PRAGMA user_version = {version}")
    raw.execute("COMMIT")


def _identified(
    raw: sqlite3.Connection, *, what: str, place: str, application: int, version: int
) -> bool:
    """Whether the file holds what it should, of this version; False where it is empty."""
    found, written, tables = raw.execute(
        "SELECT (SELECT application_id FROM pragma_application_id),"
        " (SELECT user_version FROM pragma_user_version),"
        " (SELECT count(*) FROM sqlite_master)"
    ).fetchone()
    if found == written == tables == 0:
        return False
    if found != application:
        raise StoreError(
            f"this SQLite file holds no {what} of Panshi",
            place=place,
            remedy="move it away, or name another directory in PANSHI_HOME",
        )
    if written != version:
        raise StoreError(
            f"the {what} are of version {written}, this Panshi reads version {version}",
            place=place,
            remedy="use the Panshi that wrote them; nothing was changed",
        )
    return True


_MEANINGS = {
    sqlite3.SQLITE_FULL: (
        "the disk is full; nothing of this was written",
        "free some space and try again",
    ),
    sqlite3.SQLITE_READONLY: (
        "the file of {what} is read-only",
        "make the file and its directory writable for this user",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "{what} cannot be opened",
        "make the file and its directory readable and writable for this user",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk failed or is full; nothing of this was written",
        "look at the disk, then {check}",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "the file of {what} is damaged",
        "restore it from a backup: `panshi restore`",
    ),
    sqlite3.SQLITE_NOTADB: (
        "this file is not an SQLite database",
        "restore it from a backup, or name another directory in PANSHI_HOME",
    ),
}
