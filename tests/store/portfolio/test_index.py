"""The index: whole or not there, and begun anew where it is of another make."""

import sqlite3
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
