"""What verdicts would be once projects are done: the judge itself, over counts that they changed.

A forecast takes today's evidence as it stands and changes only what the projects' lifts speak of:
tests repeated until passed no longer contradict, attestations stand, and of the failing and unseen
items so many pass as the lifts say. Everything else, the statistics, the target shares, the stages
and the gate, is judged by the same code that judges evidence. Exceptions are not leant on: read
`met_without_exceptions` and `without_exceptions`, for an exception lapses and a plan must hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from panshi.governance.assessment.contradictions import Contradicted
from panshi.governance.assessment.departures import Departed
from panshi.governance.assessment.judging import Judge
from panshi.governance.assessment.records import Attested
from panshi.governance.assessment.statistics import chance_at_least, reaches
from panshi.governance.assessment.weighing import Weighed, weigh
from panshi.governance.path.instance import Effect, Need, after, whole
from panshi.model.bodies.projects import Lift
from panshi.model.control import Control
from panshi.model.observation import Sealed
from panshi.model.verdict import ReasonCode, Tally, Verdict

ATTESTS = "attestation"
"The flag that an attestation settles; other flags are kinds of test."


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Counts of a population after its tests were repeated, before anything else is lifted."""

    population: int
    wanted: int
    passing: int
    failing: int
    unseen: int


def settled_by(lift: Lift) -> frozenset[str]:
    """Give the flags a lift settles."""
    return frozenset((*lift.retests, ATTESTS) if lift.attests else lift.retests)


def effect_of(lift: Lift, need: int = 0) -> Effect:
    """Give what a lift does, in the words of a path problem."""
    return Effect(
        need=need,
        fixes=lift.fixes,
        sees=lift.sees,
        passing=lift.passing,
        settles=settled_by(lift),
    )


def base_of(weighed: Weighed) -> Base:
    """Give the counts that lifts change."""
    tally = weighed.tally
    return Base(
        population=tally.population,
        wanted=weighed.wanted,
        passing=tally.passing,
        failing=tally.failing + tally.stale_fail,
        unseen=tally.unseen,
    )


def lifted(base: Base, effects: Sequence[Effect]) -> Tally:
    """Count a population after lifts; parts of items are rounded against us."""
    need = Need(key="", failing=base.failing, unseen=base.unseen)
    failing, unseen = map(whole, after(need, effects))
    failing = min(failing, base.failing + base.unseen - unseen)
    return Tally(
        population=base.population,
        seen=base.population - unseen,
        passing=base.population - unseen - failing,
        failing=failing,
        unseen=unseen,
    )


class Forecast(Judge):
    """A judge over the same grounds as another, with the lifts of some projects come about."""

    def __init__(self, base: Judge, lifts: Iterable[Lift]) -> None:
        """Take what the base knows; nothing of the base is changed."""
        super().__init__(base.grounds)
        self._base = base
        self._lifts: dict[str, list[Lift]] = {}
        for lift in lifts:
            self._lifts.setdefault(lift.control, []).append(lift)
        self._touched = base.grounds.dependants(self._lifts)

    def verdict(self, key: str, in_field: str = "") -> Verdict:
        """Give the verdict of a control; what no lift touches is as it is today."""
        if key not in self._touched:
            return self._base.verdict(key, in_field)
        return super().verdict(key, in_field)

    def contradicted(self, control: Control, in_field: str = "") -> Contradicted:
        """Give what tests say of a control, repeated ones taken as passed."""
        found = self._base.contradicted(control, in_field)
        repeated = {kind for lift in self._lifts.get(control.key, ()) for kind in lift.retests}
        return without_kinds(found, repeated) if repeated else found

    def departed(self, control: Control, in_field: str = "") -> Departed | None:
        """Give what left a control's population; no project changes that."""
        return self._base.departed(control, in_field)

    def weighed(self, control: Control, in_field: str = "") -> Weighed:
        """Give what the evidence would say of a control."""
        lifts = self._lifts.get(control.key)
        if not lifts:
            return self._base.weighed(control, in_field)
        contradicted = self.contradicted(control, in_field)
        today = weigh(self.grounds, control, in_field, contradicted)
        tally = lifted(base_of(today), [effect_of(lift) for lift in lifts])
        probability = (
            chance_at_least(today.wanted, tally.passing, tally.seen, tally.population)
            if tally.seen
            else None
        )
        return replace(
            today,
            tally=tally,
            probability=probability,
            met=probability is not None
            and reaches(probability, self.grounds.confidence)
            and not contradicted.open,
        )

    def attested(self, control: Control) -> Attested:
        """Give what the attestation of a control would be worth."""
        if any(lift.attests for lift in self._lifts.get(control.key, ())):
            return Attested(code=ReasonCode.ATTESTED)
        return self._base.attested(control)


def without_kinds(found: Contradicted, kinds: Iterable[str]) -> Contradicted:
    """Give contradictions without those of some kinds of test."""
    gone = frozenset(kinds)

    def stays(sealed: Sealed) -> bool:
        return sealed.observation.kind not in gone

    items = {asset: tuple(filter(stays, tests)) for asset, tests in found.items.items()}
    return Contradicted(
        items={asset: tests for asset, tests in items.items() if tests},
        beside=tuple(filter(stays, found.beside)),
        heard=found.heard,
    )
