"""Indicators as measured here, in the forms that command line and API share."""

from __future__ import annotations

from panshi.node.indicators import IndicatorStanding
from panshi.report.indicator_answers import (
    IndicatorAnswer,
    IndicatorDetail,
    ValueAnswer,
    indicator_answer,
    indicator_detail,
)


def answer_of(each: IndicatorStanding) -> IndicatorAnswer:
    """Lay out an indicator in a list."""
    return indicator_answer(each.indicator, each.trend, _now(each))


def detail_of(each: IndicatorStanding) -> IndicatorDetail:
    """Lay out one indicator whole."""
    return indicator_detail(each.indicator, each.trend, _now(each), each.defined.revisions)


def _now(each: IndicatorStanding) -> ValueAnswer:
    found = each.now
    return ValueAnswer(
        value=found.measured.value,
        numerator=found.measured.numerator,
        denominator=found.measured.denominator,
        coverage=found.measured.coverage,
        grade=found.grade,
        target=found.target,
        standing=found.standing,
    )
