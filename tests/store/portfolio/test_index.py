"""The index: whole or not there, and begun anew where it is of another make."""

import gc
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from panshi.store.portfolio import Delivery, PortfolioIndex


def delivery(system: int, *, observation: str, received: int, about: str = "") -> Delivery:
    """Write down one delivery."""
    return Delivery(
        id=0,
        observation=observation,
        system=system,
        part="",
        digest=observation * 8,
        supplier="supplier:s",
        service="",
        received=received,
        position=received,
        format="CycloneDX 1.6",
        created="2026-09-01",
        subject="",
        components=1,
        packages=1,
        unreadable=0,
        unjudged="{}",
        problem="",
        versioned=1.0,
        identified=1.0,
        forgotten=0,
        about=about,
    )


def test_what_is_written_is_read_and_the_same_delivery_once(tmp_path: Path):
    index = PortfolioIndex(tmp_path)
    with index.writing() as writing:
        system = writing.system_number("system:a")
        first = writing.add_delivery(delivery(system, observation="a", received=1))
        again = writing.add_delivery(delivery(system, observation="a", received=1))
        second = writing.add_delivery(delivery(system, observation="b", received=2, about='["p"]'))
        writing.stand(system, "", second, b"")
    assert (first is not None, again) == (True, None)
    with index.reading() as reading:
        assert [each.observation for each in reading.deliveries(system)] == ["a", "b"]
        assert [each[5] for each in reading.standing_notes()] == ['["p"]']


def test_a_writer_that_fails_leaves_nothing(tmp_path: Path):
    index = PortfolioIndex(tmp_path)

    def fail() -> None:
        with index.writing() as writing:
            writing.system_number("system:a")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with index.reading() as reading:
        assert reading.system("system:a") is None


@pytest.mark.parametrize("harm", ["version", "bytes"])
def test_a_file_of_another_make_is_begun_anew(tmp_path: Path, harm: str):
    index = PortfolioIndex(tmp_path)
    with index.writing() as writing:
        writing.system_number("system:a")
    if harm == "version":
        with closing(sqlite3.connect(index.path)) as raw:
            raw.execute("PRAGMA user_version = 1")
    else:
        for suffix in ("-wal", "-shm"):
            index.path.with_name(index.path.name + suffix).unlink(missing_ok=True)
        index.path.write_bytes(b"no database at all" * 1_000)
    with PortfolioIndex(tmp_path).reading() as reading:
        assert reading.system("system:a") is None


def test_what_a_killed_process_wrote_is_there(tmp_path: Path):
    # Given a process that ends by SIGKILL right after a transaction, its journal not yet written
    code = f"""
import os, signal
from pathlib import Path
from panshi.store.portfolio import PortfolioIndex
index = PortfolioIndex(Path({str(tmp_path)!r}))
for name in ("system:a", "system:b"):
    with index.writing() as writing:
        writing.system_number(name)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", code], check=False)
    assert ended.returncode == -signal.SIGKILL
    # When it is opened again, then both transactions are there
    with PortfolioIndex(tmp_path).reading() as reading:
        assert [name for _, name in reading.systems()] == ["system:a", "system:b"]


def test_no_question_waits_until_the_journal_is_in_the_file(tmp_path: Path):
    # Given an index whose every reader and writer has ended
    index = PortfolioIndex(tmp_path)
    journal = index.path.with_name(f"{index.path.name}-wal")
    with index.writing() as writing:
        writing.system_number("system:a")
    with index.reading() as reading:
        assert reading.system("system:a") is not None
    # Then the journal waits, as long as the index is open
    assert journal.stat().st_size > 0
    del index, reading, writing
    gc.collect()
    assert not journal.exists()


def test_an_index_begun_anew_under_another_keeps_what_is_new(tmp_path: Path):
    # Given two that have the same file open
    index, other = PortfolioIndex(tmp_path), PortfolioIndex(tmp_path)
    # When one begins it anew, and the other lets go of the old one
    index.forget()
    with index.writing() as writing:
        writing.system_number("system:a")
    del other
    gc.collect()
    # Then nothing of the new one is lost, whoever reads it
    with PortfolioIndex(tmp_path).reading() as reading:
        assert reading.system("system:a") is not None
