"""Expressions compiled to closures: Cedar's operators with Cedar's errors.

A closure takes the request and the entities and gives a value or raises `EvaluationError`;
`&&`, `||` and `if` leave unevaluated what Cedar leaves unevaluated (Cedar language reference:
operators and functions; authorization: evaluation of policies).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from panshi.protection.cedar import functions
from panshi.protection.cedar.decision import Request
from panshi.protection.cedar.entities import Entity
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.instants import Datetime, Duration
from panshi.protection.cedar.patterns import matcher
from panshi.protection.cedar.syntax import Expr
from panshi.protection.cedar.values import (
    LONG_MAX,
    LONG_MIN,
    Normal,
    SetValue,
    Truth,
    Uid,
    key,
    normal,
    same,
    type_name,
)


class Lookup(Protocol):
    """Where entities are found."""

    def get(self, uid: Uid, /) -> Entity | None:
        """Find an entity."""

    def ancestors(self, uid: Uid, /) -> frozenset[Uid]:
        """Everything the entity is in, itself apart."""


type Closure = Callable[[Request, Lookup], Normal]
POSITION = {"principal": 0, "action": 1, "resource": 2, "context": 3}


def closure(expr: Expr) -> Closure:
    """Compile an expression."""
    match expr.op:
        case "value" | "var" | "error":
            return _leaf(expr)
        case "." | "has" | "is" | "like" | "check":
            return _with_data(expr, closure(expr.args[0]))
        case "record":
            names, parts = cast("tuple[str, ...]", expr.data), tuple(map(closure, expr.args))
            return lambda q, s: {n: part(q, s) for n, part in zip(names, parts, strict=True)}
        case "set":
            parts = tuple(map(closure, expr.args))
            return lambda q, s: SetValue([key(part(q, s)) for part in parts])
        case "!" | "neg" | "&&" | "||" | "if":
            return _logic(expr.op, tuple(map(closure, expr.args)))
        case _ if len(expr.args) == 1:
            return _applied(functions.UNARY[expr.op], closure(expr.args[0]))
        case _:
            return _binary(expr.op, closure(expr.args[0]), closure(expr.args[1]))


def _leaf(expr: Expr) -> Closure:
    if expr.op == "value":
        value = {Truth.TRUE: True, Truth.FALSE: False}.get(expr.data, expr.data)  # type: ignore[call-overload]
        return lambda _q, _s: value
    return variable(str(expr.data)) if expr.op == "var" else _failing(str(expr.data))


def constant(expr: Expr) -> Normal:
    """Compute what reads no request; `AttributeError` if it would read the entities."""
    return closure(expr)(None, None)  # type: ignore[arg-type]


def variable(name: str) -> Closure:
    """Read principal, action, resource or context."""
    position = POSITION[name]
    return lambda q, _s: cast("Normal", q[position])


def _failing(message: str) -> Closure:
    def fail(_q: Request, _s: Lookup) -> Normal:
        raise EvaluationError(message)

    return fail


def _applied(function: Callable[[Normal], Normal], argument: Closure) -> Closure:
    return lambda q, s: function(argument(q, s))


def truth(value: Normal) -> bool:
    """Insist on a Boolean."""
    if value is True or value is False:
        return value
    raise EvaluationError(f"type error: expected bool, got {type_name(value)}")


def _logic(op: str, parts: tuple[Closure, ...]) -> Closure:
    first = parts[0]
    if op == "!":
        return lambda q, s: not truth(first(q, s))
    if op == "neg":
        return lambda q, s: long(-_number(first(q, s)))
    if op == "if":
        then, other = parts[1:]
        return lambda q, s: then(q, s) if truth(first(q, s)) else other(q, s)
    ends = op == "||"

    def chain(q: Request, s: Lookup) -> Normal:
        return next((ends for each in parts if truth(each(q, s)) is ends), not ends)

    return chain


def long(number: int) -> int:
    """Refuse what does not fit into 64 bits."""
    if LONG_MIN <= number <= LONG_MAX:
        return number
    raise EvaluationError("integer overflow")


def _number(value: Normal) -> int:
    if type(value) is int:
        return value
    raise EvaluationError(f"type error: expected long, got {type_name(value)}")


def _with_data(expr: Expr, base: Closure) -> Closure:
    data = cast("str", expr.data)
    match expr.op:
        case ".":
            return lambda q, s: attribute(base(q, s), data, s)
        case "has":
            return lambda q, s: has_attribute(base(q, s), data, s)
        case "is":
            return lambda q, s: functions.entity(base(q, s)).type == data
        case "check":
            fits = CHECKS[data]
            return lambda q, s: _fitting(base(q, s), fits)
        case _:
            fits_pattern = matcher(cast("tuple[str | None, ...]", expr.data))
            return lambda q, s: fits_pattern(functions.string(base(q, s)))


def _fitting(value: Normal, fits: Callable[[Normal], bool]) -> bool:
    if fits(value):
        return True
    raise EvaluationError(f"type error: got {type_name(value)}")


def _is_entity_or_entities(value: Normal) -> bool:
    return type(value) is Uid or (
        type(value) is SetValue and all(type(each) is Uid for each in value)
    )


CHECKS: dict[str, Callable[[Normal], bool]] = {
    "any": lambda _: True,
    "bool": lambda value: type(value) is bool,
    "long": lambda value: type(value) is int,
    "string": lambda value: type(value) is str,
    "set": lambda value: type(value) is SetValue,
    "entity": lambda value: type(value) is Uid,
    "entities": _is_entity_or_entities,
    "holder": lambda value: type(value) is Uid or isinstance(value, Mapping),
}
"Types an operand must have for its operator not to err."


def attribute(value: Normal, name: str, entities: Lookup) -> Normal:
    """Cedar's `.`: of a record or of an entity."""
    if type(value) is Uid:
        entity = entities.get(value)
        if entity is None:
            raise EvaluationError(f"entity `{value}` does not exist")
        if name not in entity.attributes:
            raise EvaluationError(f"`{value}` does not have the attribute `{name}`")
        return cast("Normal", entity.attributes[name])
    if isinstance(value, Mapping):
        if name not in value:
            raise EvaluationError(f"record does not have the attribute `{name}`")
        return normal(value[name])
    raise EvaluationError(f"type error: expected a record or an entity, got {type_name(value)}")


