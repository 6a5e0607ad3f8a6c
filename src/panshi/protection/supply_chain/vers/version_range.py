"""A range of versions: constraints in the order of their scheme, and what lies inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, Self
from urllib.parse import quote

from panshi.protection.supply_chain.versions import Key, family, key


class Comparator(StrEnum):
    """How a version stands to its bound; in the order they take at one bound."""

    BELOW = "<"
    UP_TO = "<="
    EXACTLY = "="
    NOT = "!="
    FROM = ">="
    ABOVE = ">"


PLACES = {each: place for place, each in enumerate(Comparator)}
LOWER = frozenset({Comparator.FROM, Comparator.ABOVE})
UPPER = frozenset({Comparator.BELOW, Comparator.UP_TO})
CLOSED = frozenset({Comparator.UP_TO, Comparator.EXACTLY, Comparator.FROM})


class Constraint(NamedTuple):
    """One bound."""

    comparator: Comparator
    version: str

    def __str__(self) -> str:
        """Write it; a version alone means exactly that one."""
        sign = "" if self.comparator is Comparator.EXACTLY else str(self.comparator)
        return sign + quote(self.version, safe=":", errors="replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRange:
    """Constraints of one scheme; `everything` is the range `*`."""

    scheme: str
    constraints: tuple[Constraint, ...] = ()
    everything: bool = False

    @classmethod
    def build(cls, scheme: str, constraints: Iterable[Constraint]) -> Self:
        """Put the constraints in order; those whose version has no place stay last, as given."""
        given = list(constraints)
        placed = [each for each in given if place(scheme, each.version) is not None]
        placed.sort(key=lambda each: (place(scheme, each.version), PLACES[each.comparator]))
        lost = [each for each in given if place(scheme, each.version) is None]
        return cls(scheme=scheme, constraints=(*placed, *lost))

    def __str__(self) -> str:
        """Write it."""
        body = "*" if self.everything else "|".join(map(str, self.constraints))
        return f"vers:{self.scheme}/{body}"

    def contains(self, version: str) -> bool | None:
        """Tell whether the version is inside; None where that cannot be told.

        Single versions are decided by equality, the others as pairs of bounds in order.
        """
        if self.everything:
            return True
        for comparator, bound in self.constraints:
            if bound == version and (comparator in CLOSED or comparator is Comparator.NOT):
                return comparator is not Comparator.NOT
        here = place(self.scheme, version)
        if here is None:
            return None
        bounds: list[tuple[Comparator, Key]] = []
        unknown = False
        for comparator, bound in self.constraints:
            there = place(self.scheme, bound)
            if there is None:
                unknown = True
            elif here == there and (comparator in CLOSED or comparator is Comparator.NOT):
                return comparator is not Comparator.NOT
            else:
                bounds.append((comparator, there))
        inside = _between(here, bounds)
        return None if unknown and not inside else inside


def place(scheme: str, version: str) -> Key | None:
    """Give a version's key, or None where the scheme's order or the version is unknown."""
    return None if family(scheme) is None else key(scheme, version)


def _between(here: Key, bounds: list[tuple[Comparator, Key]]) -> bool:
    """Walk the bounds in order; of bounds of one direction in a row the widest counts."""
    kept: list[tuple[Comparator, Key]] = []
    for comparator, bound in bounds:
        if comparator not in LOWER and comparator not in UPPER:
            continue
        if kept and comparator in LOWER and kept[-1][0] in LOWER:
            continue
        if kept and comparator in UPPER and kept[-1][0] in UPPER:
            kept.pop()
        kept.append((comparator, bound))
    if not kept:
        return bool(bounds) and all(each is Comparator.NOT for each, _ in bounds)
    (first, low), (last, high) = kept[0], kept[-1]
    if (first in UPPER and here < low) or (last in LOWER and here > high):
        return True
    return any(
        left in LOWER and right in UPPER and lower < here < upper
        for (left, lower), (right, upper) in pairwise(kept)
    )
