"""What the chosen fields lack per control and stage, and the staged roadmap that closes it.

The gap is what the assessment of zt36 says in each field; nothing is judged anew here. The roadmap
is made by the engine of paths: one path per stage and date, each keeping the projects before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from panshi.errors import PanshiError, UsageError
from panshi.governance.assessment.assessor import Assessor
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.path.plan import Wishes
from panshi.model.asset import AssetId, AssetKind
from panshi.model.control import Control
from panshi.model.verdict import ItemState
from panshi.node.node import Node
from panshi.node.planning import plan
from panshi.node.zero_trust.scope import FRAMEWORK, ScopeSeen
from panshi.protection.zero_trust.scope.facts import Field
from panshi.protection.zero_trust.scope.scoping import SystemScope
from panshi.report.zero_trust_scope.gaps import STAGES, FieldGap, GapLine, Milestone

USUAL_PACE = 4
"Quarters per stage where nobody says otherwise."
USUAL_STAGES = 2
"Stages above the present one that a roadmap shows by itself."


def gap(node: Node, seen: ScopeSeen, as_of: datetime | None = None) -> tuple[FieldGap, ...]:
    """Give what each chosen field lacks."""
    controls = node.library.framework(FRAMEWORK).controls
    asked = seen.scope.chosen_fields

    def judged(assessor: Assessor) -> tuple[FieldGap, ...]:
        return tuple(_gap(assessor, seen, field, controls) for field in asked)

    return node.judging.ask(judged, seen.estate.id, as_of) if asked else ()


def _gap(
    assessor: Assessor, seen: ScopeSeen, field: Field, controls: Iterable[Control]
) -> FieldGap:
    chosen = [each for each in seen.scope.systems if each.fields[field].chosen]
    labelled = field in assessor.fields
    inside = str(field) if labelled else ""
    return FieldGap(
        field=field,
        stage=assessor.stage(FRAMEWORK, "", inside),
        labelled=labelled,
        lines=tuple(_line(assessor, seen, inside, control, chosen) for control in controls),
    )


def _line(
    assessor: Assessor,
    seen: ScopeSeen,
    inside: str,
    control: Control,
    chosen: list[SystemScope],
) -> GapLine:
    states: dict[str, list[str]] = {"passing": [], "failing": [], "unseen": []}
    without, undecided = _by_cloud(seen, control, chosen)
    over_systems = control.population is not None and control.population.kind is AssetKind.SYSTEM
    for each in chosen if over_systems else ():
        if each.system.id in without:
            continue
        item = assessor.item(control.key, AssetId(each.system.id))
        state = ItemState.UNSEEN if item is None else item.state
        word = "passing" if state is ItemState.PASSING else "unseen"
        word = "failing" if state in {ItemState.FAILING, ItemState.STALE_FAIL} else word
        states[word].append(each.system.id)
    return GapLine(
        control=control,
        verdict=assessor.verdict(control.key, inside),
        passing=tuple(states["passing"]),
        failing=tuple(states["failing"]),
        unseen=tuple(states["unseen"]),
        not_applicable=without,
        undecided=undecided,
    )


def _by_cloud(
    seen: ScopeSeen, control: Control, chosen: list[SystemScope]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    tables = {each.model: each for each in seen.scope.applicability}
    in_cloud = [(each.system.id, tables[each.model]) for each in chosen if each.model is not None]
    return (
        tuple(name for name, table in in_cloud if control.id in table.not_applicable),
        tuple(name for name, table in in_cloud if control.id in table.undecided),
    )


def targets(text: str) -> tuple[tuple[int, str], ...]:
    """Read `I=2027Q2,II=2027Q4`: stages with the quarters they are due by, in order."""
    found: list[tuple[int, str]] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, quarter = part.partition("=")
        if name.strip() not in STAGES:
            raise UsageError(f"{part[:40]!r} names no stage", remedy="write II=2027Q4")
        found.append((STAGES.index(name.strip()) + 1, str(Quarter.read(quarter.strip()))))
    ordered = sorted(found)
    rising = [Quarter.read(quarter).index for _, quarter in ordered]
    if len({stage for stage, _ in found}) < len(found) or rising != sorted(rising):
        raise UsageError(
            "stages and quarters do not rise together", remedy="write I=2027Q2,II=2027Q4"
        )
    return tuple(ordered)


def usual_targets(node: Node, gaps: tuple[FieldGap, ...]) -> tuple[tuple[int, str], ...]:
    """Give the next stages from where the lowest chosen field stands, a year each."""
    begins = Quarter.of(node.clock()).after(1)
    lowest = min((each.stage.stage for each in gaps), default=0)
    return tuple(
        (stage, str(begins.after(USUAL_PACE * step - 1)))
        for step, stage in enumerate(range(lowest + 1, len(STAGES) + 1), start=1)
        if step <= USUAL_STAGES
    )


def roadmap(
    node: Node,
    seen: ScopeSeen,
    gaps: tuple[FieldGap, ...],
    wanted: tuple[tuple[int, str], ...] = (),
) -> tuple[Milestone, ...]:
    """Find a path to each stage by its date; later ones keep the projects of earlier ones."""
    fields = tuple(str(each.field) for each in gaps if each.labelled)
    made: list[Milestone] = []
    kept: tuple[str, ...] = ()
    begins = Quarter.of(node.clock()).after(1)
    for stage, by in (wanted or usual_targets(node, gaps)) if fields else ():
        quarters = Quarter.read(by).index - begins.index + 1
        if quarters < 1:
            made.append(Milestone(stage=stage, by=by, fields=fields, plan=None, refused="past"))
            continue
        wishes = Wishes(quarters=quarters, force=kept, alternatives=0, curve=False)
        try:
            found = plan(
                node,
                FRAMEWORK,
                STAGES[stage - 1],
                seen.estate.id,
                fields=fields,
                wishes=wishes,
            )
        except PanshiError as error:
            made.append(
                Milestone(stage=stage, by=by, fields=fields, plan=None, refused=error.problem)
            )
            continue
        made.append(Milestone(stage=stage, by=by, fields=fields, plan=found))
        if found.reachable:
            kept = tuple(dict.fromkeys((*kept, *(each.id for each in found.projects))))
    return tuple(made)
