"""The cheapest path in three moves: survey, search, foretell.

    survey     what the target asks for, over today's evidence           (asks the judge)
    search     which projects, in which quarters, what else there is     (numbers only)
    foretell   what verdicts and stages they would bring, by the judge   (asks the judge)

Survey and foretelling need the assessor to themselves for a moment; the search does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from panshi.governance.assessment.assessor import Assessor
from panshi.governance.assessment.judging import Judge
from panshi.governance.assessment.stages import Stages
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.path.forecast import Forecast
from panshi.governance.path.plan import (
    Alternative,
    Change,
    Comparison,
    Figures,
    Plan,
    QuarterPlan,
    Rung,
    Standing,
    Step,
    Wishes,
)
from panshi.governance.path.program import Outcome
from panshi.governance.path.requirements import Demand, Requirements, requirements
from panshi.governance.path.searching import Found, named
from panshi.governance.path.solving import Choice, Solution
from panshi.governance.path.targets import Target
from panshi.model.bodies.projects import Lift, Project
from panshi.model.control import Framework
from panshi.model.control import Mapping as Crosswalk
from panshi.model.verdict import Verdict

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a target asks for, and the moment and log that tell so."""

    framework: Framework
    asked: Requirements
    estate: str
    as_of: datetime
    log_size: int
    log_root: str
    verdicts_sha256: str
    "Of every control asked for."
    context_sha256: str
    "Of those, and of every control that some project lifts."

    @property
    def begins(self) -> Quarter:
        """First quarter of a path that names none."""
        return Quarter.of(self.as_of).after(1)


def survey(
    assessor: Assessor, framework: Framework, target: Target, lifted: Iterable[str] = ()
) -> Survey:
    """Look at what a target asks for today, and at what projects lift besides."""
    asked = requirements(assessor.judge, assessor.stages, framework, target)
    size, root = assessor.log
    return Survey(
        framework=framework,
        asked=asked,
        estate=assessor.estate.id,
        as_of=assessor.as_of,
        log_size=size,
        log_root=root,
        verdicts_sha256=_digest(asked.demands),
        context_sha256=_context(assessor.judge, asked, lifted),
    )


def foretell(
    assessor: Assessor,
    mappings: Iterable[Crosswalk],
    seen: Survey,
    found: Found,
    projects: Mapping[str, Project],
    wishes: Wishes,
) -> Plan | None:
    """Judge what the chosen projects would bring, and write the plan.

    None where the verdicts the search was made on are no longer those of now.
    """
    now = survey(assessor, seen.framework, seen.asked.target, lifted_by(projects))
    if now.context_sha256 != seen.context_sha256:
        return None
    return _Teller(assessor.judge, tuple(mappings), now, found, projects, wishes).plan()


