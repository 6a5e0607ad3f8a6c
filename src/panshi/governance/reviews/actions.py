"""Actions a review sets: open, overdue from the day after they were due, done or dropped.

Whether an action is overdue is a function of its steps and a day; nothing has to run. Whoever
answers for an action neither extends nor drops it: that is for somebody else to grant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from panshi.governance.persons import name_defect
from panshi.model.bodies.reviews import ActionStep
from panshi.model.observation import Sealed
from panshi.model.zone import day_of

ACTION_KIND = "record.action/1"

type Holds = Callable[[str, str, datetime], bool]
"Whether a person holds an office at a moment."


class ActionState(StrEnum):
    """Where an action is on a day."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    DROPPED = "dropped"


class ActionStepName(StrEnum):
    """What happens to an action."""

    SET = "set"
    EXTEND = "extend"
    DONE = "done"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEvent:
    """One step of an action."""

    step: ActionStepName
    by: str
    at: datetime
    due: date | None
    why: str
    evidence: tuple[str, ...]
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action on a day."""

    number: str
    review: str
    text: str
    owner: str
    "Office that answers for it."
    about: str
    due: date
    first_due: date
    "As it was set."
    state: ActionState
    events: tuple[ActionEvent, ...]
    late_days: int = 0
    "Days since it was due, or that it was done late."

    @property
    def extensions(self) -> int:
        """How often it was given more time."""
        return sum(each.step is ActionStepName.EXTEND for each in self.events)

    @property
    def finished(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state in {ActionState.DONE, ActionState.DROPPED}


def actions(records: Iterable[Sealed], day: date, holds: Holds) -> tuple[Action, ...]:
    """Give every action on a day, those due first ahead; records in the order of the log."""
    found: dict[str, Action] = {}
    for sealed in records:
        body = sealed.observation.body
        if not isinstance(body, ActionStep):
            continue
        at = max(sealed.observation.observed_at, sealed.received_at)
        known = found.get(body.number)
        if not action_defect(body, known, at, holds):
            found[body.number] = _after(body, known, sealed.id, at)
    return tuple(
        sorted(
            (_on(each, day) for each in found.values()), key=lambda each: (each.due, each.number)
        )
    )


def action_defect(body: ActionStep, known: Action | None, at: datetime, holds: Holds) -> str:
    """Say why a step cannot be taken; empty where it can."""
    if name_defect(body.by):
        return name_defect(body.by)
    if body.step == ActionStepName.SET:
        return _set_defect(body, known)
    if known is None:
        return f"there is no action {body.number}"
    if known.finished:
        return f"action {body.number} is finished"
    if body.step == ActionStepName.DONE:
        return "" if body.why.strip() or body.evidence else "say what was done"
    return _grant_defect(body, known, at, holds)


def _grant_defect(body: ActionStep, known: Action, at: datetime, holds: Holds) -> str:
    """Say why more time, or dropping it, cannot be granted."""
    if body.step not in {ActionStepName.EXTEND, ActionStepName.DROP}:
        return f"an action has no step {body.step!r}"
    if not body.why.strip():
        return "no reason is given"
    if holds(body.by, known.owner, at):
        return "whoever answers for an action neither extends nor drops it"
    if body.step == ActionStepName.EXTEND and (body.due is None or body.due <= known.due):
        return f"it is due {known.due}; more time ends later"
    return ""


def _set_defect(body: ActionStep, known: Action | None) -> str:
    if known is not None:
        return f"action {body.number} was set already"
    texts = (body.number, body.review, body.text, body.owner)
    if not all(each.strip() for each in texts) or body.due is None:
        return "an action needs a text, an owner and a day it is due"
    return ""


def _after(body: ActionStep, known: Action | None, evidence_id: str, at: datetime) -> Action:
    event = ActionEvent(
        step=ActionStepName(body.step),
        by=body.by,
        at=at,
        due=body.due,
        why=body.why,
        evidence=body.evidence,
        evidence_id=evidence_id,
    )
    if known is None:
        due = body.due or day_of(at)
        return Action(
            number=body.number,
            review=body.review,
            text=body.text,
            owner=body.owner,
            about=body.about,
            due=due,
            first_due=due,
            state=ActionState.OPEN,
            events=(event,),
        )
    events = (*known.events, event)
    match event.step:
        case ActionStepName.EXTEND:
            return replace(known, due=body.due or known.due, events=events)
        case ActionStepName.DONE:
            late = max(0, (day_of(at) - known.due).days)
            return replace(known, state=ActionState.DONE, events=events, late_days=late)
        case _:
            return replace(known, state=ActionState.DROPPED, events=events)


def _on(action: Action, day: date) -> Action:
    if action.finished or day <= action.due:
        return action
    return replace(action, state=ActionState.OVERDUE, late_days=(day - action.due).days)
