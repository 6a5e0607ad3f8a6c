"""One exception while its steps are read in the order of the log."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from panshi.governance.exceptions.authority import Measures, Need
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import Approval, ExceptionState, Step, Story
from panshi.model.asset import AssetId
from panshi.model.bodies.exceptions import ExceptionBasis, ExceptionRequest
from panshi.model.observation import ObservationId


@dataclass(slots=True, kw_only=True)
class Draft:
    """What is known of an exception so far."""

    number: str
    institution: AssetId
    request: ExceptionRequest
    asked: ObservationId
    "The event that requests it."
    requested_on: date
    steps: list[Step]
    renewals: int = 0
    flaw: Flaw | None = None
    detail: str = ""
    reviewed_by: str = ""
    bases: dict[str, ExceptionBasis] = field(default_factory=dict)
    "Bases sealed so far, by digest."
    approvals: list[Approval] = field(default_factory=list)
    offices: list[tuple[ObservationId, ObservationId]] = field(default_factory=list)
    "Appointment and proposal each approval rests on."
    case: Measures | None = None
    counted: frozenset[AssetId] = frozenset()
    need: Need | None = None
    approved_on: date | None = None
    over: ExceptionState | None = None
    over_on: date | None = None

    @property
    def control(self) -> str:
        """Key of the control it is about."""
        return f"{self.request.framework}/{self.request.control}"

    @property
    def ended(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.flaw is not None or self.over is not None

    def alive(self, day: date) -> bool:
        """Whether it is approved and neither ended nor lapsed."""
        return self.approved_on is not None and not self.ended and day < self.request.expires

    def told(self) -> Story:
        """Give what is derived of it."""
        return Story(
            number=self.number,
            institution=self.institution,
            request=self.request,
            asked=self.asked,
            steps=tuple(self.steps),
            requested_on=self.requested_on,
            reviewed_by=self.reviewed_by,
            approvals=tuple(self.approvals),
            case=self.case,
            need=self.need,
            approved_on=self.approved_on,
            over=self.over,
            over_on=self.over_on,
            renewals=self.renewals,
            counted=self.counted,
            flaw=self.flaw,
            detail=self.detail,
            grounds=self._grounds(),
        )

    def add(self, step: Step) -> None:
        """Put a step to the others."""
        self.steps.append(step)

    def with_share(self, permille: int) -> Measures | None:
        """Give its size with a share of the population."""
        return None if self.case is None else replace(self.case, permille=permille)

    def _grounds(self) -> tuple[ObservationId, ...]:
        held = [each for pair in self.offices for each in pair if each]
        return (*(step.sealed.id for step in self.steps if step.flaw is None), *held)
