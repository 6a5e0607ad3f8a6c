"""Days are those of the zone in which the judgement is asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import UsageError
from panshi.governance.assessment.moment import Moment

TAIPEI = timezone(timedelta(hours=8))


def test_the_day_is_the_institutions():
    evening = datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert Moment(evening).day == date(2026, 11, 21)
    assert Moment(evening.astimezone(TAIPEI)).day == date(2026, 11, 22)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001
def test_ordinals_are_calendar_days(naive, hours):
    zone = timezone(timedelta(hours=hours))
    moment = Moment(datetime(2026, 11, 21, tzinfo=zone))
    seen = naive.replace(tzinfo=UTC)
    assert moment.ordinal_of(seen) == seen.astimezone(zone).date().toordinal()


def test_a_time_without_zone_is_refused():
    with pytest.raises(UsageError, match="no time zone"):
        Moment(datetime(2026, 11, 21))  # noqa: DTZ001
