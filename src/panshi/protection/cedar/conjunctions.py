"""A policy as a row of conditions that must all hold, and what each of them reads.

Cedar evaluates `scope && when && !unless …` from left to right and stops at the first condition
that is false or errs. Each condition (atom) is true, false or an error; the policy is what its
first atom that is not true is. So atoms may be looked up in any order, as long as the order
decides where one errs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from panshi.protection.cedar.evaluation import constant
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.reading import Source
from panshi.protection.cedar.syntax import (
    CHAINS,
    TRUE,
    Expr,
    Scope,
    UnknownSyntaxError,
    literal,
    read_expression,
    read_scope,
)

FALSE = literal(value=False)
FOLDED_APART = frozenset({"var", "value", "record", "error", "check"})


class Path(NamedTuple):
    """An attribute of an attribute … of a variable."""

    variable: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy as the compiler sees it."""

    id: str
    permits: bool
    principal: Scope
    action: Scope
    resource: Scope
    atoms: tuple[Expr, ...]
    "Its conditions in order; the scope is not among them."

    def sequence(self) -> tuple[Expr, ...]:
        """Scope and conditions, in Cedar's order."""
        return (
            *self.principal.expressions("principal"),
            *self.action.expressions("action"),
            *self.resource.expressions("resource"),
            *self.atoms,
        )


def read_policy(source: Source) -> Policy:
    """Take a policy apart; `UnknownSyntaxError` where the compiler does not know a part."""
    document = source.document
    atoms: list[Expr] = []
    for condition in document.get("conditions", ()):
        expr = fold(read_expression(condition["body"]))
        atoms += conjuncts(expr) if condition["kind"] == "when" else negated(expr)
    return Policy(
        id=source.id,
        permits=_effect(document["effect"]),
        principal=read_scope(document["principal"], source.slots),
        action=read_scope(document["action"], source.slots),
        resource=read_scope(document["resource"], source.slots),
        atoms=tuple(atoms),
    )


def _effect(effect: Any) -> bool:  # noqa: ANN401 -- JSON
    if effect not in {"permit", "forbid"}:
        raise UnknownSyntaxError(f"effect {effect!r}")
    return bool(effect == "permit")


def fold(expr: Expr) -> Expr:
    """Compute what is constant, errors included."""
    args = tuple(map(fold, expr.args))
    folded = Expr(expr.op, args, expr.data)
    if expr.op in FOLDED_APART or not all(each.op == "value" for each in args):
        return folded
    try:
        value = constant(folded)
    except EvaluationError as error:
        return Expr("error", (), str(error))
    except AttributeError:  # it reads the entities after all
        return folded
    return literal(value)


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """Split what must hold into atoms, in order."""
    match expr:
        case Expr("&&", parts):
            for part in parts:
                yield from conjuncts(part)
        case Expr("if", (condition, then, other)) if other == FALSE:
            yield from conjuncts(condition)
            yield from conjuncts(then)
        case Expr("if", (condition, then, other)) if then == FALSE:
            yield from negated(condition)
            yield from conjuncts(other)
        case Expr("!", (inner,)):
            yield from negated(inner)
        case _ if expr != TRUE:
            yield expr


def negated(expr: Expr) -> Iterator[Expr]:
    """Split what must not hold into atoms, in order."""
    match expr:
        case Expr("||", parts):
            for part in parts:
                yield from negated(part)
        case Expr("!", (inner,)):
            yield from conjuncts(inner)
        case _ if expr != FALSE:
            yield Expr("!", (expr,))


def path_of(expr: Expr) -> Path | None:
    """Read the expression as a path, if it is one."""
    if expr.op == "var":
        return Path(str(expr.data))
    if expr.op == "." and (base := path_of(expr.args[0])):
        return Path(base.variable, (*base.names, str(expr.data)))
    return None


def expression_of(path: Path) -> Expr:
    """Write the path as an expression."""
    expr = Expr("var", (), path.variable)
    for name in path.names:
        expr = Expr(".", (expr,), name)
    return expr


def reads(expr: Expr) -> frozenset[Path]:
    """Every path the expression may read."""
    path = path_of(expr)
    if path is not None:
        return frozenset({path})
    if expr.op == "has" and (path := path_of(expr.args[0])):
        return frozenset({Path(path.variable, (*path.names, str(expr.data)))})
    return frozenset().union(*map(reads, expr.args))


def fitness(expr: Expr) -> tuple[Expr, ...] | None:
    """Say what must be true of its operands for a Boolean expression never to err.

    None where no such checks are known: its evaluation may err, and order matters.
    """
    kinds = ("bool",) * len(expr.args) if expr.op in CHAINS else OPERANDS.get(expr.op)
    if kinds is None or len(kinds) != len(expr.args):
        return None
    checks: list[Expr] = []
    for kind, argument in zip(kinds, expr.args, strict=True):
        found = _operand(argument, kind)
        if found is None and kind == "bool":
            found = fitness(argument)
        if found is None:
            return None
        checks += found
    return tuple(checks)


OPERANDS = {
    **dict.fromkeys(("==", "!="), ("any", "any")),
    **dict.fromkeys(("<", "<=", ">", ">="), ("long", "long")),
    **dict.fromkeys(("containsAll", "containsAny"), ("set", "set")),
    "contains": ("set", "any"),
    "in": ("entity", "entities"),
    "hasTag": ("entity", "string"),
    "has": ("holder",),
    "is": ("entity",),
    "!": ("bool",),
}
"Types of operands with which an operator never errs."
ENTITY_KINDS = frozenset({"any", "entity", "entities", "holder"})
"What principal, action and resource always are."
CONTEXT_KINDS = frozenset({"any", "holder"})
"What the context always is."


def _operand(expr: Expr, kind: str) -> tuple[Expr, ...] | None:
    path = path_of(expr)
    if path is not None:
        if not path.names:
            given = CONTEXT_KINDS if path.variable == "context" else ENTITY_KINDS
            return () if kind in given else None
        return (Expr("check", (expr,), kind),)
    if expr.op == "value":
        try:
            constant(Expr("check", (expr,), kind))
        except EvaluationError:
            return None
        return ()
    return None
