"""Carry log and estates from one database to another: from SQLite to PostgreSQL and back.

The source is only read and stays as it is; the target must be empty. What arrived is hashed anew
and compared with what was signed before anything is said to be done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from panshi.errors import IntegrityError, UsageError
from panshi.node.home import Home
from panshi.store.copying import copy_estates, copy_log
from panshi.store.estates import FILE_NAME as ESTATES
from panshi.store.estates import open_database as open_estates_database
from panshi.store.estates.sqlite import SqliteDatabase as SqliteEstates
from panshi.store.evidence_log import FILE_NAME as LOG
from panshi.store.evidence_log import open_database, open_log
from panshi.store.evidence_log.sqlite import SqliteDatabase as SqliteLog
from panshi.store.keys import verifier_keys

type Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReport:
    """What was carried over."""

    observations: int
    estate_versions: int
    root: str
    "Merkle root, the same on both sides."


def move(home: Home, target: Home, progress: Progress = lambda _count: None) -> MoveReport:
    """Copy log and estates of a home into the database of the target; verify what arrived."""
    if home.database == target.database:
        raise UsageError(
            "log and estates are in this database already",
            place=home.database or str(home.path / LOG),
            remedy="name another one",
        )
    with (
        closing(open_database(home.path, home.database)) as source,
        closing(open_database(target.path, target.database)) as arriving,
    ):
        observations = copy_log(source, arriving, progress)
    with (
        closing(open_estates_database(home.path, home.database)) as old,
        closing(open_estates_database(target.path, target.database)) as new,
    ):
        versions = copy_estates(old, new)
    return MoveReport(
        observations=observations, estate_versions=versions, root=_same_root(home, target)
    )


def _same_root(home: Home, target: Home) -> str:
    with (
        closing(open_log(home.path, home.database)) as before,
        closing(open_log(target.path, target.database)) as after,
    ):
        report = after.verify(keys=verifier_keys(target.path))
        if not report.intact or before.root() != after.root():
            found = "; ".join(f"{each.place}: {each.problem}" for each in report.damage[:3])
            raise IntegrityError(
                f"the copy does not verify: {found or 'another root'}",
                place=after.place,
                remedy="empty the target and try again; the source is as it was",
            )
        return after.root().hex()


def copy_to_sqlite(home: Home, target: Path) -> None:
    """Copy log or estates, whichever the target's name says, out of a home's database."""
    if target.name == LOG:
        with (
            closing(open_database(home.path, home.database)) as source,
            closing(SqliteLog(target)) as arriving,
        ):
            copy_log(source, arriving)
            arriving.purge()
    elif target.name == ESTATES:
        with (
            closing(open_estates_database(home.path, home.database)) as old,
            closing(SqliteEstates(target)) as new,
        ):
            copy_estates(old, new)
