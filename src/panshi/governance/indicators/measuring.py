"""From a formula and facts to a value, with what it rests on and how good the data are.

A share with nothing to divide by is unknown, never 0 and never 1. Unseen is not passing: where a
formula names a population, assets nobody looked at stay in the denominator.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from panshi.governance.assessment.shares import mean
from panshi.governance.indicators.facts import Facts, Look
from panshi.governance.indicators.formula import (
    ControlFigure,
    ControlsMet,
    CountOf,
    Figure,
    Formula,
    Ground,
    ItemFigure,
    ItemsOf,
    Looks,
    LooksPassing,
    MeanOf,
    Over,
    QuantileOf,
    Register,
    RegisterCount,
    Select,
    StageOf,
)
from panshi.model.asset import AssetId
from panshi.model.control import Basis
from panshi.model.predicate import compiled, of_attributes
from panshi.model.verdict import ReasonCode, Status, Verdict
from panshi.model.zone import day_of

_LEFT_OUT = frozenset({Status.NOT_APPLICABLE, Status.NOT_JUDGED, Status.NO_POPULATION})
PERMILLE = 1000


class Grade(StrEnum):
    """How good the data behind a value are."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


GRADES: tuple[tuple[Grade, int], ...] = ((Grade.A, 950), (Grade.B, 800), (Grade.C, 500))
"From so many thousandths seen on; below the last it is D."
ATTESTED_AT_BEST = Grade.C
"What rests on people's statements is never better."


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One value with what it rests on."""

    value: float | None
    "None: unknown."
    numerator: float | None = None
    denominator: float | None = None
    coverage: float | None = None
    "Share of what it speaks of that was really seen; None where there was nothing to see."
    attested: int = 0
    "Controls in it that a person's statement stands for."


def grade(measured: Measured) -> Grade:
    """Grade the data by how much was seen and whether machines saw it."""
    if measured.value is None or measured.coverage is None:
        return Grade.D
    seen = math.floor(measured.coverage * PERMILLE + 1e-9)
    found = next((each for each, least in GRADES if seen >= least), Grade.D)
    return max(found, ATTESTED_AT_BEST) if measured.attested else found


def measure(formula: Formula, facts: Facts) -> Measured:
    """Compute a formula."""
    match formula:
        case ControlsMet():
            return _met(formula, facts)
        case MeanOf():
            return _mean(formula, facts)
        case ItemsOf():
            return _items(formula, facts)
        case CountOf():
            return _count(formula, facts)
        case StageOf():
            return _stage(formula, facts)
        case LooksPassing():
            return _looks(formula, facts)
        case QuantileOf():
            return _quantile(formula, facts)
        case RegisterCount():
            return _register(formula, facts)
        case _:
            assert_never(formula)


def _met(formula: ControlsMet, facts: Facts) -> Measured:
    verdicts = [each for each in _chosen(formula.of, facts) if _counted(each, formula.ground)]
    met = [each for each in verdicts if each.met]
    return _of_controls(len(met), len(verdicts), verdicts)


def _counted(verdict: Verdict, ground: Ground) -> bool:
    if verdict.status in _LEFT_OUT:
        return False
    attested = verdict.basis is Basis.ATTESTED
    match ground:
        case Ground.EVIDENCE:
            return not attested
        case Ground.ATTESTED:
            return attested
        case Ground.ANY:
            return True
        case _:
            assert_never(ground)


def _mean(formula: MeanOf, facts: Facts) -> Measured:
    verdicts = list(_chosen(formula.of, facts))
    if formula.figure is Figure.GAP:
        verdicts = [each for each in verdicts if each.claimed is not None]
    shares = mean(verdicts)
    match formula.figure:
        case Figure.EVIDENCED:
            value = shares.evidenced
        case Figure.POSSIBLE:
            value = shares.possible
        case Figure.CLAIMED:
            value = shares.claimed
        case Figure.GAP:
            known = shares.claimed is not None and shares.evidenced is not None
            value = (shares.claimed or 0.0) - (shares.evidenced or 0.0) if known else None
        case _:
            assert_never(formula.figure)
    if not any(each.tally.seen for each in verdicts):
        value = None
    count = float(shares.judged)
    return Measured(
        value=value,
        numerator=None if value is None else value * count,
        denominator=count,
        coverage=_coverage(verdicts),
    )


def _items(formula: ItemsOf, facts: Facts) -> Measured:
    verdicts = [each for each in _chosen(formula.of, facts) if each.status not in _LEFT_OUT]
    population = sum(each.tally.population for each in verdicts)
    match formula.figure:
        case ItemFigure.PASSING:
            found = sum(each.tally.passing for each in verdicts)
        case ItemFigure.FAILING:
            found = sum(each.tally.failing + each.tally.stale_fail for each in verdicts)
        case ItemFigure.UNSEEN:
            found = sum(each.tally.unseen for each in verdicts)
        case _:
            assert_never(formula.figure)
    coverage = 1.0 if formula.figure is ItemFigure.UNSEEN else _coverage(verdicts)
    return _share(found, population, coverage if population else None)


def _count(formula: CountOf, facts: Facts) -> Measured:
    verdicts = [each for each in _chosen(formula.of, facts) if each.status not in _LEFT_OUT]
    if not verdicts:
        return Measured(value=None)
    match formula.figure:
        case ControlFigure.UNMET:
            found = sum(not each.met for each in verdicts)
        case ControlFigure.CONTRADICTED:
            found = sum(_because(each, ReasonCode.CONTRADICTED) for each in verdicts)
        case ControlFigure.EXCEPTED:
            found = sum(each.met and not each.met_without_exceptions for each in verdicts)
        case _:
            assert_never(formula.figure)
    made = _of_controls(found, len(verdicts), verdicts)
    return Measured(
        value=float(found),
        numerator=float(found),
        denominator=float(len(verdicts)),
        coverage=made.coverage,
        attested=made.attested,
    )


def _stage(formula: StageOf, facts: Facts) -> Measured:
    assessment = facts.assessments.get(formula.framework)
    for each in assessment.stages if assessment else ():
        if each.group == formula.group and not each.in_field:
            verdicts = _chosen(_select_stage(formula), facts)
            return Measured(value=float(each.stage), coverage=_coverage(verdicts))
    return Measured(value=None)


def _select_stage(formula: StageOf) -> Select:
    groups = (formula.group,) if formula.group else ()
    return Select(framework=formula.framework, groups=groups)


def _looks(formula: LooksPassing, facts: Facts) -> Measured:
    looks = list(_taken(formula.looks, facts))
    test, day = compiled(formula.passes), day_of(facts.moment)
    if formula.looks.over is Over.QUARTER:
        passing = sum(test(each.body, day) for each in looks)
        return _share(passing, len(looks), 1.0 if looks else None)
    seen = {each.asset for each in looks}
    failing = {each.asset for each in looks if not test(each.body, day)}
    population = _population(formula.looks, facts)
    whole = seen if population is None else population
    return _share(len((seen - failing) & whole), len(whole), _part(len(seen & whole), len(whole)))


def _quantile(formula: QuantileOf, facts: Facts) -> Measured:
    looks = [
        each for each in _taken(formula.looks, facts) if _number(each, formula.field) is not None
    ]
    values = sorted(float(_number(each, formula.field) or 0.0) for each in looks)
    population = _population(formula.looks, facts)
    seen = {each.asset for each in looks}
    coverage = 1.0 if values else None
    if population is not None:
        coverage = _part(len(seen & population), len(population))
    if not values:
        return Measured(value=None, coverage=coverage)
    place = math.ceil(formula.permille * len(values) / PERMILLE)
    return Measured(
        value=values[max(place, 1) - 1],
        denominator=float(len(values)),
        coverage=coverage,
    )


def _register(formula: RegisterCount, facts: Facts) -> Measured:
    value = facts.registers.get(formula.register)
    coverage = None if value is None else 1.0
    attested = int(formula.register is Register.OFFICE_FINDINGS)
    return Measured(value=value, coverage=coverage, attested=attested)


def _chosen(select: Select, facts: Facts) -> Iterator[Verdict]:
    """Give the verdicts a selection speaks of."""
    framework = facts.frameworks.get(select.framework)
    assessment = facts.assessments.get(select.framework)
    if framework is None or assessment is None:
        return
    parents = {group.id: group.parent for group in framework.groups}
    wanted = set(select.groups)
    for verdict in assessment.verdicts:
        control = framework.by_id[verdict.control.partition("/")[2]]
        if (
            (not wanted or not wanted.isdisjoint(_upward(control.group, parents)))
            and (not select.stages or control.stage in select.stages)
            and (not select.controls or control.id in select.controls)
            and (not select.binding or control.strength.binding)
        ):
            yield verdict


def _upward(group: str, parents: dict[str, str]) -> Iterator[str]:
    """Give a group and those it belongs to."""
    passed: set[str] = set()
    while group and group not in passed:
        passed.add(group)
        yield group
        group = parents.get(group, "")


def _taken(looks: Looks, facts: Facts) -> Iterator[Look]:
    """Give the looks a formula takes: of the quarter, or the newest that are fresh."""
    if looks.over is Over.QUARTER:
        yield from facts.in_quarter.get(looks.kind, ())
        return
    oldest = facts.moment - timedelta(days=looks.fresh_days)
    population = _population(looks, facts)
    for each in facts.newest.get(looks.kind, ()):
        if each.observed_at >= oldest and (population is None or each.asset in population):
            yield each


def _population(looks: Looks, facts: Facts) -> set[AssetId] | None:
    if looks.assets is None:
        return None
    fits = compiled(looks.where, of_attributes) if looks.where is not None else None
    day = day_of(facts.moment)
    return {
        asset.id
        for asset in facts.estate.by_kind.get(looks.assets, ())
        if fits is None or fits(asset.attributes, day)
    }


def _number(look: Look, name: str) -> float | None:
    found = getattr(look.body, name, None)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if math.isfinite(found) else None


def _of_controls(found: int, whole: int, verdicts: list[Verdict]) -> Measured:
    attested = sum(each.basis is Basis.ATTESTED for each in verdicts)
    seen = _coverage(verdicts)
    if seen is None and attested:
        standing = sum(each.status is Status.ATTESTED for each in verdicts)
        seen = _part(standing, attested)
    made = _share(found, whole, seen)
    return Measured(
        value=made.value,
        numerator=made.numerator,
        denominator=made.denominator,
        coverage=made.coverage,
        attested=attested,
    )


def _share(found: float, whole: float, coverage: float | None) -> Measured:
    return Measured(
        value=_part(found, whole), numerator=found, denominator=whole, coverage=coverage
    )


def _coverage(verdicts: Iterable[Verdict]) -> float | None:
    """Give the share of all population items that were really seen."""
    every = list(verdicts)
    population = sum(each.tally.population for each in every)
    return _part(sum(each.tally.seen for each in every), population)


def _part(found: float, whole: float) -> float | None:
    return found / whole if whole else None


def _because(verdict: Verdict, code: ReasonCode) -> bool:
    return any(reason.code is code for reason in verdict.reasons)
