"""Overdue is a function of the day; whoever answers for an action gets no time from themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.governance.reviews.actions import ACTION_KIND, ActionState, actions
from panshi.model.bodies.reviews import ActionStep
from panshi.model.observation import Observation, ObservationId, Sealed

THEN = datetime(2026, 10, 20, 4, tzinfo=UTC)
DUE = date(2026, 11, 20)
SET = ActionStep(
    number="2026Q3-1",
    review="2026Q3",
    step="set",
    by="he",
    text="re-test the backups",
    owner="continuity_head",
    due=DUE,
)
DONE = ActionStep(number="2026Q3-1", review="2026Q3", step="done", by="deng", why="re-tested")
EXTEND = ActionStep(
    number="2026Q3-1", review="2026Q3", step="extend", by="xu", due=date(2026, 12, 20), why="parts"
)
DROP = ActionStep(number="2026Q3-1", review="2026Q3", step="drop", by="xu", why="no such system")


def holds(person, office, _moment):
    return (person, office) == ("deng", "continuity_head")


def on(day, *bodies, at=THEN):
    return actions(
        [
            Sealed(
                id=ObservationId(f"{number:032x}"),
                position=number,
                received_at=at,
                observation=Observation(
                    kind=ACTION_KIND,
                    subject="institution:x",
                    observed_at=at,
                    collector="t",
                    body=body,
                ),
            )
            for number, body in enumerate(bodies)
        ],
        day,
        holds,
    )


def test_an_action_is_overdue_from_the_day_after_it_was_due():
    assert on(DUE, SET)[0].state is ActionState.OPEN
    late = on(DUE + timedelta(days=3), SET)[0]
    assert (late.state, late.late_days) == (ActionState.OVERDUE, 3)
    assert on(DUE + timedelta(days=3), SET, DONE)[0].state is ActionState.DONE


def test_more_time_is_granted_by_somebody_else_and_stays_visible():
    (found,) = on(DUE + timedelta(days=3), SET, EXTEND)
    assert (found.state, found.due, found.first_due, found.extensions) == (
        ActionState.OPEN,
        date(2026, 12, 20),
        DUE,
        1,
    )


@pytest.mark.parametrize(
    "forged",
    [
        replace(EXTEND, by="deng"),
        replace(EXTEND, due=DUE),
        replace(EXTEND, due=None),
        replace(EXTEND, why=""),
        replace(DROP, by="deng"),
        replace(DROP, why=" "),
        replace(DONE, why=""),
        replace(DONE, by=""),
        replace(SET, by="deng", due=date(2030, 1, 1)),
        replace(EXTEND, step="forget"),
    ],
)
def test_a_step_that_breaks_a_rule_changes_nothing(forged):
    assert on(DUE + timedelta(days=1), SET, forged) == on(DUE + timedelta(days=1), SET)


STEPS = st.sampled_from([SET, DONE, EXTEND, DROP, replace(EXTEND, by="deng")])


@given(st.lists(STEPS, max_size=6), st.lists(STEPS, max_size=4), st.integers(-40, 80))
def test_what_is_finished_stays_so_whatever_follows(before, after, days):
    day = DUE + timedelta(days=days)
    for action in on(day, *before):
        if action.finished:
            assert on(day, *before, *after) == on(day, *before)
        else:
            assert action.state is (ActionState.OVERDUE if day > action.due else ActionState.OPEN)
