"""The yes/no tests: high risk where any data test says yes, low impact where any says yes."""

from __future__ import annotations

from dataclasses import dataclass

from panshi.protection.zero_trust.scope.facts import Facts
from panshi.protection.zero_trust.scope.readings import Readings
from panshi.protection.zero_trust.scope.ternary import Ternary, any_of, negated

MINUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One yes/no test."""

    name: str
    result: Ternary
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickTest:
    """Several tests of which one suffices."""

    name: str
    "`high_risk` or `low_impact`."
    result: Ternary
    tests: tuple[Test, ...]

    @property
    def asks(self) -> tuple[str, ...]:
        """Facts that would settle it; none where it is settled."""
        if self.result is not None:
            return ()
        open_ = (name for each in self.tests if each.result is None for name in each.facts)
        return tuple(dict.fromkeys(open_))


def high_risk(facts: Facts) -> QuickTest:
    """Whether a system holds data of customers, of their transactions, or of staff."""
    labelled = facts.word("data_class") == "personal"
    held = facts.yes("holds_personal_data")
    if labelled and not facts.yes("holds_staff_data"):
        held = True if held is None else held
    return _joined(
        "high_risk",
        Test(name="customers", result=held, facts=("holds_personal_data",)),
        Test(
            name="transactions",
            result=facts.yes("holds_transaction_data"),
            facts=("holds_transaction_data",),
        ),
        Test(name="staff", result=facts.yes("holds_staff_data"), facts=("holds_staff_data",)),
    )


def low_impact(facts: Facts, readings: Readings) -> QuickTest:
    """Whether it serves no customers automatically, or may be down for long."""
    minutes = facts.number("rto_minutes")
    return _joined(
        "low_impact",
        Test(
            name="not_automatic",
            result=negated(facts.yes("automated_service")),
            facts=("automated_service",),
        ),
        Test(
            name="rto",
            result=None if minutes is None else minutes > readings.rto_hours * MINUTES,
            facts=("rto_minutes",),
        ),
    )


def _joined(name: str, *tests: Test) -> QuickTest:
    return QuickTest(name=name, result=any_of(each.result for each in tests), tests=tests)
