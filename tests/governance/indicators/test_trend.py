"""Trends never mix definitions; forecasts are robust, bounded, and none below four quarters."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.indicators.definition import Direction, Unit, load_indicators
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.snapshots import frozen
from panshi.governance.indicators.trend import LEAST_POINTS, Standing, forecast, standing, trend
from panshi.store import library
from tests.governance.indicators.test_snapshots import snapshot

(INDICATOR,) = (
    each
    for each in load_indicators(library.indicators()[1], source="indicators.yaml")
    if each.id == "zt-evidenced"
)
FIRST = Quarter.read("2023Q1")


def quarters(values, measures=None):
    """Freeze values one quarter after another."""
    made = []
    for step, shown in enumerate(values):
        each = snapshot(step + 1, FIRST.after(step), shown=shown)
        body = each.observation.body
        measure = measures[step] if measures else INDICATOR.measure
        inside = replace(body.values[0], indicator=INDICATOR.id, measure=measure)
        made.append(
            replace(
                each, observation=replace(each.observation, body=replace(body, values=(inside,)))
            )
        )
    return frozen(made)


@pytest.mark.parametrize(
    ("value", "target", "direction", "expected"),
    [
        (0.80, 0.8, Direction.UP, Standing.ON_TARGET),
        (0.77, 0.8, Direction.UP, Standing.WITHIN),
        (0.749, 0.8, Direction.UP, Standing.OFF),
        (12.0, 10.0, Direction.DOWN, Standing.OFF),
        (9.0, 10.0, Direction.DOWN, Standing.ON_TARGET),
        (0.1 + 0.2, 0.3, Direction.DOWN, Standing.ON_TARGET),
        (None, 0.8, Direction.UP, Standing.UNKNOWN),
        (0.1, None, Direction.UP, Standing.NO_TARGET),
    ],
)
def test_a_value_stands_to_its_target_in_its_direction(value, target, direction, expected):
    assert standing(value, target, 0.05, direction) is expected


def test_a_straight_line_goes_on():
    found = trend(INDICATOR, quarters([0.1, 0.2, 0.3, 0.4])).forecast
    assert found.slope == pytest.approx(0.1)
    assert [each.value for each in found.ahead] == pytest.approx([0.5, 0.6, 0.7, 0.8])
    assert str(found.ahead[0].quarter) == "2024Q1"


def test_one_quarter_that_strays_does_not_turn_the_drift():
    steady = trend(INDICATOR, quarters([0.10, 0.12, 0.14, 0.16, 0.18, 0.20, 0.22])).forecast
    strayed = trend(INDICATOR, quarters([0.10, 0.12, 0.14, 0.95, 0.18, 0.20, 0.22])).forecast
    assert strayed.slope == pytest.approx(steady.slope, abs=0.005)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.floats(0, 1))),
        min_size=1,
        max_size=14,
    )
)
def test_segments_never_mix_definitions_and_hold_every_quarter_once(quarters_made):
    measures = [measure for measure, _ in quarters_made]
    found = trend(INDICATOR, quarters([shown for _, shown in quarters_made], measures))
    for segment in found.segments:
        assert {point.measure for point in segment.points} == {segment.measure}
    for before, after in zip(found.segments, found.segments[1:], strict=False):
        assert before.measure != after.measure
    points = found.points
    assert [point.quarter.index for point in points] == [
        FIRST.after(step).index for step in range(len(quarters_made))
    ]
    # None of these is the measure of now, so that nothing is forecast from another definition.
    assert found.forecast is None


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=14))
def test_a_forecast_needs_four_points_and_stays_a_share(values):
    found = trend(INDICATOR, quarters(values)).forecast
    known = [each for each in values if each is not None]
    assert (found is None) == (len(known) < LEAST_POINTS)
    for each in found.ahead if found else ():
        assert 0 <= each.low <= each.value + 1e-9
        assert each.value <= each.high + 1e-9
        assert each.high <= 1


def test_a_quarter_without_a_value_is_skipped_over_in_time():
    points = trend(INDICATOR, quarters([0.1, 0.2, None, 0.4, 0.5, None])).points
    found = forecast(points, Unit.SHARE)
    assert found.slope == pytest.approx(0.1)
    assert found.ahead[0].value == pytest.approx(0.7)
