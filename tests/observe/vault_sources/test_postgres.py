"""PostgreSQL, live: what is marked while others write is exactly what comes back."""

import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from panshi.errors import IntegrityError, StoreError
from panshi.model.resilience.mark import SourceKind
from panshi.observe.vault_sources import postgres, postgres_base
from panshi.observe.vault_sources.capture import capture, read_mark
from panshi.observe.vault_sources.fresh_place import fresh_place
from panshi.observe.vault_sources.postgres import connect
from panshi.observe.vault_sources.postgres_base import MADE, drop_slot
from panshi.observe.vault_sources.programs import program
from panshi.observe.vault_sources.source import Check, Source
from panshi.observe.vault_sources.verify import verify
from tests.simulators.ledger import ledger_workload, make_ledger
from tests.simulators.postgres import MISSING, binaries, postgres_server

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server():
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as started:
        yield started


@pytest.fixture
def ledger(server):
    address = make_ledger(server, "ledger")
    yield address
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active"
        )
    server.drop("ledger")


def source(address, kind):
    return Source(
        name="ledger",
        kind=kind,
        address=address,
        check=(
            Check(
                name="balanced",
                sql="SELECT COALESCE(sum(amount), 0.00) FROM posting",
                expect="0.00",
            ),
        ),
    )


def restored(got, wanted):
    """Bring a captured state to a fresh place and verify it there."""
    with fresh_place() as place:
        shutil.copytree(got.folder, place / "it")
        return verify(place / "it", read_mark(place / "it", got.mark_sha256), wanted)


@pytest.mark.parametrize("kind", [SourceKind.POSTGRESQL, SourceKind.POSTGRESQL_LOGICAL])
def test_a_mark_amid_writers_comes_back_row_by_row(server, ledger, tmp_path, kind):
    # Given a ledger that is written to all the time
    wanted = source(ledger, kind)
    with ledger_workload(ledger) as load:
        load.until(30)
        first = capture(wanted, tmp_path / "work", lambda: AT)
        load.until(load.done + 30)

        # When a second mark is taken
        got = capture(wanted, tmp_path / "work", lambda: AT + timedelta(minutes=1))
        load.until(load.done + 30)

    # Then the restored database is that state to the last row, and the ledger balances
    assert got.mark.rows > first.mark.rows
    assert got.mark.seen.compared
    assert got.mark.checks[0].holds
    found = restored(got, wanted)
    assert found.holds, found.failures
    assert found.rows == got.mark.rows
    if kind is SourceKind.POSTGRESQL:
        fetched = [each for each in (got.folder / "wal").iterdir() if not each.suffix]
        assert fetched
        for each in fetched:
            original = server.data / "pg_wal" / each.name
            assert not original.exists() or each.read_bytes() == original.read_bytes()
        drop_slot(wanted)


def test_a_log_the_server_threw_away_is_replaced_by_a_new_base(ledger, tmp_path):
    # Given a mark, after which the slot was lost
    wanted = source(ledger, SourceKind.POSTGRESQL)
    capture(wanted, tmp_path / "work", lambda: AT)
    drop_slot(wanted)
    with psycopg.connect(ledger) as connection:
        connection.execute("INSERT INTO posting (account, amount) VALUES (1, 2.00), (2, -2.00)")

    # When another mark is taken, then it rests on a base of its own and comes back whole
    later = AT + timedelta(minutes=1)
    got = capture(wanted, tmp_path / "work", lambda: later)
    assert (got.folder / MADE).read_text() == later.isoformat()
    assert restored(got, wanted).holds


def test_a_base_without_its_log_does_not_come_back_silently(ledger, tmp_path):
    # Given a mark whose log was lost
    wanted = source(ledger, SourceKind.POSTGRESQL)
    got = capture(wanted, tmp_path / "work", lambda: AT)
    for each in (got.folder / "wal").iterdir():
        each.unlink()

    # When it is restored, then the server says it never reached the mark
    with pytest.raises(IntegrityError, match="recovery target"):
        restored(got, wanted)


def test_an_old_base_is_made_anew_and_a_young_one_is_kept(ledger, tmp_path):
    wanted = source(ledger, SourceKind.POSTGRESQL)
    state = tmp_path / "work" / "state"
    capture(wanted, tmp_path / "work", lambda: AT)
    first = (state / MADE).read_text()

    capture(wanted, tmp_path / "work", lambda: AT + timedelta(days=6))
    assert (state / MADE).read_text() == first
    got = capture(wanted, tmp_path / "work", lambda: AT + timedelta(days=7))

    assert (state / MADE).read_text() != first
    assert restored(got, wanted).holds


