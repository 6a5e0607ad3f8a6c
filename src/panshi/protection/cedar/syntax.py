"""Expressions as the compiler sees them, read from Cedar's JSON policy format.

One shape for all: an operator, its arguments, and what else it needs. Equal expressions are
equal values, so that a condition many policies share is evaluated once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from panshi.protection.cedar.documents import read_value
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.values import Key, Uid, Value, key

WILDCARD = None
"A `*` in the pattern of `like`."
DEEPEST = 150
"Levels of nesting compiled; what is deeper is left to cedarpy."

CHAINS = frozenset({"&&", "||"})
"Of two operands or more."
UNARY = frozenset({"!", "neg", "isEmpty"})
BINARY = frozenset(
    {
        *("==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "in"),
        *("contains", "containsAll", "containsAny", "hasTag", "getTag"),
    }
)
FUNCTIONS = {
    **dict.fromkeys(("decimal", "ip", "datetime", "duration"), 1),
    **dict.fromkeys(("isIpv4", "isIpv6", "isLoopback", "isMulticast"), 1),
    **dict.fromkeys(("toDate", "toTime"), 1),
    **dict.fromkeys(("toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"), 1),
    **dict.fromkeys(("lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"), 2),
    **dict.fromkeys(("isInRange", "offset", "durationSince"), 2),
}

OPERANDS = {1: ("arg",), 2: ("left", "right")}
ARGUMENTS = dict.fromkeys(UNARY, 1) | dict.fromkeys(BINARY, 2) | FUNCTIONS


class UnknownSyntaxError(Exception):
    """The compiler does not know this; cedarpy decides instead."""


class Expr(NamedTuple):
    """An expression."""

    op: str
    args: tuple[Expr, ...] = ()
    data: Hashable = None
    "A literal's key, an attribute's name, a pattern, an entity type, field names."


TRUE = Expr("value", (), key(value=True))
VARIABLES = {name: Expr("var", (), name) for name in ("principal", "action", "resource", "context")}


def literal(value: Value | Key) -> Expr:
    """Make a constant; records become expressions of their own, so that all are hashable."""
    if isinstance(value, Mapping):
        names = tuple(sorted(value))
        return Expr("record", tuple(literal(value[name]) for name in names), names)
    return Expr("value", (), key(value))  # type: ignore[arg-type]


def read_expression(node: Mapping[str, Any], depth: int = 0) -> Expr:
    """Read an expression of the JSON policy format."""
    if depth > DEEPEST:
        raise UnknownSyntaxError(f"deeper than {DEEPEST} levels")
    ((op, body),) = node.items()
    if op == "Value":
        return _constant(body)
    if op == "Var":
        return VARIABLES[body]
    if op in CHAINS:
        return Expr(op, tuple(read_expression(part, depth + 1) for part in _chain(op, node)))
    if op in UNARY | BINARY | FUNCTIONS.keys():
        names = OPERANDS[len(body)] if isinstance(body, Mapping) else range(len(body))
        parts = (body[name] for name in names)
        args = tuple(read_expression(part, depth + 1) for part in parts)
        if len(args) == ARGUMENTS[op]:
            return Expr(op, args)
    return _special(op, body, depth)


def _chain(op: str, node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the operands of nested `&&` or `||` from left to right; people write long ones."""
    found: list[Mapping[str, Any]] = []
    todo = [node]
    while todo:
        each = todo.pop()
        if op in each:
            todo += (each[op]["right"], each[op]["left"])
        else:
            found.append(each)
    return found


def _special(op: str, body: Any, depth: int) -> Expr:  # noqa: ANN401 -- JSON
    def inner(part: Mapping[str, Any]) -> Expr:
        return read_expression(part, depth + 1)

    match op:
        case "." | "has":
            return _attribute(op, inner(body["left"]), body["attr"])
        case "like":
            return Expr(op, (inner(body["left"]),), _pattern(body["pattern"]))
        case "is":
            subject = inner(body["left"])
            kind = Expr("is", (subject,), body["entity_type"])
            if "in" not in body:
                return kind
            return Expr("&&", (kind, Expr("in", (subject, inner(body["in"])))))
        case "if-then-else":
            return Expr("if", (inner(body["if"]), inner(body["then"]), inner(body["else"])))
        case "Set":
            return Expr("set", tuple(map(inner, body)))
        case "Record":
            return Expr("record", tuple(inner(body[name]) for name in body), tuple(body))
        case _:
            raise UnknownSyntaxError(f"`{op}`")


def _constant(document: Any) -> Expr:  # noqa: ANN401 -- JSON
    try:
        return literal(read_value(document))
    except EvaluationError as error:
        return Expr("error", (), str(error))


def _attribute(op: str, base: Expr, names: str | list[str]) -> Expr:
    if isinstance(names, str):
        return Expr(op, (base,), names)
    present = Expr("has", (base,), names[0])
    for name, following in pairwise(names):
        base = Expr(".", (base,), name)
        present = Expr("&&", (present, Expr("has", (base,), following)))
    return present


def _pattern(parts: list[Any]) -> tuple[str | None, ...]:
    """Read a pattern as literal runs between wildcards."""
    pattern: list[str | None] = []
    for part in parts:
        if part == "Wildcard":
            if not pattern or pattern[-1] is not WILDCARD:
                pattern.append(WILDCARD)
        elif pattern and (last := pattern[-1]) is not WILDCARD:
            pattern[-1] = last + part["Literal"]
        else:
            pattern.append(part["Literal"])
    return tuple(pattern)


class Scope(NamedTuple):
    """What a policy demands of its principal, action or resource, besides conditions."""

    op: str
    "all, ==, in, is or is in."
    entities: tuple[Uid, ...] = ()
    type: str = ""

    def expressions(self, variable: str) -> tuple[Expr, ...]:
        """Say the same as expressions."""
        subject = VARIABLES[variable]
        match self.op:
            case "all":
                return ()
            case "==":
                return (Expr("==", (subject, literal(self.entities[0]))),)
            case "is":
                return (Expr("is", (subject,), self.type),)
            case "in":
                return (Expr("in", (subject, literal(self.entities))),)
            case _:
                kind = Expr("is", (subject,), self.type)
                return (kind, Expr("in", (subject, literal(self.entities))))


def read_scope(document: Mapping[str, Any], slots: Mapping[str, Uid]) -> Scope:
    """Read the constraint on principal, action or resource."""
    match document:
        case {"op": "All"}:
            return Scope("all")
        case {"op": "is", "entity_type": kind, "in": inner}:
            return Scope("is in", (_entity(inner, slots),), kind)
        case {"op": "is", "entity_type": kind}:
            return Scope("is", (), kind)
        case {"op": "in", "entities": entities}:
            return Scope("in", tuple(_entity({"entity": each}, slots) for each in entities))
        case {"op": "==" | "in" as op}:
            return Scope(op, (_entity(document, slots),))
        case _:
            raise UnknownSyntaxError(f"scope {document!r}")


def _entity(document: Mapping[str, Any], slots: Mapping[str, Uid]) -> Uid:
    if "slot" in document:
        return slots[document["slot"]]
    inner = document["entity"]
    inner = inner.get("__entity", inner)
    return Uid(inner["type"], inner["id"])
