"""Deciding: one generated function ANDs the masks of a request; what errs is settled in order.

The function is written for one index: two or three look-ups for the entities, one for each
attribute of the context that policies read, one comparison for each joint. Names of attributes
reach it as constants of its namespace, never as source text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from panshi.protection.cedar.columns import Column, Table, slim
from panshi.protection.cedar.conjunctions import Path, path_of
from panshi.protection.cedar.decision import Decision, PolicyError, Request
from panshi.protection.cedar.entities import EntityStore
from panshi.protection.cedar.entries import MISSING, Entries, bits, standing, walk
from panshi.protection.cedar.evaluation import Closure, Lookup, truth
from panshi.protection.cedar.faults import EvaluationError
from panshi.protection.cedar.index import Index, Joint
from panshi.protection.cedar.values import Uid

REMEMBERED = 65_536
"Answers kept by their mask."
ORDERS = frozenset({"<", "<=", ">", ">="})


class View:
    """An index over a store of entities."""

    def __init__(self, index: Index, entities: EntityStore) -> None:
        """Start with nothing settled."""
        self.index = index
        self.entities = entities
        self.sides = {name: Entries(index, side, entities) for name, side in index.sides.items()}
        self.answers: dict[int, Decision] = {}
        self.decide: Callable[[Request], Decision] = generated(self)

    def forget(self, changed: Iterable[Uid]) -> None:
        """Drop what was settled from these entities."""
        for entries in self.sides.values():
            entries.forget(changed)

    def without(self, side: str, request: Request) -> tuple[int, int]:
        """Give the policies that hold but for one side and the joints, and those that may."""
        index = self.index
        sure = may = index.low
        for name, entries in self.sides.items():
            if name != side:
                mask, scope, *_ = entries[getattr(request, name)]
                sure &= mask  # type: ignore[operator]
                may &= standing(mask, index) & scope  # type: ignore[arg-type,operator]
        for column in index.context:
            value = walk(request.context, column.path.names)
            mask = _reader(column)(value, request, self.entities)
            sure &= mask
            may &= standing(mask, index)
        return sure, may

    def finish(self, request: Request, mask: int) -> Decision:
        """Answer from a mask not seen before: errors, and conditions that fit no column."""
        index = self.index
        erring = (index.high & ~mask) >> index.size
        holding = mask & index.low & ~erring
        errors: dict[int, str] = {}
        principal = self.sides["principal"][request.principal][1]
        resource = self.sides["resource"][request.resource][1]
        for number in bits(erring & principal & resource):  # type: ignore[operator]
            found = judged(index.sequences[number], request, self.entities)
            if found is True:
                holding |= 1 << number
            elif found is not False:
                errors[number] = found
        unsettled = holding & index.unsettled & ~erring
        for number in bits(unsettled):
            found = judged(index.rest[number], request, self.entities)
            if found is not True:
                holding &= ~(1 << number)
            if isinstance(found, str):
                errors[number] = found
        answer = answered(index, holding, errors)
        if not erring and not unsettled:
            if len(self.answers) >= REMEMBERED:
                self.answers.clear()
            self.answers[slim(mask, index.size)] = answer
        return answer


def answered(index: Index, holding: int, errors: Mapping[int, str]) -> Decision:
    """Say what follows from the policies that hold and those that err: forbid wins."""
    policies = index.policies
    deciding = holding & index.forbid or holding
    return Decision(
        allowed=bool(holding) and not holding & index.forbid,
        reasons=tuple(policies[number].id for number in bits(deciding)),
        errors=tuple(PolicyError(policies[n].id, errors[n]) for n in sorted(errors)),
    )


def plainly(index: Index, request: Request, entities: Lookup) -> Decision:
    """Decide by evaluating every policy: for entities that are asked about only once."""
    holding, errors = 0, {}
    for number in range(index.size):
        found = judged(index.sequences[number], request, entities)
        if found is True:
            holding |= 1 << number
        elif found is not False:
            errors[number] = found
    return answered(index, holding, errors)


def judged(closures: Iterable[Closure], request: Request, entities: Lookup) -> bool | str:
    """Evaluate conditions in order: true, false, or what went wrong."""
    for each in closures:
        try:
            if not truth(each(request, entities)):
                return False
        except EvaluationError as error:
            return str(error)
    return True


def _holds(joint: Joint, request: Request, entities: Lookup) -> bool:
    return judged((joint.holds,), request, entities) is True


def generated(view: View) -> Callable[[Request], Decision]:
    """Write the function that decides by this index over these entities.

    It reads plain dictionaries and masks with one bit for "none errs". What is not in them yet,
    or errs, goes through the same lines once more, over the full masks and the tables that
    compute them.
    """
    index = view.index
    scope: dict[str, Any] = {
        "entities": view.entities,
        "principals": view.sides["principal"],
        "resources": view.sides["resource"],
        "answers": view.answers,
        "finish": view.finish,
        "holds": _holds,
    }
    lines = ["principal, action, resource, context = request"]
    lines += _entity_line("p", "principal", index)
    lines += _entity_line("r", "resource", index)
    lines.append("mask = pm & rm")
    acting = index.sides["action"]
    if acting.columns or acting.loose.rows:
        scope["actions"] = view.sides["action"]
        lines.append("mask &= actions[action][0]")
    for number, column in enumerate(index.context):
        lines += _column_lines(number, column, scope)
    for number, joint in enumerate(index.eager):
        lines += _joint_lines(number, joint, index, scope)
    quick = {
        name: each.slim if isinstance(each, Table | Entries) else each
        for name, each in scope.items()
    }
    for number, joint in enumerate(index.eager):
        scope[f"without{number}"] = (index.high | index.low) & ~joint.policies
        quick[f"without{number}"] = (index.low + 1 | index.low) & ~joint.policies
    for number in range(len(index.context)):
        quick[f"other{number}"] = _slimmed(scope[f"other{number}"], index.size)
    quick["slowly"] = _function([*lines, "return finish(request, mask)"], scope)
    tried = [
        "try:",
        *(f"    {line}" for line in lines),
        "    return answers[mask]",
        "except KeyError:",
        "    return slowly(request)",
    ]
    return _function(tried, quick)


def _slimmed(read: Callable[..., int], size: int) -> Callable[..., int]:
    return lambda value, request, entities: slim(read(value, request, entities), size)


def _function(lines: list[str], scope: dict[str, Any]) -> Callable[[Request], Decision]:
    source = "def decide(request):\n" + "".join(f"    {line}\n" for line in lines)
    exec(compile(source, "<decide>", "exec"), scope)  # noqa: S102 -- holds no word of a policy
    return scope["decide"]  # type: ignore[no-any-return]


def _entity_line(letter: str, name: str, index: Index) -> list[str]:
    extracts = "".join(f", {letter}{i}" for i in range(len(index.sides[name].extracts)))
    if not extracts:
        return [f"{letter}m = {name}s[{name}][0]"]
    return [f"{letter}m, _{extracts} = {name}s[{name}]"]


def _column_lines(number: int, column: Column, scope: dict[str, Any]) -> list[str]:
    names = column.path.names
    table, other = f"table{number}", f"other{number}"
    scope |= {
        other: _reader(column),
        f"first{number}": names[0],
        f"missing{number}": MISSING[0],
    }
    lines = [f"value = context.get(first{number}, missing{number})"]
    for depth, name in enumerate(names[1:], 1):
        scope[f"name{number}_{depth}"] = name
        scope[f"missing{number}_{depth}"] = MISSING[depth]
        lines.append(
            f"value = value.get(name{number}_{depth}, missing{number}_{depth})"
            " if type(value) is dict else None"
        )
    slowly = f"{other}(value, request, entities)"
    if column.expects is None:
        return [*lines, f"mask &= {slowly}"]
    scope[table] = column.tables[column.expects]
    scope[f"type{number}"] = column.expects
    quickly = f"{table}[value] if type(value) is type{number}"
    return [*lines, f"mask &= {quickly} else {slowly}"]


def _reader(column: Column) -> Callable[[Any, Request, Lookup], int]:
    """Look up what the generated code does not expect: absent, of another type, no dict."""
    names = column.path.names

    def read(value: Any, request: Request, entities: Lookup) -> int:  # noqa: ANN401 -- foreign
        if value is None and len(names) > 1:
            value = walk(request.context, names)
        if value is None:
            return column.direct(request, entities)
        return column.lookup(value, request, entities)

    return read


def _joint_lines(number: int, joint: Joint, index: Index, scope: dict[str, Any]) -> list[str]:
    clear = f"mask &= without{number}"
    expr, wanted = joint.expr, True
    if expr.op == "!":
        expr, wanted = expr.args[0], False
    names = [_extracted(path_of(each), index) for each in expr.args]
    if len(names) == 2 and all(names):  # noqa: PLR2004
        left, right = names
        if expr.op in {"==", "!="}:
            unequal = (expr.op == "==") == wanted
            return [f"if {left} {'!=' if unequal else '=='} {right}:", f"    {clear}"]
        if expr.op in ORDERS:
            test = f"type({left}) is int and type({right}) is int and "
            verdict = f"{left} {expr.op} {right}"
            return [
                f"if not ({test}{verdict if wanted else f'not {verdict}'}):",
                f"    {clear}",
            ]
    scope[f"joint{number}"] = joint
    return [f"if not holds(joint{number}, request, entities):", f"    {clear}"]


def _extracted(path: Path | None, index: Index) -> str:
    """Name the local variable that holds a path's value, if one does."""
    if path is None or path.variable not in {"principal", "resource"}:
        return ""
    if not path.names:
        return path.variable
    return f"{path.variable[0]}{index.sides[path.variable].extracts.index(path)}"
