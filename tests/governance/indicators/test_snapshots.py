"""What was frozen first stands; whatever comes later stands beside it or counts for nothing."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.snapshots import SNAPSHOT_KIND, frozen
from panshi.model.bodies.indicators import IndicatorSnapshot, SnapshotValue
from panshi.model.observation import Observation, ObservationId, Sealed

QUARTER = Quarter.read("2026Q2")


def value(number, measure="m1", indicator="i"):
    return SnapshotValue(
        indicator=indicator,
        revision=1,
        measure=measure,
        formula="{}",
        unit="share",
        direction="up",
        value=number,
        numerator=None,
        denominator=None,
        coverage=1.0,
        grade="A",
        target=0.8,
        tolerance=0.05,
    )


def snapshot(number, quarter=QUARTER, *, shown=0.5, days=5, corrects=0, measure="m1", **more):
    at = quarter.ends + timedelta(days=days)
    body = IndicatorSnapshot(
        **{
            "quarter": str(quarter),
            "as_of": quarter.ends,
            "values": (value(shown, measure),),
            "estate": "x",
            "estate_version": 1,
            "log_size": 1,
            "log_root": "00",
            "frozen_by": "he",
            "corrects": f"{corrects:032x}" if corrects else "",
            "why": "late evidence" if corrects else "",
        }
        | more
    )
    return Sealed(
        id=ObservationId(f"{number:032x}"),
        position=number,
        received_at=at,
        observation=Observation(
            kind=SNAPSHOT_KIND, subject="institution:x", observed_at=at, collector="t", body=body
        ),
    )


def test_a_second_snapshot_without_a_reason_counts_for_nothing():
    (found,) = frozen([snapshot(1), snapshot(2, shown=0.9)])
    assert found.newest.value("i").value == 0.5


def test_a_correction_stands_beside_what_was_frozen_first():
    (found,) = frozen([snapshot(1), snapshot(2, shown=0.9, corrects=1)])
    assert found.first.value("i").value == 0.5
    assert found.newest.value("i").value == 0.9
    # One that corrects what does not stand, or says no reason, is none.
    for forged in (
        snapshot(3, shown=1.0, corrects=1),
        snapshot(3, shown=1.0, corrects=2, why=" "),
        snapshot(3, shown=1.0, corrects=99),
    ):
        (after,) = frozen([snapshot(1), snapshot(2, shown=0.9, corrects=1), forged])
        assert after.newest.value("i").value == 0.9


def test_a_quarter_that_had_not_ended_or_was_judged_otherwise_is_not_frozen():
    assert frozen([snapshot(1, days=-1)]) == ()
    assert frozen([snapshot(1, as_of=QUARTER.ends - timedelta(days=1))]) == ()
    assert frozen([snapshot(1, corrects=5)]) == ()


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6)), max_size=10))
def test_what_was_frozen_first_never_changes(later):
    first = snapshot(1, shown=0.5)
    more = [
        snapshot(number, shown=shown, corrects=corrects)
        for number, (shown, corrects) in enumerate(later, start=2)
    ]
    (found,) = frozen([first, *more])
    assert found.first.id == first.id
    assert found.first.value("i").value == 0.5
    # Each correction corrects the one before it, none twice.
    before = found.first
    for each in found.corrections:
        assert each.body.corrects == before.id
        before = each
