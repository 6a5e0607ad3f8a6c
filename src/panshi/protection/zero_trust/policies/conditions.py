"""What a policy asks for, as conditions that must all hold, and how two policies compare.

Scope, `when` and `unless` of Cedar's parsed form (EST) are taken apart at every `&&`; an `unless`
is turned round by De Morgan's laws. What cannot be taken apart stays one condition. Conclusions are
therefore sound where they are drawn (a policy said to be shadowed is), and not always drawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

type Est = Mapping[str, Any]
type Groups = Mapping[str, frozenset[str]]
'Every action with the actions at or below it, written `Action::"read"`.'

_NOT = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class Condition(NamedTuple):
    """One thing that must hold."""

    operator: str
    "A comparison of a path with a constant; `is true` for whatever else."
    path: str
    value: Any
    "The constant; True or False with `is true`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """When a policy applies: to which actions, and under which conditions."""

    actions: frozenset[str] | None
    "Actions it may apply to; None: to all."
    conditions: frozenset[Condition]

    @property
    def impossible(self) -> bool:
        """Whether it can never apply, whatever is asked."""
        if self.actions is not None and not self.actions:
            return True
        always_false = Condition("is true", "false", value=True)
        return always_false in self.conditions or any(
            _contradict(one, other)
            for one, other in combinations(sorted(self.conditions, key=str), 2)
        )

    def within(self, other: Demands) -> bool:
        """Whether the other policy applies wherever this one does."""
        if other.actions is not None and (
            self.actions is None or not self.actions <= other.actions
        ):
            return False
        return all(
            any(_implies(mine, wanted) for mine in self.conditions) for wanted in other.conditions
        )


def demands(policy: Est, groups: Groups) -> Demands:
    """Take one parsed policy apart."""
    conditions = [
        *_scope("principal", policy["principal"]),
        *_scope("resource", policy["resource"]),
    ]
    for clause in policy.get("conditions", ()):
        conditions.extend(_holds(clause["body"], wanted=clause["kind"] == "when"))
    kept = frozenset(
        each for each in conditions if each != Condition("is true", "true", value=True)
    )
    return Demands(actions=_actions(policy["action"], groups), conditions=kept)


def paths(policy: Est) -> frozenset[str]:
    """Give every attribute path a policy reads, for example `context.signals.missing`."""
    return frozenset(
        path for clause in policy.get("conditions", ()) for path in _read(clause["body"])
    )


def _actions(scope: Est, groups: Groups) -> frozenset[str] | None:
    match scope:
        case {"op": "==", "entity": entity}:
            return frozenset({_uid(entity)})
        case {"op": "in", "entity": entity}:
            return groups.get(_uid(entity), frozenset({_uid(entity)}))
        case {"op": "in", "entities": entities}:
            every = (groups.get(_uid(each), frozenset({_uid(each)})) for each in entities)
            return frozenset().union(*every)
        case _:
            return None


def _scope(variable: str, scope: Est) -> Iterator[Condition]:
    match scope:
        case {"op": "==", "entity": entity}:
            yield Condition("==", variable, _uid(entity))
        case {"op": "in", "entity": entity}:
            yield Condition("is true", f"{variable} in {_uid(entity)}", value=True)
        case {"op": "is", "entity_type": kind}:
            yield Condition("is true", f"{variable} is {kind}", value=True)
            if "in" in scope:
                inside = _uid(scope["in"]["entity"])
                yield Condition("is true", f"{variable} in {inside}", value=True)
        case _:
            return


def _holds(body: Any, *, wanted: bool) -> Iterator[Condition]:  # noqa: ANN401 -- Cedar's JSON
    match body:
        case {"&&": pair} if wanted:
            yield from _holds(pair["left"], wanted=True)
            yield from _holds(pair["right"], wanted=True)
        case {"||": pair} if not wanted:
            yield from _holds(pair["left"], wanted=False)
            yield from _holds(pair["right"], wanted=False)
        case {"!": inner}:
            yield from _holds(inner["arg"], wanted=not wanted)
        case {"Value": bool(value)}:
            yield Condition("is true", "true" if value is wanted else "false", value=True)
        case _:
            yield _atom(body, wanted=wanted)


def _atom(body: Any, *, wanted: bool) -> Condition:  # noqa: ANN401 -- Cedar's JSON
    for operator, negated in _NOT.items():
        if isinstance(body, dict) and operator in body:
            left, right = body[operator]["left"], body[operator]["right"]
            path, constant = written(left), _constant(right)
            if constant is not None:
                return Condition(operator if wanted else negated, path, constant)
    return Condition("is true", written(body), wanted)


def _constant(body: Any) -> Any:  # noqa: ANN401 -- Cedar's JSON
    match body:
        case {"Value": {"__entity": entity}}:
            return _uid(entity)
        case {"Value": bool() | int() | str() as value}:
            return value
        case _:
            return None


def written(body: Any) -> str:  # noqa: ANN401 -- Cedar's JSON
    """Write an expression down: paths plainly, whatever else as its parsed form."""
    match body:
        case {"Var": name}:
            return str(name)
        case {".": part}:
            return f"{written(part['left'])}.{part['attr']}"
        case {"has": part}:
            return f"{written(part['left'])} has {part['attr']}"
        case {"in": pair}:
            return f"{written(pair['left'])} in {written(pair['right'])}"
        case {"Value": {"__entity": entity}}:
            return _uid(entity)
        case {"isEmpty": part}:
            return f"{written(part['arg'])}.isEmpty()"
        case _:
            return json.dumps(body, sort_keys=True, ensure_ascii=False)


def _read(body: Any) -> Iterator[str]:  # noqa: ANN401 -- Cedar's JSON
    match body:
        case {".": part}:
            yield written(body)
            yield from _read(part["left"])
        case {"has": part}:
            yield f"{written(part['left'])}.{part['attr']}"
            yield from _read(part["left"])
        case dict():
            for part in body.values():
                yield from _read(part)
        case list():
            for part in body:
                yield from _read(part)
        case _:
            return


def _uid(entity: Est) -> str:
    inner = entity.get("__entity", entity)
    return f"{inner['type']}::{json.dumps(inner['id'], ensure_ascii=False)}"


def _implies(mine: Condition, wanted: Condition) -> bool:
    """Whether the one makes the other true."""
    if mine == wanted:
        return True
    if mine.path != wanted.path or "is true" in {mine.operator, wanted.operator}:
        return False
    if mine.operator == "==":
        return _true(mine.value, wanted.operator, wanted.value)
    if not _numbers(mine.value, wanted.value):
        return False
    return any(
        mine.operator in operators
        and wanted.operator == operator
        and _true(mine.value, test, wanted.value)
        for operators, operator, test in _RANGES
    )


_RANGES: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({">"}), ">", ">="),
    (frozenset({">"}), ">=", ">="),
    (frozenset({">="}), ">=", ">="),
    (frozenset({">="}), ">", ">"),
    (frozenset({"<"}), "<", "<="),
    (frozenset({"<"}), "<=", "<="),
    (frozenset({"<="}), "<=", "<="),
    (frozenset({"<="}), "<", "<"),
    (frozenset({">="}), "!=", ">"),
    (frozenset({"<="}), "!=", "<"),
)
"An operator of mine and one that is wanted follow from each other where the constants compare so."


def _contradict(one: Condition, other: Condition) -> bool:
    if one.path != other.path:
        return False
    if one.operator == "is true" and other.operator == "is true":
        return bool(one.value is not other.value)
    if "is true" in {one.operator, other.operator}:
        return False
    for first, second in ((one, other), (other, one)):
        if first.operator == "==":
            return not _true(first.value, second.operator, second.value)
    low, high = (one, other) if one.operator.startswith(">") else (other, one)
    if not (low.operator.startswith(">") and high.operator.startswith("<")):
        return False
    if not _numbers(low.value, high.value):
        return False
    lowest = low.value + (low.operator == ">")
    highest = high.value - (high.operator == "<")
    return bool(lowest > highest)


def _true(left: Any, operator: str, right: Any) -> bool:  # noqa: ANN401 -- constants of Cedar
    match operator:
        case "==":
            return type(left) is type(right) and bool(left == right)
        case "!=":
            return type(left) is not type(right) or bool(left != right)
        case _ if not _numbers(left, right):
            return False
        case ">=":
            return bool(left >= right)
        case ">":
            return bool(left > right)
        case "<=":
            return bool(left <= right)
        case _:
            return bool(left < right)


def _numbers(*values: Any) -> bool:  # noqa: ANN401 -- constants of Cedar
    return all(type(each) is int for each in values)


def groups_of(pairs: Iterable[tuple[str, Iterable[str]]]) -> Groups:
    """Give every action with those at or below it, from pairs of an action and its groups."""
    above = {name: frozenset(parents) for name, parents in pairs}
    below: dict[str, set[str]] = {}
    for name in above:
        waiting, seen = [name], set[str]()
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                below.setdefault(here, set()).add(name)
                waiting.extend(above.get(here, ()))
    return {name: frozenset(found) for name, found in below.items()}
