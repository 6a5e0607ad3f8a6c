"""Posture at a glance: where the estate stands, what keeps it there, what expires soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from panshi.model.control import Control, Framework, Group
from panshi.model.verdict import Assessment, StageVerdict, Verdict
from panshi.report.words import headline_words
from panshi.web.bars import Figures
from panshi.web.figures import together
from panshi.web.gate import action
from panshi.web.looking import Looking, looking
from panshi.web.nodes import node
from panshi.web.words import chinese

SOON = timedelta(days=30)
SHOWN = 8
STAGES = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One stage of one pillar."""

    stage: int
    verdicts: tuple[Verdict, ...]
    figures: Figures

    @property
    def whole(self) -> bool:
        """Whether every control of the cell is met."""
        return bool(self.verdicts) and self.figures.met == self.figures.controls


@dataclass(frozen=True, slots=True, kw_only=True)
class Pillar:
    """One row of the grid."""

    group: Group
    stage: StageVerdict | None
    cells: tuple[Cell, ...]
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A control with its verdict, ready for a list."""

    control: Control
    verdict: Verdict


@action("verdict.view")
def posture(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show where an estate stands."""
    look = looking(request, estate_id)
    found = node().library.frameworks
    context = look.context
    if "zt36" in found:
        context |= _zero_trust(look, found["zt36"])
    if "blueprint" in found:
        context |= _blueprint(look, found["blueprint"])
    context["others"] = [
        (framework, together(look.assess(framework.id).verdicts))
        for framework in found.values()
        if framework.id not in {"zt36", "blueprint"}
    ]
    context["expiring"] = _expiring(look, list(found.values()))
    return render(request, "pages/posture.html", context)


def _zero_trust(look: Looking, framework: Framework) -> dict[str, object]:
    assessment = look.assess(framework.id)
    stages = {each.group: each for each in assessment.stages if each.in_field == look.field}
    verdicts = {each.control: each for each in assessment.verdicts}
    pillars = [
        _pillar(
            group,
            stages.get(group.id),
            [verdicts[each.key] for each in framework.controls if each.group == group.id],
        )
        for group in framework.groups
        if not group.parent
    ]
    whole = stages.get("")
    lift = _named(framework, assessment, whole.to_lift if whole else ())
    gate = sorted({key for each in stages.values() for key in each.gate_blockers})
    return {
        "zt": framework,
        "assessment": assessment,
        "headline": headline_words(assessment, framework, chinese=chinese()),
        "figures": together(assessment.verdicts),
        "pillars": pillars,
        "whole": whole,
        "lift": sorted(lift, key=lambda each: (each.control.stage, each.control.id)),
        "gate": [_gate_clause(key) for key in gate[:SHOWN]],
        "gate_count": len(gate),
    }


def _pillar(group: Group, stage: StageVerdict | None, verdicts: Sequence[Verdict]) -> Pillar:
    cells = []
    for number in STAGES:
        inside = tuple(each for each in verdicts if each.stage == number)
        cells.append(Cell(stage=number, verdicts=inside, figures=together(inside)))
    return Pillar(group=group, stage=stage, cells=tuple(cells), figures=together(verdicts))


def _blueprint(look: Looking, framework: Framework) -> dict[str, object]:
    verdicts = {each.control.partition("/")[2]: each for each in look.assess(framework.id).verdicts}
    below = {group.id: {group.id} for group in framework.groups}
    for group in framework.groups:
        if group.parent in below:
            below[group.parent].add(group.id)
    axes = [
        (
            group,
            together(
                verdicts[control.id]
                for control in framework.controls
                if control.group in below[group.id] and control.id in verdicts
            ),
        )
        for group in framework.groups
        if not group.parent
    ]
    return {"blueprint": framework, "axis_figures": axes}


def _named(framework: Framework, assessment: Assessment, keys: Sequence[str]) -> list[Named]:
    verdicts = {each.control: each for each in assessment.verdicts}
    wanted = {key if "/" in key else f"{framework.id}/{key}" for key in keys}
    return [
        Named(control=framework.by_id[key.partition("/")[2]], verdict=verdicts[key])
        for key in sorted(wanted)
        if key in verdicts
    ]


def _gate_clause(key: str) -> tuple[str, Control | None]:
    framework_id, _, control_id = key.partition("/")
    framework = node().library.frameworks.get(framework_id)
    return key, framework.by_id.get(control_id) if framework else None


def _expiring(look: Looking, frameworks: Sequence[Framework]) -> list[Named]:
    today = look.today
    soon = [
        Named(control=framework.by_id[verdict.control.partition("/")[2]], verdict=verdict)
        for framework in frameworks
        for verdict in look.assess(framework.id).verdicts
        if verdict.expires_on is not None and verdict.expires_on - today <= SOON
    ]
    soon.sort(key=lambda each: (each.verdict.expires_on or today, each.verdict.control))
    return soon[:SHOWN]
