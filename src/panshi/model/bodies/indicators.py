"""Bodies of indicators: a definition that changes, and the values of a quarter once it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind(
    "record.indicator_definition/1", "指標定義", "Indicator definition", personal=True
)
@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDefinition(Body):
    """From now on an indicator means this."""

    indicator: str
    title_zh: str
    title_en: str
    formula: str
    "In the closed language of indicators, as JSON or YAML."
    unit: str
    direction: str
    owner: str
    "Office that answers for it."
    tolerance: float
    changed_by: str
    why: str
    targets: tuple[str, ...] = ()
    "`2026Q4=0.8`, in the unit of the indicator."


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotValue:
    """One indicator in a frozen quarter."""

    indicator: str
    revision: int
    measure: str
    "Digest of formula, unit and direction."
    formula: str
    unit: str
    direction: str
    value: float | None
    numerator: float | None
    denominator: float | None
    coverage: float | None
    grade: str
    target: float | None
    tolerance: float


@observation_kind("record.indicator_snapshot/1", "指標季報定稿", "Frozen quarter", personal=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorSnapshot(Body):
    """The values of one quarter as of its last instant; never changed afterwards."""

    quarter: str
    as_of: datetime
    values: tuple[SnapshotValue, ...]
    estate: str
    estate_version: int
    log_size: int
    log_root: str
    frozen_by: str
    corrects: str = ""
    "Evidence id of the snapshot it corrects; that one stays beside it."
    why: str = ""
    "Why it was corrected."
    without: tuple[str, ...] = ()
    "Evidence ids left out of a correction."