def has_attribute(value: Normal, name: str, entities: Lookup) -> bool:
    """Cedar's `has`: an unknown entity has nothing."""
    if type(value) is Uid:
        entity = entities.get(value)
        return entity is not None and name in entity.attributes
    if isinstance(value, Mapping):
        return name in value
    raise EvaluationError(f"type error: expected a record or an entity, got {type_name(value)}")


def _binary(op: str, left: Closure, right: Closure) -> Closure:
    match op:
        case "==":
            return lambda q, s: same(left(q, s), right(q, s))
        case "!=":
            return lambda q, s: not same(left(q, s), right(q, s))
        case "<" | "<=" | ">" | ">=":
            compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}[op]
            return lambda q, s: _compared(compare, left(q, s), right(q, s))
        case "+" | "-" | "*":
            compute = {"+": operator.add, "-": operator.sub, "*": operator.mul}[op]
            return lambda q, s: _computed(compute, left(q, s), right(q, s))
        case "in":
            return lambda q, s: is_in(left(q, s), right(q, s), s)
        case "hasTag":
            return lambda q, s: _has_tag(left(q, s), right(q, s), s)
        case "getTag":
            return lambda q, s: _get_tag(left(q, s), right(q, s), s)
        case _:
            function = functions.BINARY[op]
            return lambda q, s: function(left(q, s), right(q, s))


def _compared(compare: Callable[[Any, Any], bool], left: Normal, right: Normal) -> bool:
    kind = type(left)
    if kind is type(right) and kind in {int, Datetime, Duration}:
        return compare(left, right)
    raise EvaluationError(f"type error: {type_name(left)} and {type_name(right)} have no order")


def _computed(compute: Callable[[int, int], int], left: Normal, right: Normal) -> int:
    return long(compute(_number(left), _number(right)))


def is_in(left: Normal, right: Normal, entities: Lookup) -> bool:
    """Cedar's `in`: the same entity, or one of its ancestors; of a set, any element."""
    uid = functions.entity(left)
    if type(right) is Uid:
        return uid == right or right in entities.ancestors(uid)
    if type(right) is not SetValue or not all(type(each) is Uid for each in right):
        raise EvaluationError(f"type error: `in` needs entities, got {type_name(right)}")
    return uid in right or not right.isdisjoint(entities.ancestors(uid))


def _has_tag(left: Normal, right: Normal, entities: Lookup) -> bool:
    entity = entities.get(functions.entity(left))
    return functions.string(right) in (entity.tags if entity else ())


def _get_tag(left: Normal, right: Normal, entities: Lookup) -> Normal:
    uid, name = functions.entity(left), functions.string(right)
    entity = entities.get(uid)
    if entity is None:
        raise EvaluationError(f"entity `{uid}` does not exist")
    if name not in entity.tags:
        raise EvaluationError(f"`{uid}` does not have the tag `{name}`")
    return cast("Normal", entity.tags[name])
