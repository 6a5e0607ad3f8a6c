"""Figures that indicators take from registers of people's records, as known at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median

from panshi.governance.exceptions.views import ExceptionView
from panshi.governance.indicators.formula import Register
from panshi.governance.reviews.actions import ACTION_KIND, ActionState, actions
from panshi.model.zone import day_of
from panshi.node.accountability import appointments, register
from panshi.node.node import Node
from panshi.node.own_records import own_records

QUARTER = timedelta(days=92)


def figures(
    node: Node, estate_id: str, exceptions: tuple[ExceptionView, ...], as_of: datetime | None = None
) -> Mapping[Register, float | None]:
    """Give the figure of every register."""
    offices = register(node, estate_id, as_of)
    live = [each for each in exceptions if each.state.live]
    ages = [float(each.age_days) for each in live]
    last = day_of(as_of or node.clock()) + QUARTER
    ending = [each for each in live if each.expires <= last]
    return {
        Register.EXCEPTIONS_LIVE: float(len(ages)),
        Register.EXCEPTIONS_ENDING: float(len(ending)),
        Register.EXCEPTION_AGE: median(ages) if ages else None,
        Register.OFFICE_FINDINGS: float(len(offices.findings)),
        **_of_actions(node, estate_id, as_of),
    }


def _of_actions(
    node: Node, estate_id: str, as_of: datetime | None
) -> Mapping[Register, float | None]:
    found = actions(
        own_records(node, ACTION_KIND, estate_id, as_of),
        day_of(as_of or node.clock()),
        appointments(node, estate_id, as_of).holds,
    )
    overdue = sum(each.state is ActionState.OVERDUE for each in found)
    done = sum(each.state is ActionState.DONE for each in found)
    return {
        Register.ACTIONS_OVERDUE: float(overdue),
        Register.ACTIONS_DONE_SHARE: done / (done + overdue) if done + overdue else None,
    }
