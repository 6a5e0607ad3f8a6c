"""A feed lives while it proves itself (SSF 1.0 section 8.1.4)."""

import pytest

from panshi.protection.zero_trust.signals import health
from panshi.protection.zero_trust.signals.health import Feed, Health

BEATS = 3


@pytest.mark.parametrize(
    ("heard_at", "now", "expected"),
    [
        (None, 50.0, Health.NEW),
        (None, 301.0, Health.BLIND),
        (100.0, 150.0, Health.ALIVE),
        (100.0, 201.0, Health.LATE),
        (100.0, 400.0, Health.LATE),
        (100.0, 401.0, Health.BLIND),
    ],
)
def test_silence_is_late_and_then_blind(heard_at, now, expected):
    feed = Feed(set_up_at=0.0, heard_at=heard_at, interval_s=100.0)
    assert health.judged(feed, now, BEATS) is expected


def test_a_paused_feed_is_not_usable():
    feed = Feed(set_up_at=0.0, heard_at=1.0, interval_s=100.0, status="paused")
    assert not health.usable(health.judged(feed, 2.0, BEATS))
    assert not health.verification_due(feed, None, 1_000.0)


def test_a_sign_of_life_is_asked_for_at_half_the_interval_and_not_again_at_once():
    feed = Feed(set_up_at=0.0, heard_at=100.0, interval_s=100.0)
    assert not health.verification_due(feed, None, 149.0)
    assert health.verification_due(feed, None, 150.0)
    assert not health.verification_due(feed, 150.0, 190.0)
    assert health.verification_due(feed, 150.0, 200.0)
