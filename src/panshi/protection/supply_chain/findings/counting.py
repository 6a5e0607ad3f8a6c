"""What is open, counted, and how fresh the bill is that it was counted from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from panshi.protection.supply_chain.findings.finding import Finding, Ssvc, Status

FRESH_DAYS = 90
"A bill is asked for once a quarter (blueprint, measure 8)."


class BillState(StrEnum):
    """What is known of what a system is made of."""

    FRESH = "fresh"
    STALE = "stale"
    NEVER = "never"

    @classmethod
    def of(cls, age: int | None) -> BillState:
        """Judge the age of the newest bill in days; None where none ever came."""
        if age is None:
            return cls.NEVER
        return cls.FRESH if age <= FRESH_DAYS else cls.STALE


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What is open, counted."""

    by_decision: Mapping[Ssvc | None, int] = field(default_factory=dict)
    unknown: int = 0
    "Of them, findings of versions that cannot be placed."
    exploited: int = 0
    due: date | None = None
    "The earliest."
    overdue: int = 0

    @property
    def act(self) -> int:
        """Count what must be acted on at once."""
        return self.by_decision.get(Ssvc.ACT, 0)

    @property
    def attend(self) -> int:
        """Count what comes before the usual round."""
        return self.by_decision.get(Ssvc.ATTEND, 0)

    @property
    def later(self) -> int:
        """Count what the usual round takes care of."""
        return self.total - self.act - self.attend

    @property
    def total(self) -> int:
        """Count all."""
        return sum(self.by_decision.values())

    @classmethod
    def of(cls, found: Sequence[Finding], today: date) -> Open:
        """Count findings that are open."""
        dues = [each.due for each in found if each.due]
        return cls(
            by_decision=Counter(each.ssvc for each in found),
            unknown=sum(each.status is Status.UNKNOWN for each in found),
            exploited=sum(each.kev for each in found),
            due=min(dues, default=None),
            overdue=sum(each < today for each in dues),
        )

    @classmethod
    def together(cls, parts: Sequence[Open]) -> Open:
        """Add up what is open in several places."""
        counts: Counter[Ssvc | None] = Counter()
        for each in parts:
            counts.update(each.by_decision)
        return cls(
            by_decision=counts,
            unknown=sum(each.unknown for each in parts),
            exploited=sum(each.exploited for each in parts),
            due=min((each.due for each in parts if each.due), default=None),
            overdue=sum(each.overdue for each in parts),
        )
