"""The age of a bill: fresh up to the day the policy names, never judged from a future date."""

from datetime import date

import pytest

from panshi.protection.supply_chain.bom.freshness import Age, freshness

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("created", "age", "days"),
    [
        ("2026-11-21T00:00:00Z", Age.FRESH, 0),
        ("2026-08-23T00:00:00Z", Age.FRESH, 90),
        ("2026-08-22T23:59:59Z", Age.STALE, 91),
        ("2026-11-22T06:00:00+08:00", Age.FRESH, 0),
        ("2027-01-01", Age.FUTURE, -41),
        ("", Age.UNDATED, None),
        ("yesterday", Age.UNDATED, None),
        ("0001-01-01T00:00:00+14:00", Age.UNDATED, None),
    ],
)
def test_the_date_decides(created, age, days):
    found = freshness(created, DAY)

    assert (found.age, found.days) == (age, days)
    assert found.zh
    assert found.en


def test_the_policy_sets_the_limit():
    assert freshness("2026-11-01", DAY, oldest=7).age is Age.STALE
