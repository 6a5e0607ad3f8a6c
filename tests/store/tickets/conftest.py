"""One place per database dialect for tickets to live in; every test runs on each."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from panshi.store.tickets import open_tickets
from tests.simulators.postgres import MISSING, binaries, postgres_server


@dataclass
class Place:
    """Where tickets live; `open` opens them as another process would."""

    dialect: str
    home: Path
    url: str | None

    def open(self, **options):
        return open_tickets(self.home, self.url, **options)


@pytest.fixture(scope="session")
def server():
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="session")
def database(server):
    """Made once, emptied for each test: making one takes longer than most tests."""
    return server.make("tickets")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request, tmp_path):
    if request.param == "sqlite":
        yield Place("sqlite", tmp_path / "home", None)
        return
    url = request.getfixturevalue("database")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS panshi_tickets CASCADE")
    yield Place("postgres", tmp_path / "home", url)


@pytest.fixture
def tickets(place):
    opened = place.open()
    yield opened
    opened.close()
