"""A PostgreSQL server over restored files, apart from everything else, for as long as a block runs.

    with restored_server(folder, mark, address, port=0) as server:
        connect(server.address)

It gets settings and access rules of its own: nothing it was configured with at its old site counts,
so it archives nothing, follows nobody and runs no job. It listens on a socket of a folder only this
user may enter and, where a port is asked for, on loopback with the passwords it was restored with.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from panshi.errors import IntegrityError, StoreError
from panshi.model.resilience.mark import Mark, SourceKind
from panshi.observe.vault_sources.postgres_base import BASE, WAL
from panshi.observe.vault_sources.postgres_logical import DUMP
from panshi.observe.vault_sources.programs import program, run, server_user

DATA = "server"
LOG = "server.log"
START_SECONDS = 6 * 3_600
STOP_SECONDS = 60
DEFAULT_PORT = 5_432
EMPTY = (
    "pg_commit_ts",
    "pg_dynshmem",
    "pg_notify",
    "pg_replslot",
    "pg_serial",
    "pg_snapshots",
    "pg_stat",
    "pg_stat_tmp",
    "pg_subtrans",
    "pg_tblspc",
    "pg_twophase",
    "pg_wal/archive_status",
)
"Folders a server needs that may be empty, which a copy may have left out."
_POLL = 0.05
_TOLD = 600
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredServer:
    """A running server over restored data."""

    address: str
    port: int
    folder: Path


@contextmanager
def restored_server(
    folder: Path,
    mark: Mark,
    address: str,
    *,
    port: int = 0,
    pulse: Callable[[], None] = lambda: None,
) -> Iterator[RestoredServer]:
    """Recover to the mark and serve; stopped and left in place when the block ends.

    While it recovers `pulse` is called again and again; what that raises ends the recovery.
    """
    data, owner = folder / DATA, server_user()
    major = int(mark.program.rpartition(" ")[2])
    told = conninfo_to_dict(address)
    user, database = str(told.get("user") or ""), str(told.get("dbname") or told.get("user") or "")
    socket = Path(tempfile.mkdtemp(prefix="panshi-pg-"))
    process = None
    try:
        _own(owner, socket, folder)
        if mark.method is SourceKind.POSTGRESQL:
            _lay_out(folder, data)
        elif mark.method is SourceKind.POSTGRESQL_LOGICAL:
            _make_cluster(data, major, user)
        else:
            raise IntegrityError(f"a {mark.method} snapshot is no PostgreSQL", place=str(folder))
        _configure(folder, data, socket, mark, port)
        _own(owner, data, *data.rglob("*"), *folder.glob(f"{WAL}/**/*"))
        process = _start(program("postgres", major), folder, data, owner)
        here = f"host={socket} port={port or DEFAULT_PORT} user={user}"
        _wait(process, f"{here} dbname=postgres", folder / LOG, pulse)
        if mark.method is SourceKind.POSTGRESQL_LOGICAL:
            _load(folder, major, here, database)
        yield RestoredServer(
            address=f"{here} dbname={database}", port=port or DEFAULT_PORT, folder=folder
        )
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(socket, ignore_errors=True)


def _lay_out(folder: Path, data: Path) -> None:
    """Put the base in its place; a segment still being written counts as a whole one."""
    (folder / BASE).rename(data)
    for each in (folder / WAL).glob("*.partial"):
        each.rename(each.with_suffix(""))
    for name in ("standby.signal", "postmaster.pid", "postgresql.auto.conf"):
        (data / name).unlink(missing_ok=True)
    for name in EMPTY:
        (data / name).mkdir(exist_ok=True)
    (data / "recovery.signal").touch()


def _make_cluster(data: Path, major: int, user: str) -> None:
    run(
        [
            program("initdb", major),
            f"--pgdata={data}",
            f"--username={user or 'postgres'}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ],
        as_server=True,
    )


def _configure(folder: Path, data: Path, socket: Path, mark: Mark, port: int) -> None:
    settings = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": str(port or DEFAULT_PORT),
        "unix_socket_directories": str(socket),
        "hba_file": str(data / "pg_hba.conf"),
        "ident_file": str(data / "pg_ident.conf"),
        "archive_mode": "off",
        "hot_standby": "off",
        "max_wal_senders": "0",
        "max_prepared_transactions": "64",
        "autovacuum": "off",
        "ssl": "off",
        "lc_messages": "C",
    }
    if mark.method is SourceKind.POSTGRESQL:
        wal = shlex.quote(str(folder / WAL).replace("%", "%%"))
        settings |= {
            "restore_command": f'cp {wal}/%f "%p"',
            "recovery_target_name": mark.position.partition(" ")[2],
            "recovery_target_action": "promote",
            "recovery_target_timeline": "current",
        }
    lines = (f"{name} = '{value.replace("'", "''")}'\n" for name, value in settings.items())
    (data / "postgresql.conf").write_text("".join(lines))
    (data / "pg_hba.conf").write_text(_ACCESS)
    (data / "pg_ident.conf").write_text("")
    (folder / LOG).touch()


def _own(owner: str | None, *paths: Path) -> None:
    """Give files to the server's user, where that is another."""
    for each in paths:
        if owner is not None:
            shutil.chown(each, owner)
        if each.is_dir():
            each.chmod(0o700)


def _start(postgres: Path, folder: Path, data: Path, owner: str | None) -> subprocess.Popen[bytes]:
    with (folder / LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 -- a fixed program over our own folder
            [postgres, "-D", data],
            user=owner,
            cwd=data,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _wait(
    process: subprocess.Popen[bytes], address: str, log: Path, pulse: Callable[[], None]
) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        pulse()
        if process.poll() is not None:
            raise IntegrityError(
                f"the restored server ended: {log.read_text(errors='replace')[-_TOLD:].strip()}",
                place=str(log),
                remedy="restore an older snapshot",
            )
        with suppress(psycopg.OperationalError), psycopg.connect(address, connect_timeout=5):
            return
        time.sleep(_POLL)
    raise StoreError("the restored server does not answer", place=str(log))


def _load(folder: Path, major: int, here: str, database: str) -> None:
    with psycopg.connect(f"{here} dbname=postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        if found.fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(database))
            )
    run(
        [
            program("pg_restore", major),
            f"--dbname={here} dbname={database}",
            "--no-owner",
            "--no-privileges",
            "--exit-on-error",
            folder / DUMP,
        ]
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=STOP_SECONDS)
