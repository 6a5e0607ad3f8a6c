"""Predicates as content writes them, see `panshi.model.predicate`.

    {field: lowest_protocol, at_least: 1.2}
    {all: [{field: enabled, is: true}, {not: {field: shared, is: true}}]}
    {any: [{field: layer, is: cloud}, {field: retention_days, at_least: 365}]}

Each condition compares one field in one way; `contains_any` and `one_of` take a list of texts.
"""

from __future__ import annotations

from panshi.governance.frameworks.reading import Part
from panshi.model.predicate import AllOf, AnyOf, Comparison, Condition, Not, Predicate, Value

_LISTS = frozenset({Comparison.ONE_OF, Comparison.CONTAINS_ANY})
_DAYS = frozenset({Comparison.WITHIN_DAYS, Comparison.DAYS_LEFT})
_NUMBERS = frozenset({Comparison.AT_LEAST, Comparison.AT_MOST})
_WORDS = " ".join(Comparison)


def predicate(part: Part) -> Predicate:
    """Read a predicate; empty combinators and conditions with two comparisons are refused."""
    found = part.keys(optional=f"all any not field {_WORDS}")
    match sorted(found):
        case ["all"]:
            return AllOf(parts=tuple(predicate(each) for each in found["all"].items()))
        case ["any"]:
            return AnyOf(parts=tuple(predicate(each) for each in found["any"].items()))
        case ["not"]:
            return Not(part=predicate(found["not"]))
        case [_, _] if "field" in found:
            word = next(name for name in found if name != "field")
            if word in {"all", "any", "not"}:
                raise part.refuse("a condition and a combinator in one", "nest one in the other")
            comparison = Comparison(word)
            value = _value(found[word], comparison)
            return Condition(field=found["field"].text(), comparison=comparison, value=value)
        case _:
            raise part.refuse(
                "not a predicate",
                "write `all`, `any` or `not` alone, or `field` with exactly one comparison",
            )


def _value(part: Part, comparison: Comparison) -> Value:
    if comparison in _LISTS:
        return part.texts()
    if comparison in _DAYS:
        return part.whole(low=0)
    if comparison is Comparison.MISSING:
        return part.flag()
    value = part.scalar()
    if comparison in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise part.refuse(f"{value!r} is not a number", f"`{comparison}` compares numbers")
    return value
