"""Use case: the first week of a new institution, as steps derived from what is there.

import the estate ─► connect observers ─► first grade ─► first plan

A step is done when the log and the estates show it; nobody ticks it off. What is missing is said
in numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.model.control import Basis
from panshi.model.verdict import Status
from panshi.node.node import THIS_MACHINE, Node
from panshi.node.ownership import owners
from panshi.node.remembered import remembered

ENOUGH_SOURCES = 3
"Kinds of look that make a first grade worth reading."


class StepName(StrEnum):
    """The steps, in their order."""

    ESTATE = "estate"
    SOURCES = "sources"
    GRADE = "grade"
    OWNERS = "owners"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, and how far it is."""

    name: StepName
    done: bool
    have: int
    need: int
    "What `have` must reach."


def first_week(node: Node) -> tuple[Step, ...]:
    """Tell how far the first week is for the institution's own estate."""
    own = [each for each in node.estate_ids() if each != THIS_MACHINE]
    if not own:
        return tuple(Step(name=name, done=False, have=0, need=1) for name in StepName)
    return remembered(node, "first week", own[0], lambda: _steps(node, own[0]))


def _steps(node: Node, estate_id: str) -> tuple[Step, ...]:
    verdicts = [
        verdict
        for framework_id in node.library.frameworks
        for verdict in node.assess(framework_id, estate_id).verdicts
    ]
    seen = [each for each in verdicts if each.basis is Basis.EVIDENCE and each.tally.seen]
    kinds = {
        control.check.observation
        for each in seen
        if (control := node.library.control(each.control)).check is not None
    }
    judged = [each for each in seen if each.status is not Status.UNKNOWN]
    staged = [each for each in verdicts if each.stage]
    held = len(owners(node, estate_id))
    planned = sum(count for kind, count in node.log.kinds().items() if kind in PLAN_KINDS)
    return (
        _step(StepName.ESTATE, len(node.estate(estate_id).assets), 1),
        _step(StepName.SOURCES, len(kinds), ENOUGH_SOURCES),
        _step(StepName.GRADE, len(judged), 1),
        _step(StepName.OWNERS, held, max(1, len(staged) // 2)),
        _step(StepName.PLAN, planned, 1),
    )


def _step(name: StepName, have: int, need: int) -> Step:
    return Step(name=name, done=have >= need, have=have, need=need)


PLAN_KINDS = frozenset({"record.plan/1", "record.project/1"})
"Records that show that somebody plans."
