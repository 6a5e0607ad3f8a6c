"""Impact analyses from proposal to lapse, derived from sealed steps and a day.

    analyses = fold(steps, two_people=pair_defect)
    analyses.in_force(service, day)

One person proposes, another approves; then it is in force until another takes its place, at most a
year (ISO 22301, 8.2.1: reviewed at planned intervals). A step that breaks a rule counts for nothing
and is shown with the reason. A proposal whose body was erased is gone, and so is its decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from panshi.model.asset import AssetId
from panshi.model.bodies.continuity import ImpactDecision, ImpactProposal, ImpactRuling
from panshi.model.observation import Sealed
from panshi.model.resilience.plan import ImpactEntry
from panshi.model.zone import day_of

LASTS = timedelta(days=365)
SOON = timedelta(days=60)
"So long before it lapses people are told."

type TwoPeople = Callable[[str, str], str]
"""Why two names do not surely stand for two people; empty where they do."""


class AnalysisState(StrEnum):
    """How far an analysis has come."""

    PROPOSED = "proposed"
    REPLACED = "replaced"
    "A later proposal, or a later analysis in force, took its place."
    REFUSED = "refused"
    IN_FORCE = "in_force"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One proposal with what became of it."""

    sealed: Sealed
    entry: ImpactEntry
    proposed_by: str
    proposed_at: datetime
    why: str = ""
    ruling: ImpactRuling | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    decision: str = ""
    "Evidence id of the decision."
    reason: str = ""
    replaced_at: datetime | None = None
    flaws: tuple[str, ...] = ()
    "Decisions that counted for nothing, each with its reason."

    @property
    def expires(self) -> date | None:
        """Last day in force; None while it is not approved."""
        if self.ruling is not ImpactRuling.APPROVE or self.decided_at is None:
            return None
        return day_of(self.decided_at) + LASTS

    def state(self, on: date) -> AnalysisState:
        """How far it has come at the end of a day."""
        if self.ruling is ImpactRuling.REFUSE:
            return AnalysisState.REFUSED
        if self.replaced_at is not None:
            return AnalysisState.REPLACED
        if self.expires is None:
            return AnalysisState.PROPOSED
        return AnalysisState.IN_FORCE if on <= self.expires else AnalysisState.LAPSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyses:
    """Every analysis of an institution, by service, oldest first."""

    by_service: dict[AssetId, tuple[Analysis, ...]] = field(default_factory=dict)

    def in_force(self, service: AssetId, on: date) -> Analysis | None:
        """Give the analysis that counts on a day."""
        return self._newest(service, on, {AnalysisState.IN_FORCE})

    def open(self, service: AssetId, on: date) -> Analysis | None:
        """Give the proposal that waits for a second person."""
        return self._newest(service, on, {AnalysisState.PROPOSED})

    def shown(self, service: AssetId, on: date) -> Analysis | None:
        """Give what says most of a service: in force, or lapsed, or proposed."""
        return (
            self.in_force(service, on)
            or self._newest(service, on, {AnalysisState.LAPSED})
            or self.open(service, on)
        )

    def find(self, proposal: str) -> Analysis | None:
        """Give an analysis by the evidence id of its proposal, or the begin of it."""
        found = [each for each in self.all() if proposal and each.sealed.id.startswith(proposal)]
        return found[0] if len(found) == 1 else None

    def all(self) -> Iterator[Analysis]:
        """Yield every analysis."""
        for each in self.by_service.values():
            yield from each

    def _newest(self, service: AssetId, on: date, states: set[AnalysisState]) -> Analysis | None:
        known = reversed(self.by_service.get(service, ()))
        return next((each for each in known if each.state(on) in states), None)


def fold(steps: Iterable[Sealed], *, two_people: TwoPeople) -> Analyses:
    """Derive every analysis from sealed proposals and decisions, in the order they were sealed."""
    found: dict[AssetId, dict[str, Analysis]] = {}
    service_of: dict[str, AssetId] = {}
    for step in steps:
        match step.observation.body:
            case ImpactProposal() as body if str(body.entry.service) == step.observation.facet:
                mine = found.setdefault(body.entry.service, {})
                service_of[step.id] = body.entry.service
                _replace(mine, _moment(step), {AnalysisState.PROPOSED})
                mine[step.id] = Analysis(
                    sealed=step,
                    entry=body.entry,
                    proposed_by=body.proposed_by,
                    proposed_at=_moment(step),
                    why=body.why,
                )
            case ImpactDecision() as body if body.proposal in service_of:
                _decide(found[service_of[body.proposal]], step, body, two_people)
            case _:
                continue
    return Analyses(by_service={name: tuple(each.values()) for name, each in found.items()})


def decision_defect(
    analysis: Analysis, ruling: ImpactRuling, by: str, why: str, two_people: TwoPeople, on: date
) -> str:
    """Say why a decision cannot be taken; empty where it can."""
    state = analysis.state(on)
    if state is not AnalysisState.PROPOSED:
        return f"it is {state.value.replace('_', ' ')}"
    if not by.strip():
        return "nobody is named who decides"
    if ruling is ImpactRuling.REFUSE:
        return "" if why.strip() else "a refusal says why"
    defect = two_people(by, analysis.proposed_by)
    return f"whoever proposes does not approve: {defect}" if defect else ""


def _decide(
    mine: dict[str, Analysis], step: Sealed, body: ImpactDecision, two_people: TwoPeople
) -> None:
    analysis, at = mine[body.proposal], _moment(step)
    defect = decision_defect(
        analysis, body.ruling, body.decided_by, body.why, two_people, day_of(at)
    )
    if defect:
        flaw = f"{body.decided_by}: {defect}"
        mine[body.proposal] = replace(analysis, flaws=(*analysis.flaws, flaw))
        return
    if body.ruling is ImpactRuling.APPROVE:
        _replace(mine, at, {AnalysisState.IN_FORCE, AnalysisState.LAPSED})
    mine[body.proposal] = replace(
        analysis,
        ruling=body.ruling,
        decided_by=body.decided_by,
        decided_at=at,
        decision=step.id,
        reason=body.why,
    )


def _replace(mine: dict[str, Analysis], at: datetime, states: set[AnalysisState]) -> None:
    for key, each in mine.items():
        if each.state(day_of(at)) in states:
            mine[key] = replace(each, replaced_at=at)


def _moment(step: Sealed) -> datetime:
    """When it was learned, which nobody who records can choose."""
    return step.received_at
