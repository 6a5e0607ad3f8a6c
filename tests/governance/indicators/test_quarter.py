"""Quarters are counted in Taipei: read, written, walked through, never overlapping."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.governance.indicators.quarter import Quarter

SECONDS = 5_600_000_000
MOMENTS = st.integers(631_152_000, SECONDS).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(MOMENTS, st.integers(-40, 40))
def test_every_moment_lies_in_its_quarter_and_quarters_join(moment, count):
    quarter = Quarter.of(moment)
    assert quarter.begins <= moment <= quarter.ends
    assert Quarter.read(str(quarter)) == quarter
    assert quarter.after(1).begins - quarter.ends == timedelta(microseconds=1)
    assert quarter.after(count).index - quarter.index == count
    assert quarter.after(count).after(-count) == quarter


def test_a_quarter_is_written_as_forms_in_taiwan_do():
    assert Quarter.read("2026Q3").words_zh == "115 年第 3 季"
    assert str(Quarter.read("2026Q3").last_day) == "2026-09-30"
    # The last hours of a Taipei quarter are still the quarter, though UTC's day is another.
    assert str(Quarter.of(datetime(2026, 9, 30, 16, tzinfo=UTC))) == "2026Q4"


@pytest.mark.parametrize("text", ["2026Q5", "2026-Q1", "26Q1", "", "2026Q1 ", "９９Q1"])
def test_anything_else_is_no_quarter(text):
    with pytest.raises(BadInputError):
        Quarter.read(text)
