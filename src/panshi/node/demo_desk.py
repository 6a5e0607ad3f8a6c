"""Owners and talk of the demo bank, recorded as received at the time; made up, like all of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import yaml

from panshi.node.comments import comment
from panshi.node.demo_accountability import at_the_time
from panshi.node.node import Node
from panshi.node.ownership import assign
from panshi.store import library

MONTH = timedelta(days=30)
FRAMEWORK = "zt36"
ASSIGNING = "he.peishan"
type Plan = dict[str, Any]


def seed_desk(node: Node, estate_id: str, now: datetime) -> None:
    """Give the controls of four pillars their owners, and let people say a few things."""
    _name, raw = library.demo("desk.yaml")
    plan: Plan = yaml.load(raw, Loader=yaml.CSafeLoader)
    for line in plan["owners"]:
        controls = node.library.framework(FRAMEWORK).controls
        wanted = [(each.key, line["owner"]) for each in controls if each.group == line["group"]]
        then = at_the_time(node, now - MONTH * line["months_ago"])
        assign(then, wanted, actor=ASSIGNING, estate_id=estate_id)
    for line in plan["comments"]:
        comment(
            at_the_time(node, now - timedelta(days=line["days_ago"])),
            line["about"],
            line["text"],
            actor=line["author"],
            exists=set(line.get("mentions", ())).__contains__,
        )
