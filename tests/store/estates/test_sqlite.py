"""What can be wrong with the file: said in words, and nothing is damaged."""

import multiprocessing
import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta

import pytest

from panshi.errors import IntegrityError, StoreError, UsageError
from panshi.model.asset import Asset, AssetId, AssetKind
from panshi.model.estate import Estate
from panshi.store.estates import FILE_NAME, open_estates

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def _estate(*names, name="bank", as_of=T0):
    return Estate(
        id=name,
        name_zh="甲",
        name_en="A",
        version=0,
        as_of=as_of,
        assets=tuple(
            Asset(id=AssetId(f"host:{each}"), kind=AssetKind.HOST, name=each * 30) for each in names
        ),
    )


def _commit_many(home, name, rounds):
    store = open_estates(home)
    for number in range(rounds):
        estate = _estate(f"{name}{number}", name=name, as_of=T0 + timedelta(days=number))
        store.commit(estate, by=name, at=T0)


def test_the_file_belongs_to_its_owner_only(tmp_path):
    open_estates(tmp_path / "home")
    mode = (tmp_path / "home" / FILE_NAME).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_another_version_is_refused_and_left_as_it_is(tmp_path):
    open_estates(tmp_path).commit(_estate("a"), by="x", at=T0)
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("PRAGMA user_version = 7")
    raw.close()
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(StoreError, match="of version 7, this Panshi reads version 1"):
        open_estates(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_foreign_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("CREATE TABLE diary (page TEXT)")
    raw.close()
    with pytest.raises(StoreError, match="holds no estates"):
        open_estates(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(StoreError, match="not an SQLite database"):
        open_estates(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_directory_is_told(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    with pytest.raises(StoreError, match="read-only"):
        open_estates(home)


def test_a_read_only_file_is_told(tmp_path):
    store = open_estates(tmp_path)
    connect = store._database._connect

    def read_only():
        raw = connect()
        raw.execute("PRAGMA query_only = ON")
        return raw

    store._database._connect = read_only
    with pytest.raises(StoreError, match="the file of the estates is read-only"):
        store.commit(_estate("a"), by="x", at=T0)


def test_a_full_disk_is_told_and_leaves_the_newest_version(tmp_path):
    # Given a file that may not grow any more
    store = open_estates(tmp_path)
    store.commit(_estate("a"), by="x", at=T0)
    connect = store._database._connect

    def small():
        raw = connect()
        raw.execute("PRAGMA max_page_count = 12")
        return raw

    store._database._connect = small
    # When a large estate is committed
    large = _estate(*[f"{n:05}" for n in range(30_000)], as_of=T0 + timedelta(days=1))
    with pytest.raises(StoreError, match="disk is full; nothing of this was written"):
        store.commit(large, by="x", at=T0)
    # Then what was there is there
    fresh = open_estates(tmp_path)
    assert len(fresh.history("bank")) == 1
    assert fresh.head("bank") == store.version("bank", 1)


def test_a_second_writer_waits_and_then_is_told(tmp_path):
    store = open_estates(tmp_path, wait=0.1)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another writer"):
        store.commit(_estate("a"), by="x", at=T0)
    other.execute("ROLLBACK")
    other.close()
    assert store.commit(_estate("a"), by="x", at=T0).version == 1


def test_two_processes_write_without_losing_a_version(tmp_path):
    # Given two processes that also race to make the file
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=_commit_many, args=(tmp_path, name, 8)) for name in ("a", "b")
    ]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert [each.exitcode for each in writers] == [0, 0]
    store = open_estates(tmp_path)
    for name in ("a", "b"):
        assert [note.version for note in store.history(name)] == list(range(1, 9))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE chunk SET content = x'00'",
        "DELETE FROM chunk",
        "UPDATE snapshot SET digest = zeroblob(32)",
        "UPDATE snapshot SET head = CAST(replace(head, 'A', 'B') AS BLOB)",
    ],
)
def test_an_altered_version_is_never_given_out(tmp_path, damage):
    open_estates(tmp_path).commit(_estate("a", "b"), by="x", at=T0)
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute(damage)
    raw.close()
    with pytest.raises(IntegrityError):
        open_estates(tmp_path).head("bank")


def test_an_address_of_another_database_is_refused(tmp_path):
    with pytest.raises(UsageError, match="PostgreSQL"):
        open_estates(tmp_path, "mysql://root@localhost/panshi")
