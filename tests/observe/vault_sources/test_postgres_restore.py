"""A restored PostgreSQL stays apart: from the live server, its publisher and this machine."""

import os
import shutil
import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from panshi.errors import BadInputError
from panshi.model.resilience.mark import SourceKind
from panshi.observe.vault_sources import postgres, postgres_restore
from panshi.observe.vault_sources.capture import capture, read_mark
from panshi.observe.vault_sources.fresh_place import fresh_place
from panshi.observe.vault_sources.postgres_restore import reaching_out, restored_server
from panshi.observe.vault_sources.source import Check, Source
from panshi.observe.vault_sources.verify import verify
from tests.simulators import postgres as simulator
from tests.simulators.postgres import MISSING, binaries, postgres_server

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _installed():
    if binaries() is None:
        pytest.skip(MISSING)


def accounts(address):
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE account (id int PRIMARY KEY, balance numeric)")
        connection.execute("INSERT INTO account SELECT n, 100 FROM generate_series(1, 20) n")


@contextmanager
def restored(wanted, got):
    """Run what was captured in a fresh place."""
    with fresh_place() as place:
        shutil.copytree(got.folder, place / "it")
        with restored_server(place / "it", got.mark, wanted.address) as server:
            yield server


def test_an_address_in_the_environment_does_not_lead_to_the_live_server(tmp_path, monkeypatch):
    # Given a live server on loopback, whose table was lost after its mark
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    monkeypatch.setattr(
        simulator,
        "SETTINGS",
        ("max_connections=20", "listen_addresses=127.0.0.1", f"port={port}", "fsync=off"),
    )
    monkeypatch.setattr(postgres_restore, "DEFAULT_PORT", port)
    monkeypatch.setattr(
        simulator.PostgresServer,
        "url",
        lambda self, name: f"postgresql://panshi@/{name}?host={self.folder}&port={port}",
    )
    with postgres_server() as live:
        address = live.make("ledger")
        accounts(address)
        wanted = Source(name="ledger", kind=SourceKind.POSTGRESQL_LOGICAL, address=address)
        got = capture(wanted, tmp_path / "work", lambda: AT)
        with psycopg.connect(address) as connection:
            connection.execute("DROP TABLE account")

        # When it is restored where the environment names the live server
        monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
        monkeypatch.setenv("PGOPTIONS", "-c transaction_read_only=on")
        with fresh_place() as place:
            shutil.copytree(got.folder, place / "it")
            checked = verify(place / "it", read_mark(place / "it", got.mark_sha256), wanted)

        # Then it comes back apart, and nothing was written into the live server
        assert checked.holds, checked.failures
        assert checked.isolated
        monkeypatch.delenv("PGHOSTADDR")
        monkeypatch.delenv("PGOPTIONS")
        with psycopg.connect(address) as connection:
            row = connection.execute("SELECT to_regclass('account')").fetchone()
        assert row == (None,)


def test_a_restored_subscription_does_not_wake_and_no_check_reaches_the_machine(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not for drills")
    with postgres_server() as live:
        # Given a database that follows a publisher
        address = live.make("ledger")
        accounts(address)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(
                "CREATE SUBSCRIPTION feed CONNECTION 'host=/nowhere dbname=feed'"
                " PUBLICATION feed WITH (connect = false, slot_name = 'feed')"
            )
            connection.execute("ALTER SUBSCRIPTION feed ENABLE")
        wanted = Source(name="ledger", kind=SourceKind.POSTGRESQL, address=address)
        got = capture(wanted, tmp_path / "work", lambda: AT)

    # When it is restored
    with restored(wanted, got) as server:
        with psycopg.connect(server.admin) as connection:
            followed = connection.execute("SELECT subenabled FROM pg_subscription").fetchall()
            workers = connection.execute("SHOW max_logical_replication_workers").fetchone()
            jobs = connection.execute("SHOW max_worker_processes").fetchone()
            (pid,) = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
            ).fetchone()

        # Then the subscription stands, and nothing is there that could follow it
        assert followed == [(True,)]
        assert (workers, jobs) == (("0",), ("0",))
        assert reaching_out(server) == ()

        # And the server knows nothing of what stands in this process's environment
        process = Path(f"/proc/{pid}")
        assert b"AWS_SECRET_ACCESS_KEY" not in (process / "environ").read_bytes()
        if os.geteuid() == 0:
            lines = (process / "status").read_text().splitlines()
            told = dict(line.partition(":")[::2] for line in lines)
            assert "0" not in told["Gid"].split()
            assert "0" not in told["Groups"].split()

        # And its data is read by a role that can neither run a program nor write
        ran = tmp_path / "ran"
        for statement in (
            f"COPY (SELECT 1) TO PROGRAM 'id > {ran}'",
            f"SELECT 1; COPY (SELECT 1) TO PROGRAM 'id > {ran}'",
            f"SELECT 1) told; COPY (SELECT 1) TO PROGRAM 'id > {ran}' --",
            "SELECT lo_export(1, '/tmp/x')",
            "SELECT pg_read_file('PG_VERSION')",
            "WITH gone AS (DELETE FROM account RETURNING 1) SELECT count(*) FROM gone",
        ):
            with (
                postgres.connect(server.address) as connection,
                pytest.raises(BadInputError, match="the check cannot be asked"),
            ):
                postgres.checks_of(connection, [Check(name="hostile", sql=statement)])
        with (
            psycopg.connect(server.address) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(f"COPY (SELECT 1) TO PROGRAM 'id > {ran}'")
        assert not ran.exists()

        # While an honest check is answered
        with postgres.connect(server.address) as connection:
            (value,) = postgres.checks_of(
                connection, [Check(name="sum", sql="SELECT sum(balance) FROM account -- all\n;")]
            )
        assert value.value == "2000"


def test_an_address_without_a_user_means_who_the_client_library_means(monkeypatch):
    monkeypatch.setenv("PGUSER", "keeper")
    monkeypatch.delenv("PGDATABASE", raising=False)
    assert postgres_restore._meant("postgresql:///?host=/run/x") == ("keeper", "keeper")
    assert postgres_restore._meant("postgresql://backup@/ledger") == ("backup", "ledger")
