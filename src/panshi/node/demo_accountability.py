"""Offices of the demo bank, appointed through the same rules as everybody's.

What is said to have happened earlier is recorded as received then, which only the demo bank, whose
history is made up, may do.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import yaml

from panshi.model.bodies.offices import Appointment
from panshi.node.accountability import confirm, propose, propose_end
from panshi.node.node import Node
from panshi.store import library

MONTH = timedelta(days=30)


def at_the_time(node: Node, moment: datetime) -> Node:
    """Give the node as if it were an earlier moment: same log, same keys, another clock."""
    return Node(
        home=node.home,
        log=node.log,
        estates=node.estates,
        signer=node.signer,
        clock=lambda: moment,
    )


def seed_offices(node: Node, estate_id: str, now: datetime) -> None:
    """Appoint the demo bank's people, oldest first, and leave one proposal waiting."""
    _name, raw = library.demo("offices.yaml")
    plan = yaml.load(raw, Loader=yaml.CSafeLoader)
    for line in sorted(plan["appointments"], key=lambda each: -each["months_ago"]):
        made = now - MONTH * line.pop("months_ago")
        ended, second = line.pop("until_months_ago", None), line.pop("second")
        then = at_the_time(node, made)
        proposal = _proposed(then, line, estate_id, made)
        confirm(then, proposal, actor=second, estate_id=estate_id)
        if ended is not None:
            until = now - MONTH * ended
            later = at_the_time(node, until)
            proposal = propose_end(
                later,
                line["office"],
                line["person"],
                until.date(),
                actor=line["by"],
                estate_id=estate_id,
            )
            confirm(later, proposal, actor=second, estate_id=estate_id)
    for line in plan["waiting"]:
        made = now - timedelta(days=line.pop("days_ago"))
        _proposed(at_the_time(node, made), line, estate_id, made)


def _proposed(node: Node, line: dict[str, Any], estate_id: str, made: datetime) -> str:
    values = {name: value for name, value in line.items() if name != "by"}
    values |= {"since": made.date(), "appointed_by": line["by"], "seconded_by": ""}
    terms = msgspec.convert(values, Appointment)
    return propose(node, terms, actor=line["by"], estate_id=estate_id)
