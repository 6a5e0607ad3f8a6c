"""The path an institution has chosen, and how far it has come since.

Adopting seals the projects, their quarters and the digest of the verdicts the path was found on.
Adopting another path for the same framework replaces it, withdrawing ends it; both are new records
of one series. Progress is computed: what is done comes from the register of projects, what holds
from today's verdicts, never from the record of the path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from panshi.errors import UsageError
from panshi.governance.assessment.looks import is_newer
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.path.plan import Plan
from panshi.model.bodies.projects import AdoptedPlan, PlannedProject, Project, ProjectStatus
from panshi.model.observation import ObservationId, Sealed

KIND = "record.plan/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """An adopted path with the record that carries it."""

    sealed: Sealed
    plan: AdoptedPlan

    @property
    def id(self) -> ObservationId:
        """Id of the record."""
        return self.sealed.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How an adopted path stands on a day."""

    plan: AdoptedPlan
    record: ObservationId
    quarter: str
    "The quarter of that day."
    done: tuple[str, ...]
    running: tuple[str, ...]
    late: tuple[str, ...]
    "Not done although their last quarter is over."
    dropped: tuple[str, ...]
    holding: tuple[str, ...]
    "Controls of the path that hold by now."
    missing: tuple[str, ...]
    hollow: tuple[str, ...]
    "Controls that do not hold although every project of the path is done."


def series(framework: str, group: str) -> str:
    """Give the series in which the paths of a framework, or of one of its groups, stand."""
    return f"{framework}/{group}" if group else framework


def body_of(plan: Plan, *, by: str, day: date, note: str = "") -> AdoptedPlan:
    """Write a path down for sealing; refused where it does not reach its target."""
    if not plan.reachable or not plan.after.reached:
        raise UsageError(
            "a path that does not reach its target cannot be adopted",
            remedy="change the limits or the target",
        )
    if not plan.projects:
        raise UsageError("the target is reached already", remedy="plan for a higher one")
    return AdoptedPlan(
        framework=plan.target.framework,
        target=plan.target.name,
        group=plan.target.group,
        fields=plan.target.fields,
        adopted_by=by,
        adopted_on=day,
        projects=tuple(
            PlannedProject(project=each.id, starts=each.starts, ends=each.ends, cost=each.cost)
            for each in plan.projects
        ),
        controls=plan.before.unmet,
        cost_low=plan.cost_low,
        cost_likely=plan.cost,
        cost_high=plan.cost_high,
        stage_before=plan.before.stage,
        stage_after=plan.after.stage,
        log_size=plan.log_size,
        log_root=plan.log_root,
        verdicts_sha256=plan.verdicts_sha256,
        optimal=plan.optimal,
        ends=plan.ends,
        note=note,
    )


def in_force(records: Iterable[Sealed], subjects: Collection[str]) -> dict[str, Adopted]:
    """Give the paths an institution follows, by series; withdrawn ones are gone."""
    newest: dict[str, Adopted] = {}
    for sealed in records:
        body = sealed.observation.body
        if not isinstance(body, AdoptedPlan) or sealed.observation.subject not in subjects:
            continue
        known = newest.get(sealed.observation.facet)
        if known is None or is_newer(sealed, known.sealed):
            newest[sealed.observation.facet] = Adopted(sealed=sealed, plan=body)
    return {name: each for name, each in newest.items() if not each.plan.withdrawn_by}


def progress(
    adopted: Adopted, projects: Mapping[str, Project], holding: Collection[str], day: date
) -> Progress:
    """Compare a path with what is done and what holds."""
    plan, quarter = adopted.plan, Quarter.of_day(day)
    status = {
        each.project: projects[each.project].status
        for each in plan.projects
        if each.project in projects
    }
    done = tuple(name for name, each in status.items() if each is ProjectStatus.DONE)
    missing = tuple(key for key in plan.controls if key not in holding)
    return Progress(
        plan=plan,
        record=adopted.id,
        quarter=str(quarter),
        done=done,
        running=tuple(name for name, each in status.items() if each is ProjectStatus.RUNNING),
        late=tuple(
            each.project
            for each in plan.projects
            if each.project not in done and Quarter.read(each.ends) < quarter
        ),
        dropped=tuple(name for name, each in status.items() if each is ProjectStatus.DROPPED),
        holding=tuple(key for key in plan.controls if key in holding),
        missing=missing,
        hollow=missing if len(done) == len(plan.projects) else (),
    )