def test_a_slot_that_another_fetches_through_is_told(ledger, tmp_path, monkeypatch):
    # Given a slot through which somebody else fetches the log
    wanted = source(ledger, SourceKind.POSTGRESQL)
    capture(wanted, tmp_path / "work", lambda: AT)
    monkeypatch.setattr(postgres_base, "SLOT_SECONDS", 0.3)
    with connect(ledger) as looking:
        other = subprocess.Popen(
            [program("pg_receivewal"), f"--dbname={ledger}", f"--slot={wanted.slot}",
             f"--directory={tmp_path}"],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        active = "SELECT count(*) FROM pg_replication_slots WHERE active"
        while looking.execute(active).fetchone() == (0,):
            looking.rollback()

        # When the base is due to be made anew, then it is told
        with pytest.raises(StoreError, match="is in use"):
            capture(wanted, tmp_path / "work", lambda: AT + timedelta(days=7))
        other.kill()
        other.wait(60)


def test_a_transaction_left_open_is_told_and_nothing_hangs(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(
        postgres,
        "SETTINGS",
        tuple(("lock_timeout", "200ms") if n == "lock_timeout" else (n, v)
              for n, v in postgres.SETTINGS),
    )  # fmt: skip
    with connect(ledger) as held:
        held.execute("UPDATE account SET balance = balance WHERE id = 1")

        with pytest.raises(StoreError, match="never free of writers"):
            capture(source(ledger, SourceKind.POSTGRESQL), tmp_path / "work", lambda: AT)


def test_writers_wait_only_for_the_instant_of_the_mark(ledger, tmp_path):
    # Given writers all the while
    with ledger_workload(ledger) as load:
        load.until(20)
        before = load.done

        # When a base backup and a mark are made
        worker = threading.Thread(
            target=capture,
            args=(source(ledger, SourceKind.POSTGRESQL), tmp_path / "work", lambda: AT),
        )
        worker.start()
        worker.join()

        # Then they went on meanwhile
        assert load.done > before
        assert not load.faults


def test_rows_that_a_policy_hides_are_told_and_not_left_out(ledger, tmp_path):
    # Given an account to which a policy shows only some rows
    with psycopg.connect(ledger) as connection:
        connection.execute("DROP ROLE IF EXISTS keeper")
        connection.execute("CREATE ROLE keeper LOGIN")
        connection.execute("GRANT SELECT ON account TO keeper")
        connection.execute("ALTER TABLE account ENABLE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY few ON account TO keeper USING (id < 3)")
    wanted = source(ledger, SourceKind.POSTGRESQL_LOGICAL)

    # When it marks the table, then it is refused, since the mark would lack rows
    with connect(ledger.replace("panshi@", "keeper@")) as reading:
        tables = [e for e in postgres.tables_of(reading, wanted) if e.name == "account"]
        with pytest.raises(StoreError, match="row-level security"):
            postgres.mark_tables(reading, tables, tmp_path)


def test_a_mark_that_meets_an_application_crosswise_tries_again(ledger, tmp_path, monkeypatch):
    # Given an application that changes the tables in the other order, and never gives way itself
    held, done = threading.Event(), []

    def application():
        with psycopg.connect(ledger) as connection:
            connection.execute("SET deadlock_timeout = '1h'")
            connection.execute("UPDATE posting SET amount = amount")
            held.set()
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            with psycopg.connect(ledger, autocommit=True) as looking:
                while looking.execute(waiting).fetchone() == (0,):
                    pass
            connection.execute("UPDATE account SET balance = balance")
            done.append(True)

    monkeypatch.setattr(postgres, "SETTINGS", (*postgres.SETTINGS, ("deadlock_timeout", "1s")))
    wanted = source(ledger, SourceKind.POSTGRESQL)
    capture(wanted, tmp_path / "work", lambda: AT)
    worker = threading.Thread(target=application)
    worker.start()
    held.wait()

    # When the next mark is taken, then both come through
    got = capture(wanted, tmp_path / "work", lambda: AT + timedelta(minutes=1))
    worker.join()
    assert done == [True]
    assert got.mark.rows
