"""What formulas are computed from: verdicts, looks and register figures of one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from panshi.governance.indicators.formula import (
    ControlsMet,
    CountOf,
    Formula,
    ItemsOf,
    LooksPassing,
    MeanOf,
    Over,
    QuantileOf,
    Register,
    StageOf,
)
from panshi.governance.indicators.quarter import Quarter
from panshi.model.asset import AssetId
from panshi.model.control import Framework
from panshi.model.estate import Estate
from panshi.model.observation import Body
from panshi.model.verdict import Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One conclusive look at one asset of the estate."""

    asset: AssetId
    observed_at: datetime
    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a set of formulas may ask for."""

    moment: datetime
    quarter: Quarter
    estate: Estate
    frameworks: Mapping[str, Framework]
    assessments: Mapping[str, Assessment]
    newest: Mapping[str, tuple[Look, ...]] = field(default_factory=dict)
    "Per kind, each asset's newest looks, one per facet."
    in_quarter: Mapping[str, tuple[Look, ...]] = field(default_factory=dict)
    "Per kind, every look observed in the quarter."
    registers: Mapping[Register, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What must be gathered for some formulas."""

    frameworks: frozenset[str]
    newest: frozenset[str]
    in_quarter: frozenset[str]


def needs(formulas: Iterable[Formula]) -> Needs:
    """Say what formulas ask for, so that nothing else is read."""
    frameworks: set[str] = set()
    kinds: dict[Over, set[str]] = {Over.NEWEST: set(), Over.QUARTER: set()}
    for each in formulas:
        match each:
            case ControlsMet() | MeanOf() | ItemsOf() | CountOf():
                frameworks.add(each.of.framework)
            case StageOf():
                frameworks.add(each.framework)
            case LooksPassing() | QuantileOf():
                kinds[each.looks.over].add(each.looks.kind)
            case _:
                pass
    return Needs(
        frameworks=frozenset(frameworks),
        newest=frozenset(kinds[Over.NEWEST]),
        in_quarter=frozenset(kinds[Over.QUARTER]),
    )
