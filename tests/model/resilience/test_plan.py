"""Harm over time: read between the points, and when it is not tolerable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.errors import BadInputError
from panshi.model.resilience.plan import ImpactCurve, ImpactKind, ImpactPoint, Shock


def curve(*points, limit):
    return ImpactCurve(
        kind=ImpactKind.MONEY,
        points=tuple(ImpactPoint(minutes=minutes, value=value) for minutes, value in points),
        limit=limit,
    )


@pytest.mark.parametrize(
    ("minutes", "value"), [(0, 0), (30, 50), (60, 100), (180, 400), (360, 1_000 - 150), (999, 1000)]
)
def test_harm_grows_in_straight_lines(minutes, value):
    assert curve((60, 100), (420, 1_000), limit=1).at(minutes) == pytest.approx(value)


@pytest.mark.parametrize(
    ("limit", "minutes"), [(50, 30), (100, 60), (550, 240), (1_000, 420), (1_001, None)]
)
def test_the_limit_is_reached_between_the_points(limit, minutes):
    assert curve((60, 100), (420, 1_000), limit=limit).tolerable == (
        None if minutes is None else pytest.approx(minutes)
    )


def test_a_limit_of_harm_at_once_is_reached_at_once():
    assert curve((0, 5), (60, 10), limit=5).tolerable == 0


@given(
    st.lists(st.tuples(st.floats(0.1, 1_000), st.floats(0, 1_000)), min_size=1, max_size=8),
    st.floats(0.1, 2_000),
)
def test_before_the_limit_is_reached_harm_is_below_it(steps, limit):
    # Given a curve that grows
    minutes = value = 0.0
    points = []
    for wait, more in steps:
        minutes, value = minutes + wait, value + more
        points.append((minutes, value))
    grown = curve(*points, limit=limit)
    # When the limit is reached Then harm is there just that high, and lower before
    reached = grown.tolerable
    if reached is None:
        assert grown.at(minutes * 2) < limit
    else:
        assert grown.at(reached) == pytest.approx(limit, rel=1e-6)
        assert grown.at(reached * 0.5) <= limit * (1 + 1e-9)


def test_a_shock_strikes_something():
    with pytest.raises(BadInputError):
        Shock(at=0)
