"""Both databases for the tests of estates: a SQLite file, and a PostgreSQL server of our own."""

from itertools import count

import pytest

from tests.simulators.postgres import MISSING, binaries, postgres_server

names = count(1)


@pytest.fixture(scope="session")
def server():
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def estates_address(request):
    """None for SQLite, else the address of an empty database."""
    if request.param == "sqlite":
        yield None
        return
    server = request.getfixturevalue("server")
    name = f"estates_{next(names)}"
    yield server.make(name)
    server.drop(name)
