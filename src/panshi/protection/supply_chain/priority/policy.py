"""The rules of deciding, as content gives them: the tree, what scores mean, and the clocks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.points import (
    Automatable,
    Exploitation,
    Exposure,
    Impact,
    Mission,
    Technical,
)

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The decision table and how its inputs are read."""

    source: str
    table: Mapping[tuple[Exploitation, Exposure, Automatable, Impact], Ssvc]
    impact: Mapping[tuple[Mission, Technical], Impact]
    epss_poc: float
    "From this estimate on, a working attack is taken to exist."
    epss_active: float
    "From this estimate on, attacks are taken to happen."
    epss_jump: float
    "A rise by so much lifts exploitation by one step."
    open_zones: frozenset[str]
    "Kinds of zone whose machines anybody may reach."
    small_zones: frozenset[str]
    "Kinds of zone only few machines and people reach."

    def __post_init__(self) -> None:
        """Refuse a table with holes: an input without a decision would be silence."""
        if set(self.table) != set(product(Exploitation, Exposure, Automatable, Impact)):
            raise ValueError("the decision table does not give every case once")
        if set(self.impact) != set(product(Mission, Technical)):
            raise ValueError("the table of impact does not give every case once")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """Within how many days what fits must be repaired; an empty condition fits everything."""

    id: str
    days: int
    most: int
    "So many days an institution may set at most."
    kev: bool | None = None
    ssvc: Ssvc | None = None
    exposure: Exposure | None = None
    supplier_tier: int | None = None
    "This tier or a more critical one."
    title_zh: str = ""
    title_en: str = ""

    def fits(self, *, kev: bool, ssvc: Ssvc, exposure: Exposure, tier: int) -> bool:
        """Whether the rule is meant."""
        return (
            (self.kev is None or self.kev is kev)
            and (self.ssvc is None or self.ssvc is ssvc)
            and (self.exposure is None or self.exposure is exposure)
            and (self.supplier_tier is None or 0 < tier <= self.supplier_tier)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who is told when something is so many days late."""

    late: int
    office: str
    title_zh: str
    title_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Rules in order, the first that fits counts; and how days are counted."""

    rules: tuple[ClockRule, ...]
    working: bool = False
    "Count working days only."
    holidays: frozenset[date] = frozenset()
    escalations: tuple[Escalation, ...] = ()
    "The latest first."
    since: date | None = None
    "When the institution changed them; None as they ship."

    def __post_init__(self) -> None:
        """Refuse clocks that leave something without a day."""
        if not self.rules or self.rules[-1].days < 1:
            raise ValueError("clocks need a last rule for everything")
        last = self.rules[-1]
        if any(each is not None for each in (last.kev, last.ssvc, last.exposure)):
            raise ValueError("the last rule must fit everything")

    def rule(
        self, *, kev: bool, ssvc: Ssvc, exposures: Collection[Exposure], tier: int
    ) -> ClockRule:
        """Give the rule that counts: of all that fit, for any exposure possible, the strictest."""
        fitting = (
            rule
            for rule in self.rules
            if any(rule.fits(kev=kev, ssvc=ssvc, exposure=each, tier=tier) for each in exposures)
        )
        return min(fitting, key=lambda rule: rule.days)

    def after(self, start: date, days: int) -> date:
        """Give the last day of a period that begins on a day, which itself does not count."""
        if not self.working:
            return start + timedelta(days=days)
        day = start
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def is_working(self, day: date) -> bool:
        """Whether people work on a day."""
        return day.weekday() < SATURDAY and day not in self.holidays

    def escalation(self, late: int) -> Escalation | None:
        """Who is told of something so many days late; nobody where it is in time."""
        return next((each for each in self.escalations if late >= each.late), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything a decision needs."""

    tree: Tree
    clocks: Clocks
