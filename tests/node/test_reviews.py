"""A review is held through the service: people hold their offices, numbers count, nothing slips."""

from datetime import UTC, date, datetime, timedelta

import pytest

from panshi.errors import ForbiddenError, MissingError, UsageError
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.reviews.actions import ActionState, ActionStepName
from panshi.node.reviews import (
    agenda_now,
    close_review,
    decide,
    every_action,
    open_review,
    review_page,
    set_action,
    step_action,
)
from tests.simulators.institution import Clock, appoint, open_institution
from tests.web.small_bank import BANK

QUARTER = Quarter.read("2025Q4")
HELD = datetime(2026, 1, 20, 4, tzinfo=UTC)
DUE = date(2026, 3, 1)


@pytest.fixture
def clock():
    return Clock(HELD)


@pytest.fixture
def node(tmp_path, clock):
    with open_institution(tmp_path, clock) as opened:
        appoint(opened, "general_manager", "chen")
        appoint(opened, "ciso", "lin")
        appoint(opened, "continuity_head", "deng")
        yield opened


def opened(node):
    open_review(node, QUARTER, HELD.date(), actor="he", estate_id=BANK)


def close(node, **change):
    given = {
        "chair": "chen",
        "attendance": ("general_manager:chen", "ciso:lin"),
        "minutes": "reviewed",
    }
    close_review(node, "2025Q4", actor="he", estate_id=BANK, **given | change)


def test_a_whole_review(node, clock):
    opened(node)
    decide(node, "2025Q4", "go on", actor="lin", about="indicator/zt-evidenced", estate_id=BANK)
    number = set_action(
        node, "2025Q4", "re-test", owner="continuity_head", due=DUE, actor="he", estate_id=BANK
    )
    assert number == "2025Q4-1"
    close(node)
    page = review_page(node, "2025Q4", BANK)
    assert page.review.closed_at == HELD
    assert page.agenda_now == ()
    assert page.review.agenda
    # The action is overdue once its day has passed, though nothing ran.
    clock.to(HELD + timedelta(days=90))
    (action,) = every_action(node, BANK)
    assert action.state is ActionState.OVERDUE
    assert any(each.about == "action/2025Q4-1" for each in agenda_now(node, BANK))


def test_minutes_name_people_under_the_offices_they_hold(node):
    opened(node)
    with pytest.raises(UsageError, match="does not hold"):
        close(node, attendance=("general_manager:chen", "board_chair:lin"))
    with pytest.raises(UsageError, match="chair is not among"):
        close(node, chair="he")
    close(node)
    with pytest.raises(UsageError, match="closed"):
        decide(node, "2025Q4", "late", actor="he", estate_id=BANK)
    with pytest.raises(UsageError, match="closed"):
        set_action(node, "2025Q4", "late", owner="ciso", due=DUE, actor="he", estate_id=BANK)


def test_whoever_answers_for_an_action_gets_no_time_from_themselves(node):
    opened(node)
    set_action(
        node, "2025Q4", "re-test", owner="continuity_head", due=DUE, actor="he", estate_id=BANK
    )
    later = date(2026, 6, 1)
    with pytest.raises(UsageError, match="neither extends nor drops"):
        step_action(
            node,
            "2025Q4-1",
            ActionStepName.EXTEND,
            actor="deng",
            why="x",
            due=later,
            estate_id=BANK,
        )
    step_action(
        node, "2025Q4-1", ActionStepName.EXTEND, actor="xu", why="parts", due=later, estate_id=BANK
    )
    step_action(node, "2025Q4-1", ActionStepName.DONE, actor="deng", why="done", estate_id=BANK)
    assert every_action(node, BANK)[0].state is ActionState.DONE


def test_what_does_not_exist_or_has_not_ended_is_refused(node):
    with pytest.raises(UsageError, match="ends on"):
        open_review(node, Quarter.read("2026Q1"), HELD.date(), actor="he", estate_id=BANK)
    with pytest.raises(ForbiddenError):
        open_review(node, QUARTER, HELD.date(), actor="token:ci", estate_id=BANK)
    opened(node)
    with pytest.raises(UsageError, match="opened already"):
        opened(node)
    with pytest.raises(MissingError):
        review_page(node, "2020Q1", BANK)
    with pytest.raises(MissingError):
        step_action(node, "2025Q4-9", ActionStepName.DONE, actor="he", why="x", estate_id=BANK)
    with pytest.raises(UsageError, match="has passed"):
        set_action(
            node, "2025Q4", "x", owner="ciso", due=date(2020, 1, 1), actor="he", estate_id=BANK
        )
    set_action(node, "2025Q4", "x", owner="ciso", due=DUE, actor="he", estate_id=BANK)
    with pytest.raises(MissingError, match="not in the log"):
        step_action(
            node,
            "2025Q4-1",
            ActionStepName.DONE,
            actor="he",
            why="x",
            evidence=("0" * 32,),
            estate_id=BANK,
        )
