"""The five impact factors of a system, 3-2-1 each; the sum ranks, lower first."""

from __future__ import annotations

from panshi.protection.zero_trust.scope.facts import Facts, Field
from panshi.protection.zero_trust.scope.readings import Readings
from panshi.protection.zero_trust.scope.scores import Score, Total, bounded, settled, total

DEGREES = {
    "I1": "interruption_impact",
    "I2": "process_impact",
    "I3": "training_impact",
    "I4": "technology_impact",
}
SPENDING = "adoption_cost_million_twd"


def impact(facts: Facts, field: Field, readings: Readings) -> Total:
    """Score what adopting the controls in one field would do to a system's users and owners."""
    here = facts.seen_in(field)
    degrees = (_degree(here, factor, name) for factor, name in DEGREES.items())
    return total((*degrees, _spending(here, readings)))


def _degree(facts: Facts, factor: str, name: str) -> Score:
    level = facts.number(name)
    if level is None:
        return bounded(factor, asks=(name,))
    return settled(factor, int(level), "stated", name)


def _spending(facts: Facts, readings: Readings) -> Score:
    """Money over the budget; exactly the upper limit is a reading of ours (ADR 0141)."""
    cost = facts.number(SPENDING)
    if cost is None:
        return bounded("I5", asks=(SPENDING,))
    if cost == readings.spending_high:
        return settled("I5", readings.spending_exact, "exact", SPENDING)
    if cost > readings.spending_high:
        return settled("I5", 3, "high", SPENDING)
    if cost >= readings.spending_medium:
        return settled("I5", 2, "medium", SPENDING)
    return settled("I5", 1, "low", SPENDING)
