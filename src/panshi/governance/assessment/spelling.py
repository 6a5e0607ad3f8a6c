"""Predicates spelled out in one line, as content writes them, so that a proof can be read."""

from __future__ import annotations

from typing import assert_never

from panshi.model.control import Neighbour
from panshi.model.predicate import AllOf, AnyOf, Condition, Not, Predicate


def described(predicate: Predicate | None) -> str:
    """Spell a predicate; nothing for none."""
    match predicate:
        case None:
            return ""
        case Condition(field=name, comparison=comparison, value=value):
            return f"{name} {comparison.value} {value}"
        case AllOf(parts=parts):
            return "(" + " and ".join(described(part) for part in parts) + ")"
        case AnyOf(parts=parts):
            return "(" + " or ".join(described(part) for part in parts) + ")"
        case Not(part=part):
            return f"not {described(part)}"
        case _:
            assert_never(predicate)


def neighbourhood(near: Neighbour | None) -> str:
    """Spell what a related asset must be; nothing for none."""
    if near is None:
        return ""
    arrow = f"-{near.relation.value}->" if near.outgoing else f"<-{near.relation.value}-"
    return " ".join(filter(None, (arrow, near.kind or "any", described(near.where))))
