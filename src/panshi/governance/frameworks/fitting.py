"""Whether a condition fits the type of what it compares: a field of a body, or an attribute.

Types are reduced to what comparisons care about. A comparison that can never hold, or a value of
the wrong type, quietly fails every item; the linter refuses it where it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from panshi.model.asset import AssetKind
from panshi.model.attributes import ATTRIBUTES, AttributeType
from panshi.model.bodies import KINDS
from panshi.model.observation import Body
from panshi.model.predicate import Comparison, Condition


class Shape(StrEnum):
    """A type as comparisons see it."""

    TRUTH = "truth"
    NUMBER = "number"
    TEXT = "text"
    DAY = "day"
    TEXTS = "texts"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """One thing a condition may name."""

    shape: Shape
    optional: bool
    values: tuple[str, ...] = ()
    "Allowed texts; empty: any."


_SCALARS: dict[object, Shape] = {
    bool: Shape.TRUTH,
    int: Shape.NUMBER,
    float: Shape.NUMBER,
    str: Shape.TEXT,
    date: Shape.DAY,
}
_ATTRIBUTES = {
    AttributeType.TEXT: Shape.TEXT,
    AttributeType.WHOLE: Shape.NUMBER,
    AttributeType.NUMBER: Shape.NUMBER,
    AttributeType.YES_NO: Shape.TRUTH,
    AttributeType.DAY: Shape.DAY,
    AttributeType.MANY: Shape.TEXTS,
}
_FITS: dict[Comparison, frozenset[Shape]] = {
    Comparison.IS: frozenset({Shape.TRUTH, Shape.NUMBER, Shape.TEXT}),
    Comparison.ONE_OF: frozenset({Shape.TEXT}),
    Comparison.AT_LEAST: frozenset({Shape.NUMBER}),
    Comparison.AT_MOST: frozenset({Shape.NUMBER}),
    Comparison.CONTAINS: frozenset({Shape.TEXTS, Shape.TEXT}),
    Comparison.CONTAINS_ANY: frozenset({Shape.TEXTS, Shape.TEXT}),
    Comparison.LACKS: frozenset({Shape.TEXTS, Shape.TEXT}),
    Comparison.WITHIN_DAYS: frozenset({Shape.DAY}),
    Comparison.DAYS_LEFT: frozenset({Shape.DAY}),
    Comparison.MISSING: frozenset(Shape),
}
_WEAKEST: dict[Shape, object] = {
    Shape.TRUTH: False,
    Shape.NUMBER: 0,
    Shape.TEXT: "",
    Shape.DAY: date.min,
    Shape.TEXTS: (),
    Shape.OTHER: (),
}


@cache
def of_kind(name: str) -> Mapping[str, Comparable]:
    """Give what a condition may name in the bodies of a kind of observation."""
    body = KINDS[name].body
    hints = get_type_hints(body)
    return {each.name: _comparable(hints[each.name]) for each in fields(body)}  # type: ignore[arg-type]


@cache
def of_asset(kind: AssetKind) -> Mapping[str, Comparable]:
    """Give what a condition may name on an asset; any attribute may be missing."""
    return {
        each.name: Comparable(shape=_ATTRIBUTES[each.type], optional=True, values=each.values)
        for each in ATTRIBUTES[kind].values()
    }


def misfit(condition: Condition, named: Comparable) -> str:
    """Say why a condition does not fit, or nothing."""
    comparison, value = condition.comparison, condition.value
    if named.shape not in _FITS[comparison]:
        return f"`{comparison}` does not compare a {named.shape}"
    if comparison is Comparison.MISSING and not named.optional:
        return "the field is never missing"
    if comparison is Comparison.IS and _shape_of(value) is not named.shape:
        return f"{value!r} is no {named.shape}"
    if comparison in {Comparison.CONTAINS, Comparison.LACKS} and not isinstance(value, str):
        return f"{value!r} is no text"
    texts = value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()
    strange = [text for text in texts if named.values and text not in named.values]
    if strange:
        return f"{strange[0]!r} is not one of: {', '.join(named.values)}"
    return ""


def weakest(name: str) -> Body:
    """Build the body of a collector that saw nothing good: defaults, and zero where none is."""
    body = KINDS[name].body
    shapes = of_kind(name)
    required = {
        each.name: _WEAKEST[shapes[each.name].shape]
        for each in fields(body)  # type: ignore[arg-type]
        if each.default is MISSING and each.default_factory is MISSING
    }
    return body(**required)


def _comparable(hint: Any) -> Comparable:  # noqa: ANN401  a type, as typing gives it
    parts = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    kinds = [part for part in parts if part is not NoneType]
    shape = Shape.OTHER
    if len(kinds) == 1:
        shape = _SCALARS.get(kinds[0], Shape.OTHER)
        if get_origin(kinds[0]) is tuple and get_args(kinds[0])[0] is str:
            shape = Shape.TEXTS
    return Comparable(shape=shape, optional=len(kinds) < len(parts))


def _shape_of(value: object) -> Shape:
    match value:
        case bool():
            return Shape.TRUTH
        case int() | float():
            return Shape.NUMBER
        case str():
            return Shape.TEXT
        case _:
            return Shape.OTHER
