"""Indicators: measured now or as of the end of a quarter, frozen once it ended, looked at in trend.

measured(node)              every indicator now (the quarter so far, not frozen)
freeze(node, quarter, …)    seal a quarter's values; refused before its end and a second time
standings(node)             definition, last frozen value, trend, forecast and the value now
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from panshi.errors import BadInputError, MissingError, PanshiError, UsageError
from panshi.evidence.log import Filter
from panshi.governance.indicators.definition import (
    DEFINITION_KIND,
    Defined,
    Indicator,
    defined,
    revised,
)
from panshi.governance.indicators.facts import Facts, Look, needs
from panshi.governance.indicators.measuring import Grade, Measured, grade, measure
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.snapshots import SNAPSHOT_KIND, Frozen, frozen
from panshi.governance.indicators.trend import Point, Standing, Trend, standing, trend
from panshi.governance.persons import acting_person
from panshi.model.bodies.indicators import IndicatorDefinition, IndicatorSnapshot, SnapshotValue
from panshi.model.observation import ObservationId, Sealed
from panshi.model.verdict import Assessment
from panshi.node.exceptions import views_of
from panshi.node.node import Node
from panshi.node.own_records import own_records
from panshi.node.registers import figures
from panshi.node.remembered import remembered_of_records

if TYPE_CHECKING:
    from panshi.governance.assessment.assessor import Assessor
    from panshi.governance.exceptions.views import ExceptionView
    from panshi.model.estate import Estate

PAGE = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorValue:
    """One indicator's value at a moment."""

    indicator: Indicator
    measured: Measured
    grade: Grade
    target: float | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAt:
    """Every indicator at one moment, and what it was judged on."""

    moment: datetime
    quarter: Quarter
    values: tuple[IndicatorValue, ...]
    estate: str
    estate_version: int
    log_size: int
    log_root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorStanding:
    """Everything a table or page says of one indicator."""

    defined: Defined
    now: IndicatorValue
    "The quarter so far, not frozen."
    trend: Trend

    @property
    def indicator(self) -> Indicator:
        """The definition in force."""
        return self.defined.now

    @property
    def last(self) -> Point | None:
        """The newest frozen quarter."""
        points = self.trend.points
        return points[-1] if points else None


def definitions(
    node: Node, estate_id: str | None = None, as_of: datetime | None = None
) -> Mapping[str, Defined]:
    """Give every indicator as defined now or at another moment."""
    changes = own_records(node, DEFINITION_KIND, estate_id, as_of)
    return defined(node.library.indicators, changes, as_of or node.clock())


def measured(
    node: Node,
    estate_id: str | None = None,
    as_of: datetime | None = None,
    without: Collection[ObservationId] = (),
) -> MeasuredAt:
    """Measure every indicator at a moment; now is remembered until something changes."""
    estate = node.estate(estate_id)
    if as_of is None and not without:
        return remembered_of_records(
            node, "indicators", estate.id, lambda: _measured(node, estate.id, None, ())
        )
    return _measured(node, estate.id, as_of, without)


def _measured(
    node: Node, estate_id: str, as_of: datetime | None, without: Collection[ObservationId]
) -> MeasuredAt:
    moment = as_of or node.clock()
    known = [each.now for each in definitions(node, estate_id, as_of).values()]
    facts = _facts(node, estate_id, moment, as_of, known, without)
    judged = next(iter(facts.assessments.values()), None)
    return MeasuredAt(
        moment=moment,
        quarter=facts.quarter,
        values=tuple(_value(each, facts) for each in known),
        estate=estate_id,
        estate_version=facts.estate.version,
        log_size=judged.log_size if judged else node.log.size(),
        log_root=judged.log_root if judged else node.log.root().hex(),
    )


def _value(indicator: Indicator, facts: Facts) -> IndicatorValue:
    found = measure(indicator.formula, facts)
    target = indicator.target(facts.quarter)
    return IndicatorValue(
        indicator=indicator,
        measured=found,
        grade=grade(found),
        target=target,
        standing=standing(found.value, target, indicator.tolerance, indicator.direction),
    )


