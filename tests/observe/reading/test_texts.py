"""What ends up in a body is short, printable and dated in the past."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.observe.port import Look
from panshi.observe.reading.texts import clean, instant, observed, zone_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@given(text=st.text(), limit=st.integers(1, 40))
def test_a_clean_text_is_short_and_can_be_written(text, limit):
    cleaned = clean(text, limit)

    assert len(cleaned) <= limit
    assert cleaned == cleaned.strip()
    assert not any(ord(each) < 32 for each in cleaned)
    cleaned.encode()
    assert clean(cleaned, limit) == cleaned


def test_no_text_is_empty():
    assert [clean(each) for each in (None, 1, ["a"], {})] == [""] * 4


@given(text=st.text(max_size=40))
def test_any_text_is_an_instant_or_none(text):
    moment = instant(text, UTC)

    assert moment is None or moment.tzinfo is UTC


def test_an_instant_without_zone_is_taken_in_the_given_one():
    taipei = timezone(timedelta(hours=8))

    assert instant("2026-06-01 20:00:00", taipei) == NOW
    assert instant("2026-06-01T12:00:00Z", taipei) == NOW
    assert instant("2026-06-01T12:00:00.1234567Z", UTC) == NOW + timedelta(microseconds=123456)
    assert instant("0001-01-01T00:00:00", taipei) is None
    assert instant("  ", UTC) is None


def test_the_future_is_not_believed():
    told = []
    look = Look(path=None, now=NOW, warn=told.append)

    assert observed("2026-06-01T12:04:00Z", look, "a:1") == NOW  # a clock slightly ahead
    assert told == []
    assert observed("2027-06-01T12:00:00Z", look, "a:2") == NOW
    assert observed("soon", look, "a:3") == NOW
    assert observed("", look, "a:4") == NOW
    assert [each.partition(": ")[0] for each in told] == ["a:2", "a:3"]


def test_a_look_without_a_zone_is_refused():
    with pytest.raises(BadInputError):
        zone_of(Look(path=None, now=NOW.replace(tzinfo=None)))
