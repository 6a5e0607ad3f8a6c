"""What analysts of the joint SOC do with a ticket or a campaign; the facet is what it is about.

Who has it and where it stands is folded from these steps (`panshi.alliance.desk`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body

DESK_STEP = "record.soc_desk_step/1"


class DeskDoing(StrEnum):
    """One step at the desk."""

    TAKE = "take"
    "Take it in hand oneself."
    HAND_OVER = "hand_over"
    "Give it to somebody else, with what they must know."
    RELEASE = "release"
    "Give it back to all."
    TRIAGE = "triage"
    "Say that it was looked at, and how bad it is."
    CLOSE = "close"
    REOPEN = "reopen"
    NOTE = "note"


@observation_kind(DESK_STEP, "聯防席位紀錄", "Step at the joint SOC's desk", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStep(Body):
    """An analyst does something with a ticket or a campaign."""

    about: str
    "`ticket/<id>` or `campaign/<id>`."
    doing: str
    "A `DeskDoing`."
    by: str
    to: str = ""
    "Account it is handed to."
    note: str = ""
    severity: str = ""
    "That the desk gives at triage; empty where it leaves the member's."
