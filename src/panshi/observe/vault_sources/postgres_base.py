"""PostgreSQL physically: a base backup, and the write-ahead log up to a named restore point.

    base/            pg_basebackup, plain, made anew when it is older than `base_days`
    wal/             segments since then, fetched through a replication slot (pg_receivewal)
    panshi-rows/     row digests of every table at the restore point

The mark is exact. Writers are held for an instant (SHARE locks on the tables), within which the
restore point is written and another session takes its snapshot; what that snapshot sees is what
recovery to the restore point brings back. Between two marks only the log is fetched, so a mark a
minute costs a minute's log. The position is a place in the server's own log, never a clock.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from panshi.errors import StoreError, UsageError
from panshi.model.resilience.mark import Mark, Seen, SourceKind
from panshi.observe.vault_sources.postgres import (
    ROWS_FOLDER,
    Connection,
    Table,
    begin_at,
    canaries_of,
    checks_of,
    connect,
    mark_tables,
    tables_of,
)
from panshi.observe.vault_sources.programs import program, run
from panshi.observe.vault_sources.source import Clock, Source

BASE = "base"
WAL = "wal"
MADE = "panshi-base-made"
"File beside the base that tells when it was made."
SECONDS_A_DAY = 86_400
RECEIVE_SECONDS = 3_600
SLOT_SECONDS = 10
_POLL = 0.1
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    name: str
    lsn: str
    at: datetime


def capture_base(source: Source, folder: Path, clock: Clock) -> Mark:
    """Bring the folder to a new mark."""
    with connect(source.address) as control:
        control.autocommit = True
        _check(control, source)
        major = control.info.server_version // 10_000
        if not (_base_is_good(folder, source, clock()) and _log_is_kept(control, source)):
            _make_base(control, source, folder, major, clock())
        tables = tables_of(control, source)
        with connect(source.address) as reading:
            point = _mark(source, reading, tables, clock)
            control.execute("SELECT pg_switch_wal()")
            shutil.rmtree(folder / ROWS_FOLDER, ignore_errors=True)
            marks = mark_tables(reading, tables, folder)
            checks = checks_of(reading, source.check)
            canaries = canaries_of(reading, source.canary)
        _receive(source, folder, major, point.lsn)
    return Mark(
        source=source.name,
        method=SourceKind.POSTGRESQL,
        marked_at=point.at,
        position=f"{point.lsn} {point.name}",
        tables=marks,
        checks=checks,
        seen=Seen(canaries_wrong=canaries),
        program=f"PostgreSQL {major}",
    )


def _check(control: Connection, source: Source) -> None:
    spaces = control.execute(
        "SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')"
    ).fetchone()
    if spaces and spaces[0]:
        raise UsageError(
            "the server has tablespaces of its own, which a plain base backup scatters",
            place=f"source {source.name!r}",
            remedy='use kind = "postgresql-logical"',
        )


def _base_is_good(folder: Path, source: Source, at: datetime) -> bool:
    try:
        made = datetime.fromisoformat((folder / MADE).read_text())
    except (OSError, ValueError):
        return False
    if not (folder / BASE / "PG_VERSION").exists() or not (folder / WAL).is_dir():
        return False
    return (at - made).total_seconds() < source.base_days * SECONDS_A_DAY


def _log_is_kept(control: Connection, source: Source) -> bool:
    """Whether the server still has the log since the last mark: a slot can fall too far behind."""
    row = control.execute(
        "SELECT wal_status IS DISTINCT FROM 'lost' FROM pg_replication_slots WHERE slot_name = %s",
        (source.slot,),
    ).fetchone()
    return row is not None and bool(row[0])


def _make_base(control: Connection, source: Source, folder: Path, major: int, at: datetime) -> None:
    """Make a base backup beside the old one, then put it in its place."""
    fresh = folder / "base.new"
    for each in (fresh, folder / WAL, folder / BASE):
        shutil.rmtree(each, ignore_errors=True)
    (folder / MADE).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    _drop_slot(control, source)
    run(
        [
            program("pg_basebackup", major),
            f"--dbname={source.address}",
            f"--pgdata={fresh}",
            "--format=plain",
            "--wal-method=stream",
            "--create-slot",
            f"--slot={source.slot}",
            "--checkpoint=fast",
            "--no-password",
        ]
    )
    wal = folder / WAL
    wal.mkdir()
    last = max((fresh / "pg_wal").glob("[0-9A-F]" * 24), default=None)
    if last is None:
        raise StoreError("the base backup holds no log", place=str(fresh))
    # The backup ends within its last segment, and others write on in it: it is fetched once more.
    shutil.copyfile(last, wal / f"{last.name}.partial")
    fresh.rename(folder / BASE)
    (folder / MADE).write_text(at.isoformat())


def _drop_slot(control: Connection, source: Source) -> None:
    """Drop the slot, if there is one; who fetched through it a moment ago may still be leaving."""
    until = time.monotonic() + SLOT_SECONDS
    while True:
        try:
            control.execute(
                "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                " WHERE slot_name = %s",
                (source.slot,),
            )
        except psycopg.errors.ObjectInUse as error:
            if time.monotonic() > until:
                raise StoreError(
                    f"the replication slot {source.slot} is in use",
                    place=f"source {source.name!r}",
                    remedy="another process fetches through it: see pg_replication_slots",
                ) from error
            time.sleep(_POLL)
        else:
            return


def drop_slot(source: Source) -> None:
    """Let the server throw away its log: the source is not kept any more."""
    with connect(source.address) as control:
        control.autocommit = True
        _drop_slot(control, source)


def _mark(source: Source, reading: Connection, tables: Sequence[Table], clock: Clock) -> _Point:
    """Write the restore point while nobody writes, and take the snapshot that sees the same."""
    for attempt in range(1, ATTEMPTS + 1):
        with connect(source.address) as holding:
            try:
                if tables:
                    every = sql.SQL(", ").join(each.quoted for each in tables)
                    holding.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(every))
                at = clock()
                name = f"panshi {source.name} {at.isoformat(timespec='microseconds')}"
                begin_at(reading)
                row = holding.execute("SELECT pg_create_restore_point(%s)", (name,)).fetchone()
                holding.commit()
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
                holding.rollback()
                if attempt == ATTEMPTS:
                    raise StoreError(
                        "the tables were never free of writers for the instant of the mark",
                        place=f"source {source.name!r}",
                        remedy="look for transactions left open in pg_stat_activity",
                    ) from error
                continue
            return _Point(name=name, lsn=str(row[0]) if row else "", at=at)
    raise AssertionError


def _receive(source: Source, folder: Path, major: int, lsn: str) -> None:
    """Fetch the log up to the restore point; the switch after it lets the fetching end."""
    run(
        [
            program("pg_receivewal", major),
            f"--dbname={source.address}",
            f"--directory={folder / WAL}",
            f"--slot={source.slot}",
            f"--endpos={lsn}",
            "--no-loop",
            "--no-password",
            "--synchronous",
        ],
        timeout=RECEIVE_SECONDS,
    )
