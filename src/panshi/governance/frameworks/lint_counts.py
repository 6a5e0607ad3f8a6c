"""Counts that must hold: a control lost or doubled in editing changes one of these.

The figures come from the documents themselves: 36 controls over five pillars and four stages; 54
articles with 220 entries of which 188 oblige; 29 measures over four axes; 30 printed headings whose
inferred split gives 40.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from panshi.governance.frameworks.coverage import coverage, is_obligation
from panshi.governance.frameworks.issue import Issue, Rule, Shelf, at
from panshi.model.control import Basis, Framework, Strength

_STAGES = range(1, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the document of one framework holds."""

    controls: int
    groups: dict[str, int] = field(default_factory=dict)
    stages: dict[int, int] = field(default_factory=dict)
    strengths: dict[Strength, int] = field(default_factory=dict)
    leaf_groups: int = 0
    "Groups that hold controls themselves."
    inferred: int = 0
    leaves: int = 0
    "Controls that no other control names as parent."


EXPECTED: dict[str, Expected] = {
    "zt36": Expected(
        controls=36,
        groups={"identity": 7, "device": 7, "network": 7, "application": 7, "data": 8},
        stages={1: 12, 2: 10, 3: 9, 4: 5},
    ),
    "emerging": Expected(
        controls=220,
        groups={f"chapter-{n}": c for n, c in enumerate((1, 84, 15, 28, 16, 28, 7, 41), start=1)},
        strengths={
            Strength.MUST: 153,
            Strength.MUST_NOT: 4,
            Strength.SHOULD: 31,
            Strength.MAY: 8,
            Strength.NONE: 24,
        },
        leaf_groups=54,
    ),
    "blueprint": Expected(
        controls=29,
        groups={"governance": 6, "protection": 11, "alliance": 6, "resilience": 6},
        leaf_groups=10,
    ),
    "actionplan": Expected(
        controls=47,
        groups={"supervision": 17, "governance": 12, "resilience": 10, "alliance": 8},
        inferred=17,
        leaves=40,
    ),
}


def validate_counts(shelf: Shelf) -> Iterator[Issue]:
    """Compare the shipped frameworks with what their documents hold."""
    for located in shelf.frameworks:
        framework = located.content
        expected = EXPECTED.get(framework.id)
        if expected is None:
            continue
        for what, found, wanted in _figures(framework, expected):
            if found != wanted:
                yield Issue(
                    rule=Rule.COUNT,
                    place=located.source,
                    subject=framework.id,
                    problem=f"{found} {what}, the document has {wanted}",
                    remedy="look for what was lost or doubled",
                )


def validate_stages(shelf: Shelf) -> Iterator[Issue]:
    """Check that stages 1 to 4 stand on every control of a staged framework, and on no other."""
    for located, control in shelf.each_control():
        staged = located.content.staged
        if staged and control.stage not in _STAGES:
            problem = f"stage {control.stage} in a staged framework"
            yield at(located, control, "stage", Rule.STAGE, problem, "write 1 to 4")
        if not staged and control.stage:
            problem = f"stage {control.stage} in a framework without stages"
            yield at(located, control, "stage", Rule.STAGE, problem, "remove it")


def validate_judgement(shelf: Shelf) -> Iterator[Issue]:
    """Check that what obliges is judged or said to be open, and that permissions are not judged."""
    for located, control in shelf.each_control():
        if control.strength is Strength.MAY and control.basis is not Basis.NOT_JUDGED:
            problem = "a permission is judged"
            yield at(
                located, control, "strength", Rule.JUDGEMENT, problem, "remove check and class"
            )
        if is_obligation(control) and control.basis is Basis.NOT_JUDGED:
            problem = "an obligation that nothing judges"
            remedy = "give it a check, an attestation, or its machine class"
            yield at(located, control, "strength", Rule.JUDGEMENT, problem, remedy)


def _figures(framework: Framework, expected: Expected) -> Iterator[tuple[str, int, int]]:
    controls = framework.controls
    yield "controls", len(controls), expected.controls
    groups = {group.id: group.count.total for group in coverage(framework).groups}
    for name, wanted in expected.groups.items():
        yield f"controls in group {name}", groups.get(name, 0), wanted
    stages = Counter(control.stage for control in controls)
    for stage, wanted in expected.stages.items():
        yield f"controls of stage {stage}", stages[stage], wanted
    strengths = Counter(control.strength for control in controls)
    for strength, wanted in expected.strengths.items():
        yield f"controls of strength {strength}", strengths[strength], wanted
    if expected.leaf_groups:
        held = len({control.group for control in controls})
        yield "groups with controls", held, expected.leaf_groups
    inferred = sum(each.inferred and bool(each.parent) for each in controls)
    yield "inferred parts of a control", inferred, expected.inferred
    if expected.leaves:
        parents = {control.parent for control in controls}
        yield "leaves", sum(each.id not in parents for each in controls), expected.leaves
