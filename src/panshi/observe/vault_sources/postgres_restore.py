"""A PostgreSQL server over restored files, apart from everything else, for as long as a block runs.

    with restored_server(folder, mark, address, port=0) as server:
        connect(server.address)

It gets settings, access rules and an environment of its own: nothing it was configured with at its
old site counts, so it archives nothing, follows nobody, resumes no subscription and runs no job. It
listens on a socket of a folder only this user may enter and, where a port is asked for, on loopback
with the passwords it was restored with. Every session is led to that socket whatever the machine's
environment says, and the server must tell the name it was given a moment ago before it is loaded.

It is read as a role of its own that may read everything and do nothing else (PostgreSQL 14 or
newer), so that no check and no probe can run a program, write, or reach through a foreign table.
"""

from __future__ import annotations

import secrets
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from panshi.errors import IntegrityError, StoreError
from panshi.model.resilience.mark import Mark, SourceKind
from panshi.observe.vault_sources.postgres_base import BASE, WAL
from panshi.observe.vault_sources.postgres_logical import DUMP
from panshi.observe.vault_sources.programs import (
    APART,
    program,
    run,
    server_group,
    server_user,
)

DATA = "server"
LOG = "server.log"
CONNECT_SECONDS = 10
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
_FOREIGN = "restrict_nonsystem_relation_kind"
"Setting that keeps a session off foreign tables; minor versions before August 2024 lack it."
_NO_EVENT_TRIGGERS = 17
"First version whose event triggers, which run at a login too, can be switched off."
OWN = frozenset(
    {
        "client backend",
        "startup",
        "checkpointer",
        "background writer",
        "walwriter",
        "io worker",
    }
)
"Processes that stay within the server."
_ACCESS = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredServer:
    """A running server over restored data."""

    address: str
    "Of the role that reads everything and does nothing else."
    admin: str
    "Of its own superuser."
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
    user, database = _meant(address)
    name = f"panshi-{secrets.token_hex(16)}"
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
        settings = _settings(folder, data, socket, mark, port) | {"cluster_name": name}
        if major >= _NO_EVENT_TRIGGERS:
            settings["event_triggers"] = "off"
        _configure(folder, data, settings)
        _own(owner, *folder.rglob("*"))
        process = _start(program("postgres", major), folder, data, owner)
        here = _here(socket, port or DEFAULT_PORT, user)
        _wait(process, here, folder / LOG, pulse)
        here = make_conninfo(here, user=_superuser(here, name))
        if mark.method is SourceKind.POSTGRESQL_LOGICAL:
            _load(folder, major, here, database)
        admin = make_conninfo(here, dbname=database)
        yield RestoredServer(
            address=make_conninfo(admin, user=_reader(admin)),
            admin=admin,
            port=port or DEFAULT_PORT,
            folder=folder,
        )
    finally:
        if process is not None:
            _stop(process)
        shutil.rmtree(socket, ignore_errors=True)


def reaching_out(server: RestoredServer) -> tuple[str, ...]:
    """Name the server's processes that may reach beyond it; none is how it should be."""
    with psycopg.connect(server.admin) as connection:
        found = connection.execute("SELECT DISTINCT backend_type FROM pg_stat_activity")
        return tuple(sorted(str(kind) for (kind,) in found if kind not in OWN))


def _meant(address: str) -> tuple[str, str]:
    """Give user and database of an address, as the client library fills in what it leaves out."""
    told = {
        each.keyword.decode(): each.val.decode()
        for each in pq.Conninfo.get_defaults()
        if each.val is not None
    } | {name: str(value) for name, value in conninfo_to_dict(address).items() if value}
    user = told["user"]
    return user, told.get("dbname") or user


def _here(socket: Path, port: int, user: str) -> str:
    """Give the address of the socket; what the environment says of servers does not count."""
    return make_conninfo(
        host=str(socket),
        hostaddr="",
        port=port,
        user=user,
        dbname="postgres",
        options="",
        target_session_attrs="any",
        sslmode="disable",
        gssencmode="disable",
        connect_timeout=CONNECT_SECONDS,
    )


def _superuser(here: str, name: str) -> str:
    """Give the name of a superuser of the server that was just started, and of no other."""
    try:
        with psycopg.connect(here) as connection:
            row = connection.execute(
                "SELECT current_setting('cluster_name'), rolname FROM pg_roles"
                " WHERE rolsuper AND rolcanlogin ORDER BY oid LIMIT 1"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise StoreError(
            f"the restored server lets nobody in: {str(error).strip()[:_TOLD]}",
            remedy="name a user the source knows in its address, as in postgresql://backup@…",
        ) from error
    if row is None or row[0] != name:
        raise IntegrityError("another server answers in the place of the restored one")
    return str(row[1])


def _reader(admin: str) -> str:
    """Make a role that reads everything, past row security, and has no other right."""
    name = f"panshi_reader_{secrets.token_hex(8)}"
    role = sql.Identifier(name)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN BYPASSRLS IN ROLE pg_read_all_data").format(role)
        )
        known = connection.execute("SELECT 1 FROM pg_settings WHERE name = %s", (_FOREIGN,))
        if known.fetchone():
            connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = 'foreign-table'").format(
                    role, sql.Identifier(_FOREIGN)
                )
            )
    return name


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
        apart=True,
    )


def _settings(folder: Path, data: Path, socket: Path, mark: Mark, port: int) -> dict[str, str]:
    settings = {
        "listen_addresses": "127.0.0.1" if port else "",
        "port": str(port or DEFAULT_PORT),
        "unix_socket_directories": str(socket),
        "hba_file": str(data / "pg_hba.conf"),
        "ident_file": str(data / "pg_ident.conf"),
        "archive_mode": "off",
        "hot_standby": "off",
        "max_wal_senders": "0",
        "max_logical_replication_workers": "0",
        "max_worker_processes": "0",
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
    return settings


def _configure(folder: Path, data: Path, settings: Mapping[str, str]) -> None:
    lines = (f"{name} = '{value.replace("'", "''")}'\n" for name, value in settings.items())
    (data / "postgresql.conf").write_text("".join(lines))
    (data / "pg_hba.conf").write_text(_ACCESS)
    (data / "pg_ident.conf").write_text("")
    (folder / LOG).touch()


def _own(owner: str | None, *paths: Path) -> None:
    """Give files to the server's user, where that is another; a link would lead elsewhere."""
    for each in paths:
        if each.is_symlink():
            raise IntegrityError("a link stands among the server's files", place=str(each))
        if owner is not None:
            shutil.chown(each, owner, server_group(owner))
        if each.is_dir():
            each.chmod(0o700)


def _start(postgres: Path, folder: Path, data: Path, owner: str | None) -> subprocess.Popen[bytes]:
    with (folder / LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 -- a fixed program over our own folder
            [postgres, "-D", data],
            user=owner,
            group=server_group(owner),
            extra_groups=None if owner is None else [],
            env=APART,
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
        if pq.PGconn.ping(address.encode()) == pq.Ping.OK:
            return
        time.sleep(_POLL)
    raise StoreError("the restored server does not answer", place=str(log))


def _load(folder: Path, major: int, here: str, database: str) -> None:
    with psycopg.connect(here, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,))
        if found.fetchone() is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(database))
            )
    run(
        [
            program("pg_restore", major),
            f"--dbname={make_conninfo(here, dbname=database)}",
            "--no-owner",
            "--no-privileges",
            "--no-subscriptions",
            "--exit-on-error",
            folder / DUMP,
        ],
        apart=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=STOP_SECONDS)