class _Teller:
    """Writes one plan."""

    def __init__(
        self,
        judge: Judge,
        mappings: tuple[Crosswalk, ...],
        seen: Survey,
        found: Found,
        projects: Mapping[str, Project],
        wishes: Wishes,
    ) -> None:
        self._judge, self._mappings, self._seen, self._found = judge, mappings, seen, found
        self._projects, self._wishes = projects, wishes
        self._asked = seen.asked
        begins = wishes.begins
        self._begins = Quarter.read(begins) if begins else seen.begins
        self._instance = found.instance
        self._starts = found.solution.starts
        self._wanted = {(each.need.key, each.need.in_field) for each in seen.asked.open}

    def plan(self) -> Plan:
        """Write it."""
        solution, seen = self._found.solution, self._seen
        chosen = [self._project(number) for number in sorted(solution.chosen)]
        before = self.standing(self._judge)
        after = self.standing(self._forecast(solution.chosen))
        last = max((self._ends(number) for number in self._starts), default=-1)
        return Plan(
            target=self._asked.target,
            estate=seen.estate,
            as_of=seen.as_of,
            log_size=seen.log_size,
            log_root=seen.log_root,
            verdicts_sha256=seen.verdicts_sha256,
            outcome=solution.outcome,
            optimal=solution.outcome is Outcome.OPTIMAL,
            earliest=solution.earliest or not solution.chosen,
            reachable=solution.found,
            cost=solution.cost,
            cost_low=sum(each.cost_low for each in chosen),
            cost_high=sum(each.cost_high for each in chosen),
            bound=solution.bound,
            projects=tuple(self._steps()),
            before=before,
            after=after,
            begins=str(self._begins),
            ends=str(self._begins.after(last)) if last >= 0 else "",
            wishes=self._wishes,
            missing=tuple(figures(each.verdict) for each in self._asked.open),
            quarters=tuple(self._quarter(at) for at in range(last + 1)),
            alternatives=tuple(map(self._alternative, self._found.alternatives)),
            comparisons=self._comparisons(),
            curve=tuple(map(self._rung, self._found.curve)),
            obstacles=self._found.obstacles,
            relaxations=self._found.relaxations,
            left_out=self._asked.left_out,
            candidates=len(self._instance.candidates),
            pressed=tuple(dict.fromkeys(each.key for each in self._asked.open if each.verdict.met)),
        )

    # -- judged ----------------------------------------------------------------------------

    def standing(self, judge: Judge) -> Standing:
        """Judge where the estate stands in what the target asks for."""
        target = self._asked.target
        unmet = tuple(
            _spelled(each)
            for each in self._asked.demands
            if not judge.verdict(each.need.key, each.need.in_field).met_without_exceptions
        )
        stage = 0
        if target.stage:
            stages = Stages(judge, self._mappings)
            stage = min(
                stages.of_group(self._seen.framework, target.group, in_field).without_exceptions
                for in_field in target.fields
            )
        return Standing(
            stage=stage,
            reached=not unmet,
            holding=len(self._asked.demands) - len(unmet),
            asked=len(self._asked.demands),
            unmet=unmet,
        )

    def _forecast(self, chosen: Iterable[int]) -> Judge:
        lifts: list[Lift] = []
        for number in chosen:
            lifts += self._project(number).lifts
        return Forecast(self._judge, lifts) if lifts else self._judge

    # -- steps -----------------------------------------------------------------------------

    def _steps(self) -> Iterable[Step]:
        done: list[int] = []
        before = self._judge
        for number in sorted(self._starts, key=lambda each: (self._ends(each), each)):
            done.append(number)
            after = self._forecast(done)
            project, start = self._project(number), self._starts[number]
            yield Step(
                id=project.id,
                title_zh=project.title_zh,
                title_en=project.title_en,
                status=project.status,
                starts=str(self._begins.after(start)),
                ends=str(self._begins.after(self._ends(number))),
                cost=project.cost_likely,
                cost_low=project.cost_low,
                cost_high=project.cost_high,
                hours={each.role: each.hours for each in project.hours},
                changes=tuple(self._changes(project, before, after)),
                because=self._because(number),
                enables=tuple(
                    self._instance.candidates[other].id
                    for other in sorted(self._starts)
                    if number in self._instance.candidates[other].requires
                ),
            )
            before = after

    def _changes(self, project: Project, before: Judge, after: Judge) -> Iterable[Change]:
        for lift in project.lifts:
            for in_field in self._asked.target.fields:
                earlier = before.verdict(lift.control, in_field)
                later = after.verdict(lift.control, in_field)
                yield Change(
                    before=figures(earlier),
                    after=figures(later),
                    needed=(lift.control, in_field) in self._wanted
                    or (lift.control, "") in self._wanted,
                )

    def _because(self, number: int) -> tuple[str, ...]:
        """Give what would not hold without a project; of what it enables, too, where it must."""
        chosen = self._found.solution.chosen
        lost = {number}
        while True:
            further = {
                other
                for other in chosen - lost
                if lost & set(self._instance.candidates[other].requires)
            }
            if not further:
                break
            lost |= further
        rest = chosen - lost
        return tuple(
            dict.fromkeys(
                self._instance.needs[at].key
                for at in self._instance.open_needs
                if not self._instance.holds(at, rest)
            )
        )

    def _quarter(self, at: int) -> QuarterPlan:
        cost, hours = 0, dict[str, int]()
        for number, start in self._starts.items():
            candidate = self._instance.candidates[number]
            if start <= at <= self._ends(number):
                cost += candidate.spread(candidate.cost)[at - start]
                for role, each in candidate.hours:
                    hours[role] = hours.get(role, 0) + candidate.spread(each)[at - start]
        done = [number for number in sorted(self._starts) if self._ends(number) <= at]
        ending = [number for number in done if self._ends(number) == at]
        return QuarterPlan(
            quarter=str(self._begins.after(at)),
            cost=cost,
            hours=dict(sorted(hours.items())),
            ends=tuple(self._instance.candidates[number].id for number in ending),
            standing=self.standing(self._forecast(done)),
        )

    # -- beside the path -------------------------------------------------------------------

    def _alternative(self, other: Solution) -> Alternative:
        mine, theirs = self._found.solution.chosen, other.chosen
        last = max((at + self._length(number) for number, at in other.starts.items()), default=0)
        return Alternative(
            projects=named(self._instance, theirs),
            cost=other.cost,
            ends=str(self._begins.after(last - 1)),
            added=named(self._instance, theirs - mine),
            dropped=named(self._instance, mine - theirs),
        )

    def _comparisons(self) -> tuple[Comparison, ...]:
        if not self._found.solution.found or not self._found.solution.chosen:
            return ()
        rules = (("greedy", self._found.greedy), ("per_control", self._found.per_control))
        return tuple(
            self._comparison(rule, chosen, fits=fits)
            for (rule, chosen), fits in zip(rules, self._found.fits, strict=True)
        )

    def _comparison(self, rule: str, chosen: Choice | None, *, fits: bool) -> Comparison:
        if chosen is None:
            return Comparison(rule=rule, cost=None, projects=(), saved=None, fits=False)
        cost = self._instance.cost(chosen)
        return Comparison(
            rule=rule,
            cost=cost,
            projects=named(self._instance, chosen),
            saved=cost - self._found.solution.cost,
            fits=fits,
        )

    def _rung(self, rung: Solution) -> Rung:
        return Rung(
            cost=rung.cost,
            controls=len(self._instance.held(rung.chosen)),
            stage=self.standing(self._forecast(rung.chosen)).stage,
            projects=named(self._instance, rung.chosen),
            million=-(-rung.cost // MILLION),
        )

    # -- numbers into things ---------------------------------------------------------------

    def _project(self, number: int) -> Project:
        return self._projects[self._instance.candidates[number].id]

    def _length(self, number: int) -> int:
        return self._instance.candidates[number].quarters

    def _ends(self, number: int) -> int:
        return self._starts[number] + self._length(number) - 1


def figures(verdict: Verdict) -> Figures:
    """Give the figures of a verdict that a plan tells."""
    tally = verdict.tally
    return Figures(
        control=verdict.control,
        in_field=verdict.in_field,
        status=verdict.status,
        met=verdict.met_without_exceptions,
        population=tally.population,
        seen=tally.seen,
        passing=tally.passing,
        failing=tally.failing + tally.stale_fail,
        probability=verdict.probability,
    )


def lifted_by(projects: Mapping[str, Project]) -> tuple[str, ...]:
    """Give every control that an open project lifts."""
    open_ = (project for project in projects.values() if project.status.open)
    return tuple(dict.fromkeys(lift.control for project in open_ for lift in project.lifts))


def _context(judge: Judge, asked: Requirements, lifted: Iterable[str]) -> str:
    digest = sha256(_digest(asked.demands).encode())
    for key in sorted(lifted):
        for in_field in asked.target.fields:
            if key in judge.grounds.controls:
                digest.update(f"{figures(judge.verdict(key, in_field))}\n".encode())
    return digest.hexdigest()


def _spelled(demand: Demand) -> str:
    field = demand.need.in_field
    return f"{demand.key}@{field}" if field else demand.key


def _digest(demands: Iterable[Demand]) -> str:
    """Digest of the figures of every control asked for."""
    digest = sha256()
    for each in sorted(demands, key=_spelled):
        told = figures(each.verdict)
        counts = (told.population, told.seen, told.passing, told.failing)
        digest.update(f"{_spelled(each)} {told.status} {told.met} {counts}\n".encode())
    return digest.hexdigest()
