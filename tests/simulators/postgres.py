"""A private PostgreSQL server in a temporary directory, reached over a unix socket only."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

MISSING = "no PostgreSQL server on this machine; `apt-get install postgresql` brings one"
START_SECONDS = 30
SETTINGS = ("shared_buffers=16MB", "max_connections=40", "listen_addresses=", "fsync=off")


def binaries() -> Path | None:
    """Where `initdb` and `postgres` lie; None where there is no server."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    places += [Path(found).resolve().parent] if found else []
    return next((p for p in places if (p / "initdb").exists() and (p / "postgres").exists()), None)


def server_user() -> str | None:
    """PostgreSQL refuses to run as root: somebody else then; None for the present user."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class PostgresServer:
    """A running server; databases are made and dropped by name."""

    def __init__(self, programs: Path, folder: Path):
        self.programs, self.folder = programs, folder
        self.user = server_user()
        self.data = folder / "data"
        if self.user:
            shutil.chown(folder, self.user)
        self._run("initdb", "-D", str(self.data), "-U", "panshi", "-A", "trust", "-E", "UTF8",
                  "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        self.process = self._start()

    def url(self, database: str) -> str:
        return f"postgresql://panshi@/{database}?host={self.folder}"

    def make(self, database: str) -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def kill_a_backend(self, database: str) -> None:
        """kill -9 one server process: the server restarts itself and recovers from its log."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = %s LIMIT 1", (database,)
            ).fetchone()
        if row:
            life = self.wait()
            os.kill(row[0], signal.SIGKILL)
            self.wait(after=life)

    def wait(self, *, after: object = None) -> object:
        """Until it answers, in another life than `after`; a life begins with its checkpointer."""
        until = time.monotonic() + START_SECONDS
        while True:
            life = None
            with (
                suppress(psycopg.OperationalError),
                psycopg.connect(self.url("postgres"), connect_timeout=5) as connection,
            ):
                row = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
                ).fetchone()
                life = row and row[0]
            if life is not None and life != after:
                return life
            if time.monotonic() > until or self.process.poll() is not None:
                raise TimeoutError("the PostgreSQL server does not answer")
            time.sleep(0.02)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=START_SECONDS)

    def _start(self) -> subprocess.Popen[bytes]:
        settings = [word for each in SETTINGS for word in ("-c", each)]
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.data, "-k", self.folder, *settings],
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait()
        return self.process

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self.programs / program, *words],
            user=self.user,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server for as long as the block runs. The path must stay short: it names a socket."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="panshi-pg-", dir="/tmp"))
    server = None
    try:
        server = PostgresServer(programs, folder)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
