"""Bring a home of an earlier release up to this one: back up, change, verify.

Every step is one transaction of one store and says by the store's own version whether it was
done, so that an upgrade that was interrupted anywhere goes on where it stopped when it is run
again. Space is checked before anything is touched. What the log said before it says after: the
same size, the same root.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from panshi.errors import IntegrityError, StoreError, UsageError
from panshi.evidence.checkpoint import parse_note
from panshi.node.home import Home
from panshi.node.keeping.backup import Progress, back_up
from panshi.node.keeping.serving import alone
from panshi.store import evidence_log
from panshi.store.evidence_log.notes import NoteFile
from panshi.store.keys import verifier_keys

MARGIN = 64 << 20
"Bytes to spare beside what backup and change need."


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeReport:
    """What was done."""

    log_version_before: int
    log_version: int
    backup: str
    "The backup made first; empty where none was made."
    observations: int
    root: str
    "Merkle root of the log, the same as before."


def upgrade(
    home: Home,
    *,
    at: datetime,
    backup: Path | None,
    change_console: Callable[[], None] = lambda: None,
    progress: Progress = lambda _count: None,
) -> UpgradeReport:
    """Upgrade a home; `change_console` brings the console's own tables up to date."""
    found = evidence_log.stored_version(home.path, home.database)
    if found is None:
        raise UsageError(
            "there is nothing to upgrade", place=str(home.path), remedy="`panshi init` makes a home"
        )
    _refuse_newer(found, home)
    if home.database and backup and found < evidence_log.VERSION:
        raise UsageError(
            "a log of an earlier release in PostgreSQL is backed up by PostgreSQL's own means",
            place=str(home.path),
            remedy="run pg_dump, then `panshi upgrade --no-backup`; nothing was changed",
        )
    with alone(home.path, doing="upgrade"):
        _refuse_full(home, backup)
        made = back_up(home, backup, at=at, progress=progress).file if backup else ""
        for version in range(found, evidence_log.VERSION):
            evidence_log.upgrade(home.path, home.database, version)
        change_console()
        size, root = _unchanged(home, progress)
    return UpgradeReport(
        log_version_before=found,
        log_version=evidence_log.VERSION,
        backup=made,
        observations=size,
        root=root,
    )


def _refuse_newer(found: int, home: Home) -> None:
    if found > evidence_log.VERSION:
        raise StoreError(
            f"the evidence log has version {found}, newer than this Panshi's "
            f"{evidence_log.VERSION}",
            place=str(home.path),
            remedy="install the release that wrote it; nothing was changed",
        )


def _refuse_full(home: Home, backup: Path | None) -> None:
    """Refuse before anything is touched where space would run out half way."""
    files = [each for each in home.path.rglob("*") if each.is_file()]
    taken = sum(each.stat().st_size for each in files)
    largest = max((each.stat().st_size for each in files), default=0)
    _refuse_less(home.path, largest + MARGIN)
    if backup:
        same = backup.absolute().parent.stat().st_dev == home.path.stat().st_dev
        _refuse_less(backup.absolute().parent, taken + MARGIN + (largest if same else 0))


def _refuse_less(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreError(
            f"{needed >> 20:,} MiB are needed, {free >> 20:,} MiB are free; nothing was changed",
            place=str(folder),
            remedy="free some space, or put the backup on another disk with --backup FILE",
        )


def _unchanged(home: Home, progress: Progress) -> tuple[int, str]:
    """Verify the log whole and against what was signed of it."""
    log = evidence_log.open_log(home.path, home.database)
    try:
        report = log.verify(lambda done, _size: progress(done), keys=verifier_keys(home.path))
        note = NoteFile(home.path).last()
        size = parse_note(note).checkpoint.size if note else 0
        if not report.intact or log.size() < size:
            found = "; ".join(f"{each.place}: {each.problem}" for each in report.damage[:3])
            raise IntegrityError(
                f"the log does not verify: {found or 'it is shorter than what was signed'}",
                place=log.place,
                remedy="restore the backup: `panshi restore FILE --replace`",
            )
        return log.size(), log.root().hex()
    finally:
        log.close()
