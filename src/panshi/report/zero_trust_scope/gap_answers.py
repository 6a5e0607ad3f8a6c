"""Gap and roadmap in their documented JSON form."""

from __future__ import annotations

from typing import TypedDict

from panshi.governance.path.plan import Plan
from panshi.model.verdict import Status
from panshi.report.zero_trust_scope.gap_words import gap_sentence, milestone_sentence
from panshi.report.zero_trust_scope.gaps import STAGES, FieldGap, Milestone


class GapControl(TypedDict):
    """One control in one chosen field."""

    control: str
    title_zh: str
    title_en: str
    stage: int
    status: Status
    met: bool
    population: int
    seen: int
    passing: int
    failing: int
    unseen: int
    systems_passing: tuple[str, ...]
    systems_failing: tuple[str, ...]
    systems_unseen: tuple[str, ...]
    systems_not_applicable: tuple[str, ...]
    "Their cloud model leaves the control out."
    systems_undecided: tuple[str, ...]
    "In the cloud, and the source does not say."


class GapOfField(TypedDict):
    """One chosen field."""

    field: str
    labelled: bool
    stage: int
    zh: str
    en: str
    controls: list[GapControl]


class MilestoneAnswer(TypedDict):
    """One stage of the roadmap."""

    stage: str
    by: str
    fields: tuple[str, ...]
    reachable: bool
    refused: str
    zh: str
    en: str
    plan: Plan | None


class RoadmapAnswer(TypedDict):
    """What is missing, and how it is closed."""

    gaps: list[GapOfField]
    roadmap: list[MilestoneAnswer]


def gap_answer(gaps: tuple[FieldGap, ...], steps: tuple[Milestone, ...]) -> RoadmapAnswer:
    """Lay gap and roadmap out."""
    return {
        "gaps": [_gap(each) for each in gaps],
        "roadmap": [
            {
                "stage": STAGES[each.stage - 1],
                "by": each.by,
                "fields": each.fields,
                "reachable": each.plan is not None and each.plan.reachable,
                "refused": each.refused,
                "zh": milestone_sentence(each, chinese=True),
                "en": milestone_sentence(each, chinese=False),
                "plan": each.plan,
            }
            for each in steps
        ],
    }


def _gap(gap: FieldGap) -> GapOfField:
    return {
        "field": gap.field,
        "labelled": gap.labelled,
        "stage": gap.stage.stage,
        "zh": gap_sentence(gap, chinese=True),
        "en": gap_sentence(gap, chinese=False),
        "controls": [
            {
                "control": line.control.id,
                "title_zh": line.control.title_zh,
                "title_en": line.control.title_en,
                "stage": line.control.stage,
                "status": line.verdict.status,
                "met": line.verdict.met,
                "population": line.verdict.tally.population,
                "seen": line.verdict.tally.seen,
                "passing": line.verdict.tally.passing,
                "failing": line.verdict.tally.failing + line.verdict.tally.stale_fail,
                "unseen": line.verdict.tally.unseen,
                "systems_passing": line.passing,
                "systems_failing": line.failing,
                "systems_unseen": line.unseen,
                "systems_not_applicable": line.not_applicable,
                "systems_undecided": line.undecided,
            }
            for line in gap.lines
        ],
    }
