"""A review is opened once, decides while it is open, and does not change after its minutes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.reviews.meeting import REVIEW_KIND, ReviewState, reviews
from panshi.model.bodies.reviews import AgendaLine, ReviewStep
from panshi.model.observation import Observation, ObservationId, Sealed

THEN = datetime(2026, 10, 20, 4, tzinfo=UTC)
LINE = AgendaLine(topic="indicator", about="indicator/x", zh="一", en="one")
OPEN = ReviewStep(review="2026Q3", step="open", by="he", held_on=date(2026, 10, 20), agenda=(LINE,))
DECIDE = ReviewStep(review="2026Q3", step="decide", by="he", decision="go on", about="indicator/x")
CLOSE = ReviewStep(
    review="2026Q3",
    step="close",
    by="he",
    chair="chen",
    attendance=("general_manager:chen", "ciso:lin"),
    minutes="the quarter was reviewed",
)


def folded(*bodies):
    return reviews(
        Sealed(
            id=ObservationId(f"{number:032x}"),
            position=number,
            received_at=THEN + timedelta(minutes=number),
            observation=Observation(
                kind=REVIEW_KIND,
                subject="institution:x",
                observed_at=THEN + timedelta(minutes=number),
                collector="t",
                body=body,
            ),
        )
        for number, body in enumerate(bodies)
    )


def test_a_review_goes_from_its_agenda_to_its_minutes():
    (found,) = folded(OPEN, DECIDE, DECIDE, CLOSE)
    assert found.state is ReviewState.CLOSED
    assert [each.number for each in found.decisions] == [1, 2]
    assert found.agenda == (LINE,)
    assert [each.person for each in found.attendance] == ["chen", "lin"]
    assert found.chair == "chen"


@pytest.mark.parametrize(
    "change",
    [
        {"minutes": " "},
        {"chair": "wu"},
        {"attendance": ("general_manager:chen",)},
        {"attendance": ("general_manager:chen", "board_member:Chen")},
        {"attendance": ("general_manager:chen", "ciso")},
        {"attendance": ("general_manager:chen", ":lin")},
    ],
)
def test_minutes_that_are_not_whole_do_not_close_it(change):
    (found,) = folded(OPEN, replace(CLOSE, **change))
    assert found.state is ReviewState.OPEN
    assert found.minutes == ""


def test_nothing_is_decided_outside_of_it():
    assert folded(DECIDE, CLOSE) == ()
    (found,) = folded(OPEN, CLOSE, DECIDE, replace(CLOSE, minutes="otherwise"))
    assert found.decisions == ()
    assert found.minutes == CLOSE.minutes
    (again,) = folded(OPEN, replace(OPEN, by="mallory"))
    assert again.opened_by == "he"


STEPS = st.sampled_from([OPEN, DECIDE, CLOSE, replace(CLOSE, minutes="x"), replace(DECIDE, by="")])


@given(st.lists(STEPS, max_size=8), st.lists(STEPS, max_size=5))
def test_what_was_closed_never_changes(before, after):
    for review in folded(*before):
        if review.state is ReviewState.CLOSED:
            assert folded(*before, *after) == folded(*before)
