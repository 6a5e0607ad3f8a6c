"""Bodies of the quarterly review: its agenda, decisions and minutes, and the actions it sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """One point of an agenda as it was on the day."""

    topic: str
    about: str
    "What it speaks of: an indicator, control, exception, action …"
    zh: str
    en: str


@observation_kind("record.review/1", "季度檢討紀錄", "Quarterly review", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStep(Body):
    """A review is opened, decides something, or is closed with its minutes."""

    review: str
    "Number of the review, the quarter it looks back on: `2026Q3`."
    step: str
    "`open`, `decide` or `close`."
    by: str
    held_on: date | None = None
    "Day of the meeting, when it is opened."
    agenda: tuple[AgendaLine, ...] = ()
    "The agenda as it stood, when it is opened and again when it is closed."
    decision: str = ""
    "What was decided."
    about: str = ""
    chair: str = ""
    "Who chaired, when it is closed."
    attendance: tuple[str, ...] = ()
    "`office:person` of each who attended."
    minutes: str = ""


@observation_kind("record.action/1", "行動紀錄", "Action", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ActionStep(Body):
    """An action is set by a review, extended, done, or dropped."""

    number: str
    "`2026Q3-1`."
    review: str
    step: str
    "`set`, `extend`, `done` or `drop`."
    by: str
    text: str = ""
    "What is to be done, when it is set."
    owner: str = ""
    "Office that answers for it."
    due: date | None = None
    "When it is set or extended."
    about: str = ""
    why: str = ""
    "What was done, or why it is extended or dropped."
    evidence: tuple[str, ...] = ()
    "Evidence ids that show it was done."
