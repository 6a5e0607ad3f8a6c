"""The moment at which trust crosses a level is solved for, not stumbled on."""

from bisect import bisect_right
from math import inf, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.trust.crossing import next_change
from panshi.protection.zero_trust.trust.level import bound, bounds_of
from tests.protection.zero_trust.trust.models import said
from tests.protection.zero_trust.trust.test_standing import some_signals, trust

BOUNDS = bounds_of(frozenset({20, 30, 50, 60, 70, 85}))


def test_one_fading_word_crosses_where_the_formula_says():
    # Given 2.0 log-odds halving in 4,000 s, watched at level 70
    standing = trust(said("authenticator", "phishing_resistant"))

    # Then it crosses when 2 · 2^(-t/4000) meets the bound of level 70
    exact = 4_000 * log2(2.0 / bound(70))
    assert next_change(standing, bounds_of(frozenset({70})), 0.0) == pytest.approx(exact, abs=0.002)


def test_what_never_reaches_a_bound_changes_when_it_goes_stale():
    standing = trust(said("authenticator", "phishing_resistant"))

    assert next_change(standing, bounds_of(frozenset({30})), 0.0) == 8_000.0


def test_what_only_holds_never_changes():
    assert next_change(trust(said("account", "bad")), BOUNDS, 0.0) == inf


def test_recovery_crosses_upwards():
    # Given an odd behaviour of -2.0 that fades in 300 s and nothing else
    standing = trust(said("behaviour", "odd"))

    exact = 300 * log2(2.0 / -bound(30))
    assert next_change(standing, bounds_of(frozenset({30})), 0.0) == pytest.approx(exact, abs=0.002)


@given(signals=some_signals, now=st.floats(0, 5_000))
def test_nothing_crosses_before_the_moment_told(signals, now):
    # Given any evidence
    standing = trust(*signals, now=now)
    moment = next_change(standing, BOUNDS, now)
    side = bisect_right(BOUNDS, standing.log_odds(now))

    # Then up to the moment told, less a millisecond, the same levels hold
    last = min(moment, now + 20_000) - 0.0011
    for step in range(200):
        time = now + (last - now) * step / 199
        if now < time < standing.until:
            assert bisect_right(BOUNDS, standing.log_odds(time)) == side

    # And the moment is never before now
    assert moment >= now
