"""The decision about one vulnerability in one system, and the day by which it must be repaired.

    outcome = decide(side, around, policy)                 for classes of findings, at most hundreds
    found = priority(side, around, first_seen=…, policy=policy)       for one finding

The clock of a finding begins on the day it could be known. Where KEV listed the vulnerability
later, the shorter period begins on the day of listing; the earlier of both days counts, so that
a listing never gives more time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import NamedTuple

from panshi.protection.supply_chain.findings.finding import Ssvc
from panshi.protection.supply_chain.priority.points import Around, Exploitation, Reason, Side
from panshi.protection.supply_chain.priority.policy import Clocks, Policy, Tree

URGENCY = tuple(Ssvc)
"Most urgent first."


class Outcome(NamedTuple):
    """What is to be done, for all findings of one side and one surrounding."""

    ssvc: Ssvc
    "The most urgent of what is possible."
    least: Ssvc
    "The least urgent of what is possible; the same where every input is known."
    rule: str
    "Clock that counts."
    days: int
    days_before_kev: int
    "Days there would be without the listing in KEV; the same where it is not listed."

    @property
    def sure(self) -> bool:
        """Whether the inputs that are not known would change nothing."""
        return self.ssvc is self.least


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """The decision about one finding."""

    ssvc: Ssvc
    least: Ssvc
    due: date
    rule: str
    reasons: tuple[Reason, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the inputs that are not known would change nothing."""
        return self.ssvc is self.least


def decide(side: Side, around: Around, policy: Policy) -> Outcome:
    """Decide for a class of findings."""
    possible = _possible(side, around, policy.tree)
    worst = min(possible, key=URGENCY.index)
    rule = policy.clocks.rule(
        kev=side.kev, ssvc=worst, exposures=around.exposure, tier=around.supplier_tier
    )
    before = rule
    if side.kev:
        unlisted = side._replace(kev=False, exploitation=(Exploitation.POC,))
        calm = min(_possible(unlisted, around, policy.tree), key=URGENCY.index)
        before = policy.clocks.rule(
            kev=False, ssvc=calm, exposures=around.exposure, tier=around.supplier_tier
        )
    return Outcome(
        ssvc=worst,
        least=max(possible, key=URGENCY.index),
        rule=rule.id,
        days=rule.days,
        days_before_kev=max(before.days, rule.days),
    )


def due_on(outcome: Outcome, clocks: Clocks, *, first_seen: date, kev_since: date | None) -> date:
    """Give the last day on which a repair is in time."""
    if kev_since is None or kev_since <= first_seen:
        return clocks.after(first_seen, outcome.days)
    return min(
        clocks.after(kev_since, outcome.days),
        clocks.after(first_seen, outcome.days_before_kev),
    )


def priority(
    side: Side,
    around: Around,
    policy: Policy,
    *,
    first_seen: date,
    kev_since: date | None = None,
    reasons: tuple[Reason, ...] = (),
) -> Priority:
    """Decide about one finding."""
    outcome = decide(side, around, policy)
    return Priority(
        ssvc=outcome.ssvc,
        least=outcome.least,
        due=due_on(outcome, policy.clocks, first_seen=first_seen, kev_since=kev_since),
        rule=outcome.rule,
        reasons=reasons,
    )


def _possible(side: Side, around: Around, tree: Tree) -> frozenset[Ssvc]:
    """Give every decision the inputs leave possible."""
    return frozenset(
        tree.table[exploitation, exposure, automatable, tree.impact[mission, technical]]
        for exploitation, exposure, automatable, mission, technical in product(
            side.exploitation,
            around.exposure,
            side.automatable,
            around.mission,
            side.technical,
        )
    )
