"""Predicates: what is not known does not pass, and combinators mean what they say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.model.predicate import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Not,
    compiled,
    conditions,
    is_timed,
    of_attributes,
)

TODAY = date(2026, 9, 30)


def condition(comparison: Comparison, value: object) -> Condition:
    return Condition(field="x", comparison=comparison, value=value)  # type: ignore[arg-type]


def holds(predicate: object, found: object) -> bool:
    return compiled(predicate, of_attributes)({"x": found}, TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comparison", "value", "passing", "failing"),
    [
        (Comparison.IS, True, True, False),
        (Comparison.IS, 1, 1, True),
        (Comparison.IS, "core", "core", "Core"),
        (Comparison.ONE_OF, ("hsm", "self"), "hsm", "none"),
        (Comparison.AT_LEAST, 1.2, 1.2, 1.1),
        (Comparison.AT_MOST, 0, 0, 1),
        (Comparison.CONTAINS, "fido2", ("password", "fido2"), ("password",)),
        (Comparison.CONTAINS_ANY, ("fido2", "smartcard"), ("smartcard",), ("sms",)),
        (Comparison.LACKS, "sms", ("fido2",), ("sms",)),
        (Comparison.WITHIN_DAYS, 30, TODAY - timedelta(days=30), TODAY - timedelta(days=31)),
        (Comparison.DAYS_LEFT, 0, TODAY, TODAY - timedelta(days=1)),
    ],
)
def test_each_comparison_tells_passing_from_failing(
    comparison: Comparison, value: object, passing: object, failing: object
) -> None:
    assert holds(condition(comparison, value), passing)
    assert not holds(condition(comparison, value), failing)


@pytest.mark.parametrize("comparison", [c for c in Comparison if c is not Comparison.MISSING])
def test_a_missing_value_never_passes(comparison: Comparison) -> None:
    # Given a field nobody filled in, when any comparison looks at it, then it does not hold.
    value: object = ("a",) if comparison in {Comparison.ONE_OF, Comparison.CONTAINS_ANY} else 0
    assert not holds(condition(comparison, value), None)


@pytest.mark.parametrize("comparison", [Comparison.AT_LEAST, Comparison.AT_MOST])
def test_a_value_of_another_type_never_passes(comparison: Comparison) -> None:
    assert not holds(condition(comparison, 0), "0")


def test_a_date_in_the_future_is_not_within_the_past_days() -> None:
    assert not holds(condition(Comparison.WITHIN_DAYS, 30), TODAY + timedelta(days=1))


@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_combinators_follow_boolean_algebra(values: list[bool]) -> None:
    # Given conditions that hold or not, when combined, then all/any/not agree with Python's own.
    parts = tuple(condition(Comparison.IS, value) for value in values)
    assert holds(AllOf(parts=parts), True) == all(values)
    assert holds(AnyOf(parts=parts), True) == any(values)
    assert holds(Not(part=AllOf(parts=parts)), True) == (not all(values))
    assert list(conditions(AnyOf(parts=parts))) == list(parts)


def test_only_date_comparisons_depend_on_the_day() -> None:
    assert is_timed(Not(part=condition(Comparison.WITHIN_DAYS, 3)))
    assert not is_timed(condition(Comparison.AT_LEAST, 3))
