"""Projects that raise controls, and plans made of them; sealed like everything people record.

One series (facet) per project and one per target of a plan; the newest record of a series counts.
A plan that is replaced or withdrawn stays in its series: undoing is recording anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


class ProjectStatus(StrEnum):
    """How far a project is."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def open(self) -> bool:
        """Whether it can still be part of a plan."""
        return self not in {ProjectStatus.DONE, ProjectStatus.DROPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """What a project does to the evidence of one control, in whole per cent of its population.

    Shares of several projects add up: they are stated over different items of the population.
    """

    control: str
    "`<framework>/<control>`."
    fixes: int = 0
    "Per cent of the failing items that pass afterwards."
    sees: int = 0
    "Per cent of the unseen items that are seen afterwards."
    passing: int = 100
    "Per cent of the newly seen items expected to pass; the others fail."
    retests: tuple[str, ...] = ()
    "Kinds of test (observation kinds) repeated until passed: their open contradictions close."
    attests: bool = False
    "Whether it ends in a valid attestation, for a control that people answer for."


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHours:
    """Hours of one NICE work role."""

    role: str
    "Id in the NICE framework, e.g. `PD-WRL-001`."
    hours: int


@observation_kind("record.project/1", "專案", "Project", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Body):
    """Work that raises controls; of a running project, cost and duration are what remains."""

    id: str
    title_zh: str
    title_en: str
    lifts: tuple[Lift, ...]
    cost_low: int
    "TWD, the optimistic figure."
    cost_likely: int
    "TWD; plans minimise the sum of these."
    cost_high: int
    "TWD, the pessimistic figure."
    quarters: int
    "Duration in quarters; cost and hours are spread evenly over them."
    owner: str
    asserted_by: str
    "Who answers for these figures."
    status: ProjectStatus = ProjectStatus.PROPOSED
    hours: tuple[RoleHours, ...] = ()
    requires: tuple[str, ...] = ()
    "Projects that must be finished before this one starts."
    excludes: tuple[str, ...] = ()
    "Projects of which only one, these or this, makes sense."
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProject:
    """A project of an adopted plan with the quarters it was given."""

    project: str
    starts: str
    "Quarter, e.g. `2027Q1`."
    ends: str
    "Last quarter in which it runs."
    cost: int
    "Likely cost at the time, in TWD."


@observation_kind("record.plan/1", "改善路徑", "Adopted path", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedPlan(Body):
    """A path an institution has chosen, with what it was computed on."""

    framework: str
    target: str
    adopted_by: str
    adopted_on: date
    projects: tuple[PlannedProject, ...]
    controls: tuple[str, ...]
    "Controls that did not hold and that it makes hold, `@<field>` where narrowed to one."
    cost_low: int
    cost_likely: int
    cost_high: int
    stage_before: int
    stage_after: int
    log_size: int
    "Size of the evidence log it was computed on; with its root the plan can be repeated."
    log_root: str
    verdicts_sha256: str
    "Digest of the verdicts of every control the target needs."
    optimal: bool
    group: str = ""
    fields: tuple[str, ...] = ()
    ends: str = ""
    note: str = ""
    withdrawn_by: str = ""
    "Who ended it; empty while it is in force."
