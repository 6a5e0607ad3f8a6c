"""What is derived of an exception: its steps, who approved it, from when to when; and its state.

    requested ── under review ── approved ── active ── lapsed
        │             │              └──────────┴───── closed
        └─ withdrawn ─┴─ rejected

A story holds whatever the day is; the state is a function of a story and a day. It lapses on its
last day whether or not anything ran.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from panshi.governance.exceptions.authority import Measures, Need
from panshi.governance.exceptions.flaws import Flaw
from panshi.model.asset import AssetId
from panshi.model.bodies.exceptions import ExceptionBasis, ExceptionRequest
from panshi.model.observation import ObservationId, Sealed


class ExceptionState(StrEnum):
    """What an exception is on a day."""

    REQUESTED = "requested"
    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    "Approved by all it takes, not yet effective."
    ACTIVE = "active"
    LAPSED = "lapsed"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    VOID = "void"
    "Breaks a rule, so that it never was one."

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide."""
        return self in {ExceptionState.REQUESTED, ExceptionState.UNDER_REVIEW}

    @property
    def live(self) -> bool:
        """Whether it is approved and has not ended."""
        return self in {ExceptionState.APPROVED, ExceptionState.ACTIVE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sealed event of an exception, and whether it counts."""

    sealed: Sealed
    at: datetime
    by: str
    flaw: Flaw | None = None
    "Why it counts for nothing; None where it counts."
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approval that counts."""

    person: str
    office: str
    on: date
    step: ObservationId
    appointment: ObservationId
    "By which the office was held."
    basis: ExceptionBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything the steps of one exception say, on whatever day one looks."""

    number: str
    institution: AssetId
    request: ExceptionRequest
    asked: ObservationId
    "The event that requests it."
    steps: tuple[Step, ...]
    requested_on: date
    reviewed_by: str = ""
    approvals: tuple[Approval, ...] = ()
    case: Measures | None = None
    "Its size when the last approval was given, else as of the last event; share still open."
    need: Need | None = None
    "What it took when it was approved; None before."
    approved_on: date | None = None
    over: ExceptionState | None = None
    "How somebody ended it; None where nobody did."
    over_on: date | None = None
    renewals: int = 0
    counted: frozenset[AssetId] = frozenset()
    "Assets it covers together with others of the control; empty: the whole population."
    flaw: Flaw | None = None
    detail: str = ""
    grounds: tuple[ObservationId, ...] = ()
    "Every event it rests on, appointments included."

    @property
    def control(self) -> str:
        """Key of the control it is about."""
        return f"{self.request.framework}/{self.request.control}"

    @property
    def id(self) -> ObservationId:
        """The event that made it one: the last approval, before that the request."""
        return self.approvals[-1].step if self.approvals else self.asked

    @property
    def begins(self) -> date | None:
        """First day on which it counts: not before it was approved."""
        if self.approved_on is None:
            return None
        return max(self.approved_on, self.request.effective)

    @property
    def basis(self) -> ExceptionBasis | None:
        """What the last approval was given on."""
        return self.approvals[-1].basis if self.approvals else None

    def covers(self, asset: AssetId) -> bool:
        """Whether an asset is in its scope; an empty scope is the whole population."""
        return not self.request.scope or asset in self.request.scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of an exception on a day."""

    state: ExceptionState
    changes_on: date | None = None
    "First day on which it changes by itself."


def standing(story: Story, day: date) -> Standing:
    """Give what an exception is on a day."""
    request, begins = story.request, story.begins
    lapsed = day >= request.expires
    if story.flaw is not None and not (story.flaw is Flaw.LEGACY and lapsed):
        return Standing(
            state=ExceptionState.VOID,
            changes_on=request.expires if story.flaw is Flaw.LEGACY else None,
        )
    if story.over is not None:
        return Standing(state=story.over)
    if lapsed:
        return Standing(state=ExceptionState.LAPSED)
    if begins is None:
        waiting = ExceptionState.UNDER_REVIEW if story.reviewed_by else ExceptionState.REQUESTED
        return Standing(state=waiting, changes_on=request.expires)
    if day < begins:
        return Standing(state=ExceptionState.APPROVED, changes_on=begins)
    return Standing(state=ExceptionState.ACTIVE, changes_on=request.expires)
