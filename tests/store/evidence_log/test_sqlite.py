"""One file and what can happen to it: other versions, other files, full disks, other writers."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from itertools import count
from multiprocessing import get_context
from pathlib import Path

import pytest

from panshi.errors import PanshiError, StoreError
from panshi.store.evidence_log import FILE_NAME, open_log
from tests.simulators.observations import RECEIVED, device

forked = get_context("fork")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def file(home):
    """A log with 300 observations, closed: its database file."""
    log = open_log(home)
    log.append([device(n) for n in range(300)], RECEIVED)
    log.close()
    return home / FILE_NAME


def changed(file, pragma):
    raw = sqlite3.connect(file)
    raw.execute(pragma)
    raw.commit()
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return file.read_bytes()


@pytest.mark.parametrize("version", [0, 1, 999])
def test_a_log_of_another_version_is_refused_and_left_as_it_is(file, home, version):
    before = changed(file, f"PRAGMA user_version = {version}")

    with pytest.raises(StoreError, match=rf"version {version}.*nothing was changed"):
        open_log(home)

    assert file.read_bytes() == before


def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(home):
    home.mkdir()
    raw = sqlite3.connect(home / FILE_NAME)
    raw.execute("CREATE TABLE theirs (x)")
    raw.commit()
    raw.close()
    before = (home / FILE_NAME).read_bytes()

    with pytest.raises(StoreError, match="not an evidence log"):
        open_log(home)

    assert (home / FILE_NAME).read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(home):
    home.mkdir()
    (home / FILE_NAME).write_bytes(b"dear diary " * 1000)

    with pytest.raises(StoreError, match="not an SQLite database"):
        open_log(home)

    assert (home / FILE_NAME).read_bytes() == b"dear diary " * 1000


def test_the_file_belongs_to_its_owner_only(file):
    for each in (file, *file.parent.glob("keys/*")):
        assert each.stat().st_mode & 0o077 == 0, each


def test_a_commit_is_on_disk_before_it_is_acknowledged(home):
    """The two settings on which that rests."""
    log = open_log(home)
    with log._database.writing() as connection:
        assert connection.one("PRAGMA journal_mode") == ("wal",)
        assert connection.one("PRAGMA synchronous") == (2,)
        assert connection.one("PRAGMA secure_delete") == (1,)
    log.close()


def test_half_a_file_is_told_in_words(file, home):
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])

    assert faults(home)


@pytest.mark.parametrize("at", range(1, 12))
def test_garbage_anywhere_in_the_file_never_goes_unseen(file, home, at):
    """A stretch of the file is overwritten: the log does not open, or verifying names a place."""
    whole = bytearray(file.read_bytes())
    start = len(whole) * at // 12
    if not any(whole[start : start + 64]):
        start = next(n for n in range(start, len(whole)) if whole[n])
    whole[start : start + 64] = bytes(byte ^ 0x55 for byte in whole[start : start + 64])
    file.write_bytes(bytes(whole))

    found = faults(home)
    assert found
    assert all(found)


def faults(home):
    """What opening and verifying the log say is wrong."""
    try:
        log = open_log(home)
    except StoreError as error:
        return [error.problem]
    report = log.verify()
    log.close()
    return [each.place and each.problem for each in report.damage]


def small_disk(size):
    """A file system of its own, so small that it fills; None where this user may not mount."""
    folder = Path("/tmp") / f"panshi-disk-{os.getpid()}"  # a mount point
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    return folder if done.returncode == 0 else None


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost():
    folder = small_disk("3m")
    if folder is None:
        pytest.skip("only root can mount a small file system to fill")
    try:
        # Given a log on a disk that fills up
        log = open_log(folder / "home")
        acknowledged = []

        # When more is appended than it holds
        with pytest.raises(StoreError, match=r"disk is full.*free some space"):
            append_for_ever(log, acknowledged)

        # Then what was acknowledged is there and verifies, here and after opening again
        assert acknowledged
        assert log.size() == len(acknowledged)
        assert log.verify().intact
        log.close()
        log = open_log(folder / "home")
        assert log.size() == len(acknowledged)
        assert log.verify().intact

        # And with space again it goes on
        subprocess.run(["mount", "-o", "remount,size=20m", folder], check=True)
        assert log.append([device(99_999)], RECEIVED).new == 1
        log.close()
    finally:
        subprocess.run(["umount", folder], check=False)
        folder.rmdir()


def append_for_ever(log, acknowledged):
    for start in count(0, 200):
        acknowledged += log.append([device(start + n) for n in range(200)], RECEIVED).ids


def in_child(work, *arguments):
    """Run in a process of its own; gives back what it puts on the queue."""
    queue = forked.SimpleQueue()
    child = forked.Process(target=lambda: queue.put(said_by(work, *arguments)))
    child.start()
    answer = queue.get()
    child.join()
    return answer


def said_by(work, *arguments):
    try:
        return work(*arguments)
    except PanshiError as error:
        return f"{type(error).__name__}: {error}"


def test_a_file_that_may_not_grow_is_told_and_nothing_acknowledged_is_lost(home):
    def fill():
        log = open_log(home)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
        for n in range(100):
            log.append([device(n * 200 + k) for k in range(200)], RECEIVED)

    assert "StoreError" in in_child(fill)
    log = open_log(home)
    assert log.size() > 0
    assert log.size() % 200 == 0
    assert log.verify().intact
    log.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount something read-only")
@pytest.mark.usefixtures("file")
def test_a_read_only_directory_is_told(home):
    subprocess.run(["mount", "--bind", home, home], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", home], check=True)

        with pytest.raises(StoreError, match="read-only"):
            open_log(home)
    finally:
        subprocess.run(["umount", home], check=True)

    log = open_log(home)
    assert log.verify().intact
    log.close()


def test_a_directory_of_somebody_else_is_told(file, home):
    def as_nobody():
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        open_log(home)

    home.chmod(0o500)
    before = file.read_bytes()

    assert in_child(as_nobody).startswith("StoreError")
    home.chmod(0o700)
    assert file.read_bytes() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount something read-only")
@pytest.mark.usefixtures("file")
def test_a_log_that_was_open_survives_a_directory_that_turns_read_only(home):
    log = open_log(home)
    subprocess.run(["mount", "--bind", home, home], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", home], check=True)
    try:
        with pytest.raises(StoreError, match="read-only"):
            open_log(home)
    finally:
        subprocess.run(["umount", home], check=True)
    assert log.append([device(500)], RECEIVED).new == 1
    log.close()


def test_a_writer_that_is_held_up_too_long_is_told_and_may_try_again(file, home):
    # Given another process in the middle of writing
    log = open_log(home, wait=0.2)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    # When we append
    with pytest.raises(StoreError, match=r"another writer.*try again"):
        log.append([device(900)], RECEIVED)

    # Then we can read meanwhile, and write when the other is done
    assert log.size() == 300
    other.execute("ROLLBACK")
    assert log.append([device(900)], RECEIVED).new == 1
    log.close()
    other.close()


def test_two_processes_that_write_both_get_on(home):
    def write(writer):
        log = open_log(home)
        for n in range(40):
            log.append([device(writer * 1000 + n)], RECEIVED)
        log.close()

    children = [forked.Process(target=write, args=(n,)) for n in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0, 0, 0]
    log = open_log(home)
    assert log.size() == 120
    assert log.verify().intact
    log.close()


def test_a_closed_log_says_so(home):
    log = open_log(home)
    reading = log.since(0)
    log.close()

    with pytest.raises(StoreError, match="closed"):
        next(reading)
    with pytest.raises(StoreError, match="closed"):
        log.append([device(1)], RECEIVED)


def test_opening_does_not_load_the_driver_of_postgresql():
    source = (
        "import sys, pathlib, tempfile; from panshi.store.evidence_log import open_log;"
        "open_log(pathlib.Path(tempfile.mkdtemp())).close(); assert 'psycopg' not in sys.modules"
    )

    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
