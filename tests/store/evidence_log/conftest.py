"""One place per database dialect for a log to live in; every test runs on each."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from panshi.store.evidence_log import open_log
from tests.simulators.postgres import MISSING, PostgresServer, binaries, postgres_server

names = count(1)


@dataclass
class Place:
    """Where a log lives; `open` opens it as another process would."""

    dialect: str
    home: Path
    url: str | None
    server: PostgresServer | None = None

    def open(self, **options):
        return open_log(self.home, self.url, **options)


@pytest.fixture(scope="session")
def server():
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request, tmp_path):
    if request.param == "sqlite":
        yield Place("sqlite", tmp_path / "home", None)
        return
    server = request.getfixturevalue("server")
    name = f"log_{next(names)}"
    yield Place("postgres", tmp_path / "home", server.make(name), server)
    server.drop(name)


@pytest.fixture
def log(place):
    opened = place.open()
    yield opened
    opened.close()
