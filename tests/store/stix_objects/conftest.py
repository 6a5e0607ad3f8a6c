"""The same objects in SQLite and in PostgreSQL."""

import psycopg
import pytest

from panshi.store.stix_objects import open_stix_objects
from panshi.store.stix_objects.postgres import SCHEMA
from tests.simulators.postgres import MISSING, binaries, postgres_server


@pytest.fixture(scope="session")
def database():
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres_server() as server:
        yield server.make("stix")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def objects(request, tmp_path):
    url = None
    if request.param == "postgres":
        url = request.getfixturevalue("database")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    store = open_stix_objects(tmp_path, url)
    yield store
    store.close()