def _facts(
    node: Node,
    estate_id: str,
    moment: datetime,
    as_of: datetime | None,
    known: Iterable[Indicator],
    without: Collection[ObservationId],
) -> Facts:
    wanted = needs(each.formula for each in known)
    quarter = Quarter.of(moment)

    def judge(
        assessor: Assessor,
    ) -> tuple[Estate, dict[str, Assessment], tuple[ExceptionView, ...]]:
        there = wanted.frameworks & assessor.frameworks.keys()
        assessments = {each: assessor.assess(each) for each in sorted(there)}
        return assessor.estate, assessments, views_of(assessor)

    estate, assessments, exceptions = node.judging.ask(judge, estate_id, as_of, without)
    newest = node.log.latest(sorted(wanted.newest), as_of=as_of, without=without)
    return Facts(
        moment=moment,
        quarter=quarter,
        estate=estate,
        frameworks=node.library.frameworks,
        assessments=assessments,
        newest=_by_kind(estate, newest),
        in_quarter=_by_kind(
            estate, _of_quarter(node, wanted.in_quarter, quarter, moment, frozenset(without))
        ),
        registers=figures(node, estate_id, exceptions, as_of),
    )


def _by_kind(estate: Estate, sealed: Iterable[Sealed]) -> dict[str, tuple[Look, ...]]:
    found: dict[str, list[Look]] = {}
    for each in sealed:
        seen = each.observation
        asset = estate.resolve(seen.subject)
        if asset is not None and seen.body is not None:
            look = Look(asset=asset, observed_at=seen.observed_at, body=seen.body)
            found.setdefault(seen.kind, []).append(look)
    return {kind: tuple(looks) for kind, looks in found.items()}


def _of_quarter(
    node: Node,
    kinds: Iterable[str],
    quarter: Quarter,
    moment: datetime,
    without: frozenset[ObservationId],
) -> Iterator[Sealed]:
    """Give every look observed in the quarter and received by the moment."""
    for kind in sorted(kinds):
        wanted = Filter(kind=kind, since=quarter.begins, until=moment)
        before: int | None = None
        while found := node.log.page(wanted, before=before, limit=PAGE):
            for each in found:
                if each.received_at <= moment and each.id not in without:
                    yield each
            before = found[-1].position


def snapshots(node: Node, estate_id: str | None = None) -> tuple[Frozen, ...]:
    """Give the frozen quarters, oldest first."""
    return frozen(own_records(node, SNAPSHOT_KIND, estate_id))


def freeze(
    node: Node,
    quarter: Quarter,
    *,
    actor: str,
    estate_id: str | None = None,
    why: str = "",
    without: Collection[ObservationId] = (),
) -> ObservationId:
    """Seal the values of a quarter that ended; once frozen it is only ever corrected."""
    estate, person = node.estate(estate_id), acting_person(actor)
    if node.clock() <= quarter.ends:
        raise UsageError(
            f"{quarter} ends on {quarter.last_day}", remedy="freeze it from the next day on"
        )
    before = {each.quarter: each for each in snapshots(node, estate.id)}.get(quarter)
    if before is not None and not why.strip():
        raise UsageError(
            f"{quarter} was frozen on {before.first.at.date()} and does not change",
            remedy="a correction needs a reason and stands beside what was frozen",
        )
    if before is None and (why.strip() or without):
        raise UsageError(f"{quarter} was not frozen yet", remedy="freeze it first")
    values = measured(node, estate.id, quarter.ends, without)
    body = IndicatorSnapshot(
        quarter=str(quarter),
        as_of=quarter.ends,
        values=tuple(map(_frozen_value, values.values)),
        estate=estate.id,
        estate_version=values.estate_version,
        log_size=values.log_size,
        log_root=values.log_root,
        frozen_by=person,
        corrects=before.newest.id if before is not None else "",
        why=why.strip(),
        without=tuple(without),
    )
    return node.record(SNAPSHOT_KIND, body, facet=str(quarter), actor=actor, estate_id=estate.id)


