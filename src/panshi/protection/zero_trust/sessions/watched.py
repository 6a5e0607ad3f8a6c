"""What the policies in force compare with that changes by itself: levels of trust, age, the hour.

A comparison with a fixed number has a moment at which it turns; that moment can be scheduled. Where
a policy compares in another way every level, or every hour, is watched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

from cedarpy import pst

from panshi.protection.zero_trust.trust.level import HIGHEST

if TYPE_CHECKING:
    from panshi.protection.cedar import CompiledPolicies

type Reading = tuple[tuple[str, ...], int | None]
"""A path into the context, and the number it is compared with, if any."""

_COMPARISONS = frozenset({"eq", "not_eq", "less", "less_eq", "greater", "greater_eq"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What to look out for."""

    levels: frozenset[int]
    "Levels of trust at which some comparison turns."
    ages: frozenset[int]
    "Ages of a session in seconds at which one turns."
    hours: bool
    "Whether any policy reads the hour or the day."


EVERYTHING = Watched(levels=frozenset(range(1, HIGHEST + 1)), ages=frozenset(), hours=True)


def watched(policies: CompiledPolicies) -> Watched:
    """Read from policies what they compare with."""
    tree = policies.handle.to_pst()
    levels, ages, hours = set[int](), set[int](), False
    for each in (*tree.static_policies.values(), *tree.templates.values()):
        for path, against in _readings(each.clauses):
            match path:
                case ("trust", "level"):
                    levels |= EVERYTHING.levels if against is None else {against, against + 1}
                case ("session", "age_s") if against is not None:
                    ages |= {against, against + 1}
                case () | ("trust" | "session",) | ("session", "age_s"):
                    levels |= EVERYTHING.levels  # compared as a whole, or with what may be anything
                    hours = True
                case ("time", *_):
                    hours = True
                case _:
                    pass
    return Watched(
        levels=frozenset(each for each in levels if 1 <= each <= HIGHEST),
        ages=frozenset(each for each in ages if each > 0),
        hours=hours,
    )


def _readings(root: object) -> Iterator[Reading]:
    """Yield what is read of the context."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        match node:
            case pst.BinaryOp(op=operator, left=left, right=right) if operator in _COMPARISONS:
                found = _compared(left, right) or _compared(right, left)
                if found is not None:
                    yield found
                else:
                    waiting += (left, right)
            case pst.HasAttr(base=base):
                if _path(base) is None:  # whether a part is there says nothing of its value
                    waiting.append(base)
            case _:
                path = _path(node)
                if path is not None:
                    yield path, None
                else:
                    waiting += _parts(node)


def _compared(one: object, other: object) -> Reading | None:
    path = _path(one)
    if path is not None and isinstance(other, pst.LongLit):
        return path, other.value
    return None


def _path(node: object) -> tuple[str, ...] | None:
    """Give a path into the context, `trust`, `level`; None for anything else."""
    names: list[str] = []
    while isinstance(node, pst.GetAttr):
        names.append(node.attr)
        node = node.base
    if isinstance(node, pst.Var) and node.name == "context":
        return tuple(reversed(names))
    return None


def _parts(node: object) -> tuple[object, ...]:
    match node:
        case Mapping():
            return tuple(node.values())
        case tuple() | list():
            return tuple(node)
        case _ if is_dataclass(node):
            return tuple(getattr(node, each.name) for each in fields(node))
        case _:
            return ()
