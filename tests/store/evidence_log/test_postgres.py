"""A PostgreSQL database and what can be wrong with it."""

import psycopg
import pytest

from panshi.errors import StoreError, UsageError
from panshi.store.evidence_log import open_log
from tests.simulators.observations import RECEIVED, device

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(server):
    made = server.make("ours")
    yield made
    server.drop("ours")


def run(url, *statements):
    with psycopg.connect(url, autocommit=True) as connection:
        for each in statements:
            connection.execute(each)


def test_a_log_of_another_version_is_refused_and_left_as_it_is(url, tmp_path):
    open_log(tmp_path, url).close()
    run(url, "UPDATE panshi_evidence.version SET version = 7")

    with pytest.raises(StoreError, match=r"version 7.*nothing was changed"):
        open_log(tmp_path, url)


def test_a_schema_of_somebody_else_is_refused(url, tmp_path):
    run(url, "CREATE SCHEMA panshi_evidence", "CREATE TABLE panshi_evidence.theirs (x int)")

    with pytest.raises(StoreError, match="not an evidence log"):
        open_log(tmp_path, url)


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path):
    with pytest.raises(StoreError, match="cannot be reached") as told:
        open_log(tmp_path, "postgresql://panshi:hunter2@localhost:1/none")

    assert "hunter2" not in str(told.value)


def test_an_address_that_is_none_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="PostgreSQL"):
        open_log(tmp_path, "mysql://x")
    with pytest.raises(StoreError):
        open_log(tmp_path, "postgresql://a b?no=such")


def test_a_user_without_rights_is_told(url, tmp_path):
    run(url, "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN")
    try:
        with pytest.raises(StoreError, match=r"may not write.*grant"):
            open_log(tmp_path, url.replace("panshi@", "reader@"))
    finally:
        run(url, "DROP ROLE reader")


def test_a_writer_that_is_held_up_too_long_is_told_and_may_try_again(url, tmp_path):
    log = open_log(tmp_path, url, wait=0.2)
    with psycopg.connect(url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (0x50534C47,))
        with pytest.raises(StoreError, match=r"another writer.*try again"):
            log.append([device(1)], RECEIVED)
        assert log.size() == 0

    assert log.append([device(1)], RECEIVED).new == 1
    log.close()


def test_two_writers_both_get_on(url, tmp_path):
    one, two = open_log(tmp_path, url), open_log(tmp_path, url)
    for n in range(20):
        one.append([device(n)], RECEIVED)
        two.append([device(n), device(n, day=1)], RECEIVED)

    assert one.size() == two.size() == 40
    assert one.verify().intact
    one.close()
    two.close()


def test_a_connection_the_server_dropped_is_replaced(url, server, tmp_path):
    # Given an open log whose server restarts
    log = open_log(tmp_path, url)
    log.append([device(1)], RECEIVED)
    server.kill_a_backend("ours")

    # When it is used again, an error is told in words
    with pytest.raises(StoreError, match="cannot be reached"):
        log.size()

    # Then it works
    assert log.append([device(2)], RECEIVED).new == 1
    assert log.verify().intact
    log.close()


def test_a_closed_log_says_so(url, tmp_path):
    log = open_log(tmp_path, url)
    log.close()

    with pytest.raises(StoreError, match="closed"):
        log.size()


def test_an_index_that_is_missing_is_found(url, tmp_path):
    log = open_log(tmp_path, url)
    log.append([device(1)], RECEIVED)
    run(url, "DROP INDEX panshi_evidence.observation_kind")

    assert [(each.place, each.problem) for each in log.verify().damage] == [
        ("database", "the index observation_kind is missing")
    ]
    log.close()


def test_an_index_that_is_not_valid_is_found(url, tmp_path):
    log = open_log(tmp_path, url)
    run(
        url,
        "UPDATE pg_index SET indisvalid = false"
        " WHERE indexrelid = 'panshi_evidence.leaf_id'::regclass",
    )

    assert [each.problem for each in log.verify().damage] == ["the index leaf_id is not valid"]
    log.close()


def test_with_amcheck_an_index_is_compared_with_its_table(url, tmp_path):
    """An entry taken out of a table's sight: what the table holds, the index does not."""
    run(url, "CREATE EXTENSION amcheck")
    log = open_log(tmp_path, url)
    log.append([device(n) for n in range(50)], RECEIVED)
    assert log.verify().intact
    # Given an index that was told to leave out rows it should hold
    run(
        url,
        "SET search_path = panshi_evidence",
        "DROP INDEX leaf_id",
        "CREATE UNIQUE INDEX leaf_id ON leaf (id) WHERE position < 40",
        "UPDATE pg_index SET indpred = NULL WHERE indexrelid = 'leaf_id'::regclass",
    )

    damage = log.verify().damage

    assert [each.place for each in damage] == ["database"]
    assert "the index leaf_id is damaged" in damage[0].problem
    log.close()
