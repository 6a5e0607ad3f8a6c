"""Kleene's three truth values: true, false, and not known (None)."""

from __future__ import annotations

from collections.abc import Iterable

type Ternary = bool | None


def any_of(values: Iterable[Ternary]) -> Ternary:
    """Give true where one is true, false where every one is false, else not known."""
    every = tuple(values)
    if True in every:
        return True
    return None if None in every else False


def all_of(values: Iterable[Ternary]) -> Ternary:
    """Give false where one is false, true where every one is true, else not known."""
    every = tuple(values)
    if False in every:
        return False
    return None if None in every else True


def negated(value: Ternary) -> Ternary:
    """Give the opposite; not known stays not known."""
    return None if value is None else not value
