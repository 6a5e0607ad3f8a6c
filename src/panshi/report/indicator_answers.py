"""Indicators in the documented JSON forms that command line and API share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from panshi.governance.indicators.definition import Direction, Indicator, Unit
from panshi.governance.indicators.measuring import Grade
from panshi.governance.indicators.snapshots import Frozen, Snapshot
from panshi.governance.indicators.trend import Forecast, Point, Standing, Trend
from panshi.model.bodies.indicators import SnapshotValue


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAnswer:
    """What should be reached by the end of a quarter."""

    quarter: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionAnswer:
    """One revision of a definition."""

    revision: int
    since: datetime | None
    "Null: as shipped."
    changed_by: str
    why: str
    measure: str
    "Digest of formula, unit and direction: values of different ones are not compared."
    formula: str
    unit: Unit
    direction: Direction
    owner: str
    targets: tuple[TargetAnswer, ...]
    tolerance: float
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueAnswer:
    """A value at a moment."""

    value: float | None
    "Null: unknown."
    numerator: float | None
    denominator: float | None
    coverage: float | None
    "Share of what it speaks of that was really seen."
    grade: Grade
    target: float | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class PointAnswer:
    """One frozen quarter."""

    quarter: str
    value: float | None
    target: float | None
    tolerance: float
    standing: Standing
    grade: str
    coverage: float | None
    revision: int
    measure: str
    evidence_id: str
    corrected: bool
    first_value: float | None
    "What was frozen first, where it was corrected since."


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadAnswer:
    """One forecast quarter with its 80 % interval."""

    quarter: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastAnswer:
    """Where the last segment leads if it goes on as it went: a forecast, not a promise."""

    method: str
    slope: float
    "Per quarter."
    points: int
    ahead: tuple[AheadAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorAnswer:
    """One indicator in a list."""

    id: str
    title_zh: str
    title_en: str
    unit: Unit
    direction: Direction
    owner: str
    measures: tuple[str, ...]
    revision: int
    last: PointAnswer | None
    "The newest frozen quarter."
    now: ValueAnswer
    "The quarter so far, not frozen."
    forecast: ForecastAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentAnswer:
    """Consecutive quarters of one measure."""

    measure: str
    points: tuple[PointAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDetail:
    """One indicator with its trend and every revision."""

    indicator: IndicatorAnswer
    references: tuple[str, ...]
    segments: tuple[SegmentAnswer, ...]
    revisions: tuple[RevisionAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotAnswer:
    """One snapshot of a quarter."""

    id: str
    frozen_at: datetime
    frozen_by: str
    as_of: datetime
    estate_version: int
    log_size: int
    log_root: str
    corrects: str
    why: str
    values: tuple[SnapshotValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterAnswer:
    """A frozen quarter: what was frozen first and what corrected it since."""

    quarter: str
    first: SnapshotAnswer
    corrections: tuple[SnapshotAnswer, ...]


def revision_answer(made: Indicator) -> RevisionAnswer:
    """Lay out a revision."""
    return RevisionAnswer(
        revision=made.revision,
        since=made.since,
        changed_by=made.changed_by,
        why=made.why,
        measure=made.measure,
        formula=made.formula_text,
        unit=made.unit,
        direction=made.direction,
        owner=made.owner,
        targets=tuple(
            TargetAnswer(quarter=str(each.quarter), value=each.value) for each in made.targets
        ),
        tolerance=made.tolerance,
        evidence_id=made.evidence_id,
    )


def indicator_answer(made: Indicator, trend: Trend, now: ValueAnswer) -> IndicatorAnswer:
    """Lay out an indicator in a list."""
    points = trend.points
    return IndicatorAnswer(
        id=made.id,
        title_zh=made.title_zh,
        title_en=made.title_en,
        unit=made.unit,
        direction=made.direction,
        owner=made.owner,
        measures=made.measures,
        revision=made.revision,
        last=point_answer(points[-1]) if points else None,
        now=now,
        forecast=forecast_answer(trend.forecast) if trend.forecast else None,
    )


def indicator_detail(
    made: Indicator, trend: Trend, now: ValueAnswer, revisions: Iterable[Indicator]
) -> IndicatorDetail:
    """Lay out one indicator whole."""
    return IndicatorDetail(
        indicator=indicator_answer(made, trend, now),
        references=made.references,
        segments=tuple(
            SegmentAnswer(measure=each.measure, points=tuple(map(point_answer, each.points)))
            for each in trend.segments
        ),
        revisions=tuple(map(revision_answer, revisions)),
    )


def point_answer(point: Point) -> PointAnswer:
    """Lay out a frozen quarter."""
    return PointAnswer(
        quarter=str(point.quarter),
        value=point.value,
        target=point.target,
        tolerance=point.tolerance,
        standing=point.standing,
        grade=point.grade,
        coverage=point.coverage,
        revision=point.revision,
        measure=point.measure,
        evidence_id=point.evidence_id,
        corrected=point.corrected,
        first_value=point.first_value if point.corrected else None,
    )


def forecast_answer(found: Forecast) -> ForecastAnswer:
    """Lay out a forecast."""
    return ForecastAnswer(
        method="Theil-Sen",
        slope=found.slope,
        points=found.points,
        ahead=tuple(
            AheadAnswer(quarter=str(each.quarter), value=each.value, low=each.low, high=each.high)
            for each in found.ahead
        ),
    )


def quarter_answer(frozen: Frozen) -> QuarterAnswer:
    """Lay out a frozen quarter."""
    return QuarterAnswer(
        quarter=str(frozen.quarter),
        first=snapshot_answer(frozen.first),
        corrections=tuple(map(snapshot_answer, frozen.corrections)),
    )


def snapshot_answer(made: Snapshot) -> SnapshotAnswer:
    """Lay out a snapshot."""
    body = made.body
    return SnapshotAnswer(
        id=made.id,
        frozen_at=made.at,
        frozen_by=body.frozen_by,
        as_of=body.as_of,
        estate_version=body.estate_version,
        log_size=body.log_size,
        log_root=body.log_root,
        corrects=body.corrects,
        why=body.why,
        values=body.values,
    )


def by_standing(answers: Iterable[IndicatorAnswer]) -> Mapping[Standing, int]:
    """Count how indicators stand: at the last frozen quarter, or now where none is frozen."""
    counts = dict.fromkeys(Standing, 0)
    for each in answers:
        counts[each.last.standing if each.last else each.now.standing] += 1
    return counts
