"""An exception and the register of all, as they are told: the same values for every surface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from panshi.governance.exceptions.authority import Level, Rule
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState
from panshi.model.asset import AssetId
from panshi.model.bodies.exceptions import ExceptionBasis
from panshi.model.observation import ObservationId

REMINDED = (30, 7, 1)
"Days before the end at which people are reminded; reminding decides nothing."
MONTHS_A_QUARTER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensation:
    """A control an exception leans on."""

    control: str
    met: bool
    "By evidence alone, today."


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """An approval that counts."""

    person: str
    office: str
    on: date
    evidence_id: ObservationId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One event of an exception's history."""

    evidence_id: ObservationId
    kind: str
    at: datetime
    by: str
    said: str = ""
    "What the person wrote."
    office: str = ""
    ruling: str = ""
    flaw: Flaw | None = None
    "Why it counts for nothing; None where it counts."
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionView:
    """One exception on a day."""

    number: str
    framework: str
    control: str
    "`<framework>/<control>`."
    state: ExceptionState
    flaw: Flaw | None
    "Why it is void."
    detail: str
    counts: bool
    "Whether it forgives anything today: active, compensated, within the authority."
    scope: tuple[AssetId, ...]
    "Assets; empty for the whole population."
    reason: str
    residual_risk: str
    requested_by: str
    requested_on: date
    reviewed_by: str
    effective: date
    "First day on which it counts, once approved."
    expires: date
    "First day on which it counts no longer."
    age_days: int
    "Since it was asked for."
    days_left: int | None
    "Until it lapses; None where it is not alive."
    renews: str
    renewed_by: str
    renewals: int
    compensating: tuple[Compensation, ...]
    level: Level | None
    because: tuple[Rule, ...]
    "Rules that lift it to this level."
    approvals: tuple[ApprovalView, ...]
    missing: tuple[str, ...]
    "Offices that have yet to approve, or would have to for the share it covers today."
    failing_in_scope: int
    scope_permille: int
    met: bool
    "Whether the control is met today, live exceptions counted."
    met_without_exceptions: bool

    @property
    def uncompensated(self) -> bool:
        """Whether a control it leans on is not met today."""
        return any(not each.met for each in self.compensating)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionDetail:
    """One exception with its history, and what was decided on beside what is now."""

    view: ExceptionView
    steps: tuple[StepView, ...]
    decided_on: ExceptionBasis | None
    "What the last approval was given on."
    now: ExceptionBasis
    differs: tuple[str, ...]
    "Fields that are not as they were when it was decided."
    seen: str
    "Digest of what stands now, by which a decision says what it was shown."


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A framework with and without exceptions."""

    framework: str
    staged: bool
    stage: int
    stage_without_exceptions: int
    met: int
    "Controls met, live exceptions counted."
    met_without_exceptions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionRegister:
    """Every exception of an estate on a day."""

    estate: str
    day: date
    exceptions: tuple[ExceptionView, ...]
    "Newest request first."
    effects: tuple[Effect, ...]
    "Per framework, in the order people look for them."

    @property
    def live(self) -> tuple[ExceptionView, ...]:
        """Those approved and not ended."""
        return tuple(each for each in self.exceptions if each.state.live)

    @property
    def counting(self) -> tuple[ExceptionView, ...]:
        """Those that forgive something today."""
        return tuple(each for each in self.exceptions if each.counts)

    @property
    def waiting(self) -> tuple[ExceptionView, ...]:
        """Those somebody has to decide."""
        return tuple(each for each in self.exceptions if each.state.open)

    @property
    def lapsing(self) -> tuple[ExceptionView, ...]:
        """Live ones that lapse within this quarter, soonest first."""
        ends = quarter_ends(self.day)
        found = (each for each in self.live if each.expires < ends)
        return tuple(sorted(found, key=lambda each: (each.expires, each.number)))

    def find(self, number: str) -> ExceptionView | None:
        """Give one by its number."""
        return next((each for each in self.exceptions if each.number == number), None)

    def effect(self, framework: str) -> Effect | None:
        """Give a framework with and without exceptions."""
        return next((each for each in self.effects if each.framework == framework), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """An exception that lapses soon, once per threshold."""

    number: str
    control: str
    expires: date
    days_left: int
    threshold: int
    "The smallest of 30, 7 and 1 that is reached: remind once for each."
    persons: tuple[str, ...]
    "Who asked for it and who approved it."


def reminders(register: ExceptionRegister, day: date) -> tuple[Reminder, ...]:
    """Give who to remind of what on a day."""
    return tuple(_reminders(register.live, day))


def _reminders(live: Iterable[ExceptionView], day: date) -> Iterable[Reminder]:
    for each in live:
        left = (each.expires - day).days
        reached = [threshold for threshold in REMINDED if left <= threshold]
        if left > 0 and reached:
            persons = (each.requested_by, *(one.person for one in each.approvals))
            yield Reminder(
                number=each.number,
                control=each.control,
                expires=each.expires,
                days_left=left,
                threshold=min(reached),
                persons=tuple(dict.fromkeys(persons)),
            )


def quarter_ends(day: date) -> date:
    """Give the first day after the quarter a day is in."""
    first = day.replace(month=(day.month - 1) // MONTHS_A_QUARTER * MONTHS_A_QUARTER + 1, day=1)
    return (first + timedelta(days=MONTHS_A_QUARTER * 31)).replace(day=1)
