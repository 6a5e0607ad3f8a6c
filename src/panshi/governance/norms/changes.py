"""What may have changed between two versions of a norm."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from panshi.governance.norms.clauses import Clause, Norm
from panshi.governance.norms.quantities import Contrast
from panshi.governance.norms.strengths import Force


class Kind(StrEnum):
    """What happened to a clause."""

    ADDED = "added"
    REMOVED = "removed"
    STRENGTHENED = "strengthened"
    WEAKENED = "weakened"
    REVERSED = "reversed"
    "A duty became a prohibition, or the other way round."
    RENUMBERED = "renumbered"
    MOVED = "moved"
    REWORDED = "reworded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One clause in both versions, or in one of them."""

    kinds: tuple[Kind, ...]
    old: Clause | None = None
    new: Clause | None = None
    likeness: float = 0.0
    force: Force = Force.SAME
    numbers: tuple[Contrast, ...] = ()
    "Numbers that differ."


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Two versions of a norm and every change between them."""

    old: Norm
    new: Norm
    changes: tuple[Change, ...]
    unchanged: int

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """Give the changes of one kind."""
        return tuple(change for change in self.changes if kind in change.kinds)
