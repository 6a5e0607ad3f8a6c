"""Log-odds become levels and back by one table."""

from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.trust.level import bound, bounds_of, level_at, probability


def test_the_middle_is_fifty():
    assert level_at(0.0) == 50
    assert bound(50) == 0.0


@given(level=st.integers(1, 100))
def test_a_level_is_reached_exactly_at_its_bound(level):
    assert level_at(bound(level)) == level
    assert level_at(bound(level) - 1e-9) == level - 1


@given(log_odds=st.floats(-1e6, 1e6))
def test_a_level_is_hundredths_of_the_probability_rounded_down(log_odds):
    shown = 100 * probability(log_odds)

    assert 0.0 <= probability(log_odds) <= 1.0
    if shown < 99:
        assert abs(level_at(log_odds) - shown) <= 1.0


def test_levels_outside_the_scale_bound_nothing():
    assert bounds_of(frozenset({0, 50, 101, -3})) == (0.0,)
