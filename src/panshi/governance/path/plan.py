"""A path as a value: what stands today, what is done when, what it changes, what it costs.

Every figure of `before` and `after` comes from the judge (`forecast`), none from the planner's own
arithmetic. Costs are in TWD.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from panshi.governance.path.program import Outcome
from panshi.governance.path.targets import Target
from panshi.model.bodies.projects import ProjectStatus
from panshi.model.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the caller allows and asks for."""

    quarters: int = 8
    "How many quarters there are."
    begins: str = ""
    "First quarter, e.g. `2027Q1`; empty: the one after the day of judgement."
    budget: tuple[int, ...] = ()
    "Per quarter; one figure stands for every quarter; empty: no limit."
    total: int | None = None
    "Over all quarters."
    hours: tuple[tuple[str, tuple[int, ...]], ...] = ()
    "Hours per quarter of NICE work roles; one figure stands for every quarter."
    without: tuple[str, ...] = ()
    "Projects that may not be chosen."
    force: tuple[str, ...] = ()
    "Projects that must be chosen."
    alternatives: int = 3
    "How many next-best sets are looked for."
    curve: bool = True
    "Whether to tell what each amount of money buys."


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How one control stands, or would stand."""

    control: str
    in_field: str
    status: Status
    met: bool
    "Without any exception."
    population: int
    seen: int
    passing: int
    failing: int
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One control before and after a step."""

    before: Figures
    after: Figures
    needed: bool
    "Whether the target asks for this control and it does not hold today."


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One project of the path."""

    id: str
    title_zh: str
    title_en: str
    status: ProjectStatus
    starts: str
    ends: str
    cost: int
    "Likely cost."
    cost_low: int
    cost_high: int
    hours: dict[str, int]
    changes: tuple[Change, ...]
    "Verdicts it changes, once the projects that end earlier are done."
    because: tuple[str, ...]
    "Controls that would not hold without it."
    enables: tuple[str, ...]
    "Chosen projects that require it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the estate stands in what the target asks for; no exception counts."""

    stage: int
    "Stage reached in every field asked for; 0 of frameworks without stages."
    reached: bool
    holding: int
    "Controls and clauses asked for that hold."
    asked: int
    unmet: tuple[str, ...]
    "Controls and clauses that do not hold, as `<framework>/<control>`, `@<field>` where narrowed."


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterPlan:
    """One quarter of the path."""

    quarter: str
    cost: int
    hours: dict[str, int]
    ends: tuple[str, ...]
    "Projects that are done by its end."
    standing: Standing
    "After its end."


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another set of projects that reaches the target."""

    projects: tuple[str, ...]
    cost: int
    ends: str
    added: tuple[str, ...]
    "In this set and not in the path."
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What choosing by a simpler rule would cost."""

    rule: str
    "`greedy`: the best progress per dollar again and again; `per_control`: each control alone."
    cost: int | None
    "None where the rule does not reach the target."
    projects: tuple[str, ...]
    saved: int | None
    "What the path costs less."
    fits: bool
    "Whether its projects fit into the limits of the quarters."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """The cheapest way to so many of the missing controls; between two rungs money buys nothing."""

    cost: int
    controls: int
    "Missing controls and clauses that then hold."
    stage: int
    "Stage then reached, by judgement."
    projects: tuple[str, ...]
    million: int
    "The first whole NT$1 million that suffices."


class ObstacleKind(StrEnum):
    """Why a target is out of reach."""

    NO_PROJECT = "no_project"
    "No project lifts the control at all."
    TOO_LITTLE = "too_little"
    "All projects together do not lift it enough."
    NOT_JUDGED = "not_judged"
    "Nothing can show that it holds: no population, or not judged."
    TOO_LONG = "too_long"
    "Its projects need more quarters than there are."
    LIMITS = "limits"
    "Budget or hours do not suffice."


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One thing in the way of the target."""

    kind: ObstacleKind
    control: str = ""
    in_field: str = ""
    failing: int = 0
    "Items that still fail when everything is done."
    unseen: int = 0
    flags: tuple[str, ...] = ()
    "Tests that no project repeats, or an attestation that none makes."


class RelaxationKind(StrEnum):
    """Which limit would have to give."""

    QUARTERS = "quarters"
    BUDGET = "budget"
    TOTAL = "total"
    HOURS = "hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """The smallest change of one limit, all others kept, that brings the target into reach."""

    kind: RelaxationKind
    by: int
    "Quarters more in all, TWD more per quarter or in all, or hours more per quarter."
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The cheapest path to a target, or why there is none."""

    target: Target
    estate: str
    as_of: datetime
    log_size: int
    log_root: str
    verdicts_sha256: str
    outcome: Outcome
    optimal: bool
    "The cost is proved to be the least."
    earliest: bool
    "No choice of this cost ends earlier: proved."
    reachable: bool
    cost: int
    "Sum of likely costs; no more than this is proved to be needed where optimal."
    cost_low: int
    cost_high: int
    bound: int
    "No path costs less; equal to the cost where optimal."
    projects: tuple[Step, ...]
    before: Standing
    after: Standing
    begins: str
    ends: str
    "Last quarter of the path; empty where nothing needs doing."
    wishes: Wishes
    missing: tuple[Figures, ...]
    "Controls and clauses asked for that do not hold today."
    quarters: tuple[QuarterPlan, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    curve: tuple[Rung, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    left_out: tuple[str, ...] = ()
    "Controls of the target that Panshi does not judge."
    candidates: int = 0
    "Projects looked at."
    pressed: tuple[str, ...] = ()
    "Controls that live exceptions hold up today; the path does not lean on them."
