"""What a target asks for today: every control it needs, how far each is, and why it fails.

A derived control asks for its parts; an attested one for an attestation; one judged by evidence
for as many passing and seen items as make the beta-binomial reach the confidence (rules 2 to 4).
For each number of failing items there is a greatest number of unseen ones with which a control
still holds: these pairs are the corners below which it must come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from panshi.governance.assessment.judging import Judge
from panshi.governance.assessment.stages import Stages
from panshi.governance.assessment.statistics import chance_at_least, reaches
from panshi.governance.assessment.weighing import weigh
from panshi.governance.path.forecast import ATTESTS, Base, base_of, without_kinds
from panshi.governance.path.instance import Corner, Need
from panshi.governance.path.targets import BASELINE, Target
from panshi.model.control import Basis, Control, Framework
from panshi.model.verdict import Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One control over one population that a target asks for."""

    verdict: Verdict
    "As it stands today."
    need: Need
    clause: bool = False
    "It is asked for by the baseline gate."
    blocked: str = ""
    "Why nothing known can make it hold; empty where something might."

    @property
    def key(self) -> str:
        """Control key."""
        return self.need.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """All a target asks for, and what it leaves out."""

    target: Target
    demands: tuple[Demand, ...]
    left_out: tuple[str, ...] = ()
    "Controls of the target that Panshi does not judge; nothing is promised of them."

    @property
    def open(self) -> tuple[Demand, ...]:
        """What does not hold today without exceptions."""
        return tuple(each for each in self.demands if not each.need.holds)


def requirements(
    judge: Judge, stages: Stages, framework: Framework, target: Target
) -> Requirements:
    """Give what a target asks for over today's evidence."""
    asked: dict[tuple[str, str], bool] = {}
    left_out: dict[str, None] = {}
    for in_field in target.fields:
        controls, clauses = _named(stages, framework, target, in_field)
        for key in controls:
            control = judge.grounds.controls[key]
            if not target.stage and _unjudged(judge, control):
                left_out[key] = None
                continue
            for part in _parts(judge, key, in_field):
                asked.setdefault((part, in_field), False)
        for key in clauses:
            for part in _parts(judge, key, ""):
                asked.setdefault((part, ""), True)
    demands = tuple(
        _demand(judge, judge.grounds.controls[key], in_field, clause=clause)
        for (key, in_field), clause in asked.items()
        if judge.verdict(key, in_field).status is not Status.NOT_APPLICABLE
    )
    return Requirements(target=target, demands=demands, left_out=tuple(left_out))


def corners(base: Base, confidence: float) -> tuple[Corner, ...]:
    """Give the pairs of unseen and failing items below which a control holds."""
    found: list[Corner] = []
    least_unseen = base.unseen
    for failing in range(min(base.population - base.wanted, base.failing + base.unseen) + 1):
        unseen = _most_unseen(base, failing, confidence, least_unseen)
        if unseen < 0:
            break
        if found and found[-1].unseen == unseen:
            found.pop()
        found.append(Corner(unseen=unseen, failing=failing))
        least_unseen = unseen
    return tuple(found)


def _most_unseen(base: Base, failing: int, confidence: float, most: int) -> int:
    """Give how many items may stay unseen beside so many failing ones; -1: not even none."""

    def enough(unseen: int) -> bool:
        seen = base.population - unseen
        passing = seen - failing
        if seen <= 0 or passing < 0:
            return False
        reached = chance_at_least(base.wanted, passing, seen, base.population)
        return reaches(reached, confidence)

    low, high = -1, most
    while low < high:
        middle = (low + high + 1) // 2
        if enough(middle):
            low = middle
        else:
            high = middle - 1
    return low


def _named(
    stages: Stages, framework: Framework, target: Target, in_field: str
) -> tuple[Iterable[str], Iterable[str]]:
    if target.stage:
        return stages.demanded(framework, target.group, in_field, target.stage)
    wanted = (
        control
        for control in framework.controls
        if (not target.group or control.group == target.group)
        and control.basis is not Basis.NOT_JUDGED
        and (control.strength.binding or target.name != BASELINE)
    )
    return (control.key for control in wanted), ()


def _unjudged(judge: Judge, control: Control) -> bool:
    """Whether Panshi has no way yet to find that a control holds."""
    match control.basis:
        case Basis.NOT_YET | Basis.NOT_JUDGED:
            return judge.verdict(control.key).status is not Status.NOT_APPLICABLE
        case Basis.DERIVED:
            known = judge.grounds.controls
            return control.key in judge.grounds.circular or any(
                part not in known or _unjudged(judge, known[part]) for part in control.made_of
            )
        case Basis.EVIDENCE | Basis.ATTESTED:
            return False


def _parts(judge: Judge, key: str, in_field: str) -> Iterator[str]:
    """Give a control, after the parts it is made of."""
    control = judge.grounds.controls[key]
    if control.basis is Basis.DERIVED and key not in judge.grounds.circular:
        for part in judge.parts(control, in_field):
            yield from _parts(judge, part.control, in_field)
    yield key


def _demand(judge: Judge, control: Control, in_field: str, *, clause: bool) -> Demand:
    verdict = judge.verdict(control.key, in_field)
    contradicted = judge.contradicted(control, in_field)
    flags = {sealed.observation.kind for sealed in contradicted.open}
    holds = verdict.met_without_exceptions
    failing, unseen, blocked = 0, 0, ""
    below: tuple[Corner, ...] = (Corner(unseen=0, failing=0),)
    match control.basis:
        case Basis.EVIDENCE:
            repeated = without_kinds(contradicted, flags) if flags else contradicted
            base = base_of(weigh(judge.grounds, control, in_field, repeated))
            failing, unseen = base.failing, base.unseen
            below = corners(base, judge.grounds.confidence)
            blocked = "" if base.population else Status.NO_POPULATION
        case Basis.ATTESTED:
            if not judge.attested(control).stands:
                flags.add(ATTESTS)
        case Basis.DERIVED:
            if control.key in judge.grounds.circular:
                blocked, below = Status.NOT_JUDGED, ()
        case Basis.NOT_YET | Basis.NOT_JUDGED:
            blocked, below = Status.NOT_JUDGED, ()
    need = Need(
        key=control.key,
        in_field=in_field,
        failing=failing,
        unseen=unseen,
        corners=below,
        flags=frozenset(flags),
        holds=holds or (control.basis is Basis.DERIVED and not flags and not blocked),
    )
    return Demand(verdict=verdict, need=need, clause=clause, blocked=blocked)
