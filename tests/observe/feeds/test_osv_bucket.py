"""The bucket's list of changes, newest first, read down to where we stood."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.feeds.osv_bucket import changed_since, record_url

LIST = b"""2026-07-03T00:00:00Z,DEMO-3
2026-07-02T00:00:00Z,PyPI/DEMO-2
2026-07-02T00:00:00Z,DEMO-2b
2026-07-01T00:00:00Z,DEMO-1
"""


def test_what_changed_since_oldest_first():
    found = changed_since(LIST, "2026-07-02T00:00:00Z", most=10, place="list")
    assert found.ids == ("DEMO-2b", "DEMO-2", "DEMO-3")
    assert (found.newest, found.more) == ("2026-07-03T00:00:00Z", False)


def test_more_than_is_worth_asking_for():
    found = changed_since(LIST, "", most=2, place="list")
    assert found.more
    assert found.newest == "2026-07-03T00:00:00Z"


def test_nothing_new_keeps_the_place():
    assert changed_since(b"", "2026-07-02T00:00:00Z", most=2, place="l").newest[:10] == "2026-07-02"


@pytest.mark.parametrize(
    "line", [b"2026-07-04T00:00:00Z,LATER", b"yesterday,A", b"2026-07-01T00:00:00Z,../../x y"]
)
def test_a_list_out_of_order_or_of_something_else_is_refused(line):
    with pytest.raises(BadInputError):
        changed_since(LIST + line + b"\n", "", most=100, place="list")


def test_addresses_of_records_cannot_leave_the_folder():
    base = "https://bucket.example/PyPI/"
    assert record_url(base, "GHSA-1") == "https://bucket.example/PyPI/GHSA-1.json"
    assert record_url(base, "../x").startswith(base)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    with suppress(BadInputError):
        found = changed_since(raw, "", most=5, place="list")
        assert not found.more or found.newest
