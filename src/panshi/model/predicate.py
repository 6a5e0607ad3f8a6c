"""Predicates over attributes and bodies: small combinators that content writes as YAML.

    {field: lowest_protocol, at_least: 1.2}
    {all: [{field: enabled, is: true}, {not: {field: shared, is: true}}]}

A comparison with a missing value (None, or no such attribute) is False, except `missing`;
fail closed: what is not known does not pass. `not` of a comparison with a missing value is
True, so content writes positive conditions where silence must not pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

type Value = str | int | float | bool | tuple[str, ...]
type Getter = Callable[[str], Callable[[object], object]]
type Test = Callable[[object, date], bool]


class Comparison(StrEnum):
    """How a field is compared; the YAML key of a condition."""

    IS = "is"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    CONTAINS = "contains"
    CONTAINS_ANY = "contains_any"
    LACKS = "lacks"
    WITHIN_DAYS = "within_days"
    "The field is a date not more than so many days before the day of judgement."
    DAYS_LEFT = "days_left"
    "The field is a date at least so many days after the day of judgement."
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One field compared with one constant."""

    field: str
    comparison: Comparison
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part holds; an empty list is refused when content is loaded."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: Predicate


type Predicate = Condition | AllOf | AnyOf | Not


def of_attributes(name: str) -> Callable[[object], object]:
    """Read a key of a mapping; None where it is missing."""

    def read(item: object) -> object:
        return item.get(name) if isinstance(item, Mapping) else None

    return read


def of_body(name: str) -> Callable[[object], object]:
    """Read a field of a body; None where it is missing."""

    def read(item: object) -> object:
        return getattr(item, name, None)

    return read


def compiled(predicate: Predicate, getter: Getter = of_body) -> Test:
    """Turn a predicate into a closure over (item, day of judgement)."""
    match predicate:
        case Condition():
            return _compiled_condition(predicate, getter(predicate.field))
        case AllOf(parts=parts):
            every = tuple(compiled(part, getter) for part in parts)
            return lambda item, day: all(test(item, day) for test in every)
        case AnyOf(parts=parts):
            some = tuple(compiled(part, getter) for part in parts)
            return lambda item, day: any(test(item, day) for test in some)
        case Not(part=part):
            inner = compiled(part, getter)
            return lambda item, day: not inner(item, day)
        case _:
            assert_never(predicate)


def conditions(predicate: Predicate) -> Iterator[Condition]:
    """Every condition in a predicate, from left to right."""
    match predicate:
        case Condition():
            yield predicate
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from conditions(part)
        case Not(part=part):
            yield from conditions(part)
        case _:
            assert_never(predicate)


def is_timed(predicate: Predicate) -> bool:
    """Whether the answer can change with the day alone."""
    timed = {Comparison.WITHIN_DAYS, Comparison.DAYS_LEFT}
    return any(found.comparison in timed for found in conditions(predicate))


def _compiled_condition(condition: Condition, read: Callable[[object], object]) -> Test:
    if condition.comparison is Comparison.MISSING:
        return lambda item, _day: (read(item) is None) is bool(condition.value)
    holds = _HOLDS[condition.comparison]
    value = condition.value

    def test(item: object, day: date) -> bool:
        found = read(item)
        return found is not None and holds(found, value, day)

    return test


def _days(found: object, day: date) -> int | None:
    """Give days from `day` to the found date, negative when it is past; None for other types."""
    return (found - day).days if isinstance(found, date) else None


def _contains(found: object, value: object) -> bool:
    return isinstance(found, tuple | str) and value in found


def _at_least(found: object, value: object) -> bool:
    return (
        isinstance(found, int | float) and isinstance(value, int | float) and bool(found >= value)
    )


def _at_most(found: object, value: object) -> bool:
    return (
        isinstance(found, int | float) and isinstance(value, int | float) and bool(found <= value)
    )


def _within(found: object, value: object, day: date) -> bool:
    days = _days(found, day)
    return days is not None and isinstance(value, int) and -value <= days <= 0


def _left(found: object, value: object, day: date) -> bool:
    days = _days(found, day)
    return days is not None and isinstance(value, int) and days >= value


_HOLDS: dict[Comparison, Callable[[object, Value, date], bool]] = {
    Comparison.IS: lambda found, value, _: (
        found == value and (type(found) is type(value) or (_number(found) and _number(value)))
    ),
    Comparison.ONE_OF: lambda found, value, _: isinstance(value, tuple) and found in value,
    Comparison.AT_LEAST: lambda found, value, _: _at_least(found, value),
    Comparison.AT_MOST: lambda found, value, _: _at_most(found, value),
    Comparison.CONTAINS: lambda found, value, _: _contains(found, value),
    Comparison.CONTAINS_ANY: lambda found, value, _: (
        isinstance(value, tuple) and any(_contains(found, each) for each in value)
    ),
    Comparison.LACKS: lambda found, value, _: (
        isinstance(found, tuple | str) and not _contains(found, value)
    ),
    Comparison.WITHIN_DAYS: _within,
    Comparison.DAYS_LEFT: _left,
}


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
