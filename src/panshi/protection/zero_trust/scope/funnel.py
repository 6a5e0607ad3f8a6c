"""The three steps: applicable → high risk → low impact, and what is chosen by them.

A step is passed only where it is known to be; what is not known is counted beside. A field is
chosen where a system of it reaches the end, a system where it does in a chosen field; both unless
a person decided otherwise. The rule reproduces all twelve decisions of the briefing's cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from panshi.model.bodies.zero_trust_scope import Choice
from panshi.protection.zero_trust.scope.facts import Field
from panshi.protection.zero_trust.scope.fields import Standing
from panshi.protection.zero_trust.scope.quick import QuickTest
from panshi.protection.zero_trust.scope.readings import Method, Readings
from panshi.protection.zero_trust.scope.scores import Total
from panshi.protection.zero_trust.scope.ternary import Ternary, all_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How far one system comes in one field."""

    standing: Standing
    high_risk: Ternary
    low_impact: Ternary

    @property
    def passed(self) -> int:
        """How many steps it surely passes."""
        if self.standing is not Standing.IN:
            return 0
        return 1 if not self.high_risk else 3 if self.low_impact else 2

    @property
    def open_at(self) -> int:
        """The step at which it is not known to pass; 0 where all is known up to its end."""
        if self.standing is Standing.UNKNOWN:
            return 1
        if self.standing is Standing.OUT or self.high_risk is False:
            return 0
        if self.high_risk is None:
            return 2 if self.low_impact is not False else 0
        return 3 if self.low_impact is None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFunnel:
    """The funnel of one field."""

    field: Field
    applicable: int
    high_risk: int
    low_impact: int
    unknown: tuple[int, int, int]
    "Systems of which it is not known whether they pass step 1, 2, 3."
    computed: bool
    "Chosen by the rule."
    choice: Choice
    "What a person decided."
    could_change: bool
    "Not chosen, and a missing fact could choose it."

    @property
    def chosen(self) -> bool:
        """Whether the field is chosen."""
        return self.computed if self.choice is Choice.COMPUTED else self.choice is Choice.CHOSEN


def steps(
    standing: Standing,
    quick: tuple[QuickTest, QuickTest],
    sums: tuple[Total, Total],
    readings: Readings,
) -> Steps:
    """Judge the steps of one system in one field."""
    risk, impact = sums
    tests = (quick[0].result, quick[1].result)
    tables = (
        _at_least(risk, readings.risk_cutoff),
        _at_most(impact, readings.impact_cutoff),
    )
    match readings.method:
        case Method.QUICK_TESTS:
            high, low = tests
        case Method.FACTOR_TABLES:
            high, low = tables
        case Method.BOTH:
            high, low = (all_of(pair) for pair in zip(tests, tables, strict=True))
        case _:
            assert_never(readings.method)
    return Steps(standing=standing, high_risk=high, low_impact=low)


def funnel(field: Field, every: list[Steps], choice: Choice) -> FieldFunnel:
    """Count one field."""
    passed = [each.passed for each in every]
    unknown = tuple(sum(each.open_at == step for each in every) for step in (1, 2, 3))
    at_end = passed.count(3)
    return FieldFunnel(
        field=field,
        applicable=sum(each >= 1 for each in passed),
        high_risk=sum(each >= 2 for each in passed),  # noqa: PLR2004 -- the second step
        low_impact=at_end,
        unknown=(unknown[0], unknown[1], unknown[2]),
        computed=at_end >= 1,
        choice=choice,
        could_change=at_end == 0 and any(unknown),
    )


def _at_least(total: Total, cutoff: int) -> Ternary:
    if total.low >= cutoff:
        return True
    return False if total.high < cutoff else None


def _at_most(total: Total, cutoff: int) -> Ternary:
    if total.high <= cutoff:
        return True
    return False if total.low > cutoff else None
