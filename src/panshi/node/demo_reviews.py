"""Quarters, reviews, the yearly report and statement of the demo bank, through everybody's rules.

What is said to have happened earlier is recorded as received then, which only the demo bank, whose
history is made up, may do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import cycle
from typing import Any

import yaml

from panshi.governance.accountability.statement import Form, Remedy
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.trend import trend
from panshi.governance.reviews.actions import ActionStepName
from panshi.governance.reviews.agenda import IndicatorPoint, agenda
from panshi.model.bodies.reviews import AgendaLine
from panshi.model.observation import ObservationId
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node import board_reports, statements
from panshi.node.accountability import register
from panshi.node.demo_accountability import at_the_time
from panshi.node.indicators import body_of, define, definitions, freeze, snapshots
from panshi.node.node import Node
from panshi.node.reviews import (
    close_review,
    decide,
    every_action,
    open_review,
    set_action,
    step_action,
)
from panshi.store import library

QUARTERS = 12
FROZEN_AFTER = timedelta(days=9)
type Plan = dict[str, Any]


def seed_reviews(node: Node, estate_id: str, now: datetime) -> None:
    """Freeze three years of quarters, hold two reviews, report on and state the last year."""
    _name, raw = library.demo("reviews.yaml")
    plan: Plan = yaml.load(raw, Loader=yaml.CSafeLoader)
    last = Quarter.of(now).after(-1)
    for line in plan["definitions"]:
        _define(_then(node, _after(last, line, now)), line, estate_id)
    for back in range(QUARTERS - 1, -1, -1):
        quarter = last.after(-back)
        then = _then(node, min(quarter.ends + FROZEN_AFTER, now))
        freeze(then, quarter, actor="he.peishan", estate_id=estate_id)
    for line in plan["reviews"]:
        _review(node, line, estate_id, last, now)
    _report(node, plan["report"], estate_id, now)
    _statement(node, plan["statement"], estate_id, now)


def _then(node: Node, moment: datetime) -> Node:
    return at_the_time(node, moment)


def _after(last: Quarter, line: Plan, now: datetime) -> datetime:
    """Give the moment so many days after the end of a quarter, never ahead of now."""
    ends = last.after(-line["quarters_back"]).ends
    return min(ends + timedelta(days=line["days"]), now).astimezone(UTC)


def _define(node: Node, line: Plan, estate_id: str) -> None:
    shipped = {each.id: each for each in node.library.indicators}[line["indicator"]]
    body = replace(body_of(shipped), why=line["why"], targets=tuple(line["targets"]))
    if "formula" in line:
        body = replace(body, formula=line["formula"])
    define(node, body, actor=line["by"], estate_id=estate_id)


def _review(node: Node, line: Plan, estate_id: str, last: Quarter, now: datetime) -> None:
    quarter = last.after(-line["quarters_back"])
    held = _after(last, line, now)
    then = _then(node, held)
    number = str(quarter)
    points = _agenda(then, estate_id, quarter)
    open_review(
        then,
        quarter,
        day_of(held),
        actor=line["opened_by"],
        estate_id=estate_id,
        points=points,
    )
    for each in line["decisions"]:
        decide(
            then, number, each["text"], actor=each["by"], about=each["about"], estate_id=estate_id
        )
    for each in line["actions"]:
        set_action(
            then,
            number,
            each["text"],
            owner=each["owner"],
            due=day_of(quarter.ends + timedelta(days=each["due_days"])),
            actor=each["by"],
            about=each["about"],
            estate_id=estate_id,
        )
    closing = line["close"]
    close_review(
        then,
        number,
        chair=closing["chair"],
        attendance=closing["attendance"],
        minutes=closing["minutes"],
        actor=closing["by"],
        estate_id=estate_id,
        points=points,
    )
    for each in line["steps"]:
        later = _then(node, min(quarter.ends + timedelta(days=each["days"]), now))
        days = each.get("due_days")
        step_action(
            later,
            f"{number}-{each['action']}",
            ActionStepName(each["step"]),
            actor=each["by"],
            why=each["why"],
            due=day_of(quarter.ends + timedelta(days=days)) if days else None,
            estate_id=estate_id,
        )


def _agenda(node: Node, estate_id: str, quarter: Quarter) -> tuple[AgendaLine, ...]:
    """Make the agenda of a past review from what was frozen and recorded by then."""
    moment = node.clock()
    known = definitions(node, estate_id, moment)
    frozen = [each for each in snapshots(node, estate_id) if each.quarter <= quarter]
    points = []
    for each in known.values():
        last = trend(each.now, frozen).points[-1]
        points.append(
            IndicatorPoint(
                indicator=each.now, value=last.value, target=last.target, standing=last.standing
            )
        )
    return agenda(
        actions=every_action(node, estate_id, moment),
        indicators=points,
        offices=register(node, estate_id, moment),
        others=(),
        day=day_of(moment),
    )


def _on(line: Plan, now: datetime, year: int) -> datetime:
    """Give noon of a day this year, never ahead of now."""
    day = datetime(year, line["month"], line["day"], tzinfo=INSTITUTION_ZONE).date()
    return min(datetime.combine(day, time(12), tzinfo=INSTITUTION_ZONE), now).astimezone(UTC)


def _report(node: Node, plan: Plan, estate_id: str, now: datetime) -> None:
    year = day_of(now).year
    ends = statements.year_end(year - 1).date()
    begins = ends.replace(month=1, day=1)
    drafted = _then(node, _on(plan["drafted"], now, year))
    number = board_reports.draft(
        drafted, begins, ends, actor=plan["drafted"]["by"], estate_id=estate_id
    )
    for each in plan["comments"]:
        board_reports.comment(
            drafted, number, each["section"], each["text"], actor=each["by"], estate_id=estate_id
        )
    _to_board(node, board_reports.take_step, number, plan, estate_id, now)


def _statement(node: Node, plan: Plan, estate_id: str, now: datetime) -> None:
    year = day_of(now).year
    drafted = _then(node, _on(plan["drafted"], now, year))
    found = statements.outlook(drafted, year - 1, estate_id)
    turns = cycle(plan["remedies"])
    remedies = [
        Remedy(
            control=verdict.control,
            text=line["text"],
            owner=line["owner"],
            due=datetime(year, line["month"], line["day"], tzinfo=INSTITUTION_ZONE).date(),
        )
        for verdict, line in zip(found.binding.unmet, turns, strict=False)
    ]
    number = statements.draft(
        drafted,
        year - 1,
        Form.ACKNOWLEDGEMENT,
        remedies,
        actor=plan["drafted"]["by"],
        estate_id=estate_id,
    )
    for line in plan["signatures"]:
        then = _then(node, _on(line, now, year))
        statements.sign(then, number, line["office"], actor=line["by"], estate_id=estate_id)
    _to_board(node, statements.take_step, number, plan, estate_id, now)


def _to_board(
    node: Node,
    take_step: Callable[..., ObservationId],
    number: str,
    plan: Plan,
    estate_id: str,
    now: datetime,
) -> None:
    """Submit a paper and record that the board received it."""
    for step, name in (("submit", "submitted"), ("receive", "received")):
        line = plan[name]
        take_step(
            _then(node, _on(line, now, day_of(now).year)),
            number,
            step,
            actor=line["by"],
            minute=line.get("minute", ""),
            estate_id=estate_id,
        )
