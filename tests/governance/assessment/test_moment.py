"""Days are those of one zone, whatever offset the caller writes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import UsageError
from panshi.governance.assessment.moment import INSTITUTION_ZONE, Moment
from tests.governance.assessment.worlds import (
    River,
    assessor,
    attested,
    control,
    estate,
    framework,
)

instants = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def test_the_day_is_the_institutions():
    evening = datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert Moment(evening).day == date(2026, 11, 22)
    assert Moment(evening.astimezone(INSTITUTION_ZONE)).day == date(2026, 11, 22)
    assert Moment(datetime(2026, 11, 21, 15, 59, tzinfo=UTC)).day == date(2026, 11, 21)


@given(instants, instants, zones)
def test_ordinals_are_calendar_days_of_that_zone(as_of, seen, zone):
    moment = Moment(as_of.astimezone(zone))
    expected = seen.astimezone(INSTITUTION_ZONE).date().toordinal()
    assert moment.ordinal_of(seen.astimezone(zone)) == expected
    assert (moment.day, moment.ordinal) == (Moment(as_of).day, Moment(as_of).ordinal)


def test_the_zone_is_taipeis_all_year():
    taipei = ZoneInfo("Asia/Taipei")
    for month in range(1, 13):
        when = datetime(2026, month, 15, tzinfo=UTC)
        assert when.astimezone(taipei).utcoffset() == INSTITUTION_ZONE.utcoffset(None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # One minute before and at midnight in Taipei, each written in two ways.
        ("2026-11-30T15:59+00:00", "2026-11-30T16:00+00:00"),
        ("2026-11-30T23:59+08:00", "2026-12-01T00:00+08:00"),
        ("2026-11-30T10:59-05:00", "2026-12-01T05:00+13:00"),
    ],
)
def test_one_instant_has_one_grade(before, after):
    # Given an attestation and an exception that end on 1 December.
    river = River()
    river.looks(3, 1)
    river.exception(expires=date(2026, 12, 1))
    river.attestation(expires=date(2026, 12, 1))
    content = framework(control(), attested())
    # When the same two instants are written in any offset.
    answers = []
    for written in (before, after):
        machine = assessor(estate(4), river, content, as_of=datetime.fromisoformat(written))
        answers.append([machine.verdict(key).status.value for key in ("f/c", "f/a")])
    # Then both end at midnight in Taipei.
    assert answers == [["met", "attested"], ["not_met", "not_attested"]]


@pytest.mark.parametrize("written", ["9999-12-31T20:00+00:00", "0001-01-01T00:00+09:00"])
def test_a_day_beyond_the_calendar_is_refused(written):
    with pytest.raises(UsageError, match="no day of the calendar"):
        Moment(datetime.fromisoformat(written))


def test_a_time_without_zone_is_refused():
    with pytest.raises(UsageError, match="no time zone"):
        Moment(datetime(2026, 11, 21))  # noqa: DTZ001
