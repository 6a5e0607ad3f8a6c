"""Live sessions rest in one file, a group at a time."""

import sqlite3

import pytest

from panshi.errors import StoreError
from panshi.store.live_sessions import FILE, FOLDER, LiveStore


def test_a_group_is_there_after_reopening_and_removed_rows_are_not(tmp_path):
    with LiveStore(tmp_path) as store:
        store.put([("session", "b", b"2"), ("session", "a", b"1"), ("order", "a", b"3")])
        store.put([("session", "b", None), ("session", "a", b"4")])

    with LiveStore(tmp_path) as store:
        assert store.every("session") == [("a", b"4")]
        assert store.every("order") == [("a", b"3")]


def test_a_group_is_written_whole_or_not_at_all(tmp_path):
    with LiveStore(tmp_path) as store:
        with pytest.raises(StoreError):
            store.put([("session", "a", b"1"), (None, "b", b"2")])

        assert store.every("session") == []


def test_only_its_owner_may_read_it(tmp_path):
    with LiveStore(tmp_path):
        mode = (tmp_path / FOLDER / FILE).stat().st_mode

    assert mode & 0o077 == 0


def test_a_file_of_a_later_version_is_refused(tmp_path):
    with LiveStore(tmp_path):
        pass
    raw = sqlite3.connect(tmp_path / FOLDER / FILE)
    raw.execute("PRAGMA user_version=99")
    raw.close()

    with pytest.raises(StoreError, match="version 99"):
        LiveStore(tmp_path)


def test_what_is_no_database_is_told(tmp_path):
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_bytes(b"not a database at all" * 100)

    with pytest.raises(StoreError):
        LiveStore(tmp_path)