def _frozen_value(value: IndicatorValue) -> SnapshotValue:
    indicator, found = value.indicator, value.measured
    return SnapshotValue(
        indicator=indicator.id,
        revision=indicator.revision,
        measure=indicator.measure,
        formula=indicator.formula_text,
        unit=indicator.unit,
        direction=indicator.direction,
        value=found.value,
        numerator=found.numerator,
        denominator=found.denominator,
        coverage=found.coverage,
        grade=value.grade,
        target=value.target,
        tolerance=indicator.tolerance,
    )


def standings(node: Node, estate_id: str | None = None) -> tuple[IndicatorStanding, ...]:
    """Give every indicator with its trend and its value now."""
    estate = node.estate(estate_id)
    return remembered_of_records(
        node, "indicator-standings", estate.id, lambda: _standings(node, estate.id)
    )


def _standings(node: Node, estate_id: str) -> tuple[IndicatorStanding, ...]:
    known = definitions(node, estate_id)
    quarters = snapshots(node, estate_id)
    return tuple(
        IndicatorStanding(
            defined=known[each.indicator.id],
            now=each,
            trend=trend(each.indicator, quarters),
        )
        for each in measured(node, estate_id).values
    )


def indicator_named(
    node: Node, indicator_id: str, estate_id: str | None = None
) -> IndicatorStanding:
    """Give one indicator, or say which there are."""
    every = standings(node, estate_id)
    found = next((each for each in every if each.indicator.id == indicator_id), None)
    if found is None:
        names = ", ".join(each.indicator.id for each in every)
        raise MissingError(f"there is no indicator {indicator_id!r}", remedy=f"indicators: {names}")
    return found


def define(
    node: Node, body: IndicatorDefinition, *, actor: str, estate_id: str | None = None
) -> ObservationId:
    """Change what an indicator means from now on, or add one; who and why are sealed with it."""
    body = _by(body, acting_person(actor))
    node.library.offices.office(body.owner)
    before = definitions(node, estate_id).get(body.indicator)
    try:
        made = revised(body, before.now if before else None, at=node.clock())
    except PanshiError as error:
        raise BadInputError(error.problem, place=error.place, remedy=error.remedy) from error
    if before is not None and _same(made, before.now):
        raise UsageError(
            f"this is what {body.indicator} means already", remedy="change something, or nothing"
        )
    for framework_id in needs((made.formula,)).frameworks:
        node.library.framework(framework_id)
    return node.record(
        DEFINITION_KIND, body, facet=body.indicator, actor=actor, estate_id=estate_id
    )


def body_of(indicator: Indicator) -> IndicatorDefinition:
    """Give the record that would define an indicator as it is, to be changed in part."""
    return IndicatorDefinition(
        indicator=indicator.id,
        title_zh=indicator.title_zh,
        title_en=indicator.title_en,
        formula=indicator.formula_text,
        unit=indicator.unit,
        direction=indicator.direction,
        owner=indicator.owner,
        tolerance=indicator.tolerance,
        targets=tuple(f"{each.quarter}={each.value:g}" for each in indicator.targets),
        changed_by="",
        why="",
    )


def _same(one: Indicator, other: Indicator) -> bool:
    return (
        one.measure == other.measure
        and (one.title_zh, one.title_en, one.owner) == (other.title_zh, other.title_en, other.owner)
        and (one.targets, one.tolerance) == (other.targets, other.tolerance)
    )


def _by(body: IndicatorDefinition, person: str) -> IndicatorDefinition:
    values = {name: getattr(body, name) for name in IndicatorDefinition.__dataclass_fields__}
    return IndicatorDefinition(**values | {"changed_by": person})


__all__ = [
    "IndicatorStanding",
    "IndicatorValue",
    "MeasuredAt",
    "body_of",
    "define",
    "definitions",
    "freeze",
    "indicator_named",
    "measured",
    "snapshots",
    "standings",
]
