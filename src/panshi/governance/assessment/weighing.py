"""Rules 2 to 5 for one control over one population: counts, probability, contradiction.

Exceptions are applied last and only to what is *met*: a live one forgives the failing items in
its scope, so that fewer must pass, but it testifies to nothing. It neither raises what is
evidenced, nor says anything of unseen items, nor lifts a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from panshi.governance.assessment.contradictions import Contradicted
from panshi.governance.assessment.criteria import (
    FAILING,
    PASSING,
    STALE_FAIL,
    STALE_PASS,
    UNSEEN,
)
from panshi.governance.assessment.grounds import Grounds
from panshi.governance.assessment.ledger import Ledger
from panshi.governance.assessment.records import Signed
from panshi.governance.assessment.statistics import chance_at_least, needed, reaches
from panshi.governance.exceptions import (
    ExceptionStanding,
    ExceptionState,
    covers,
    standing,
)
from panshi.model.asset import AssetId
from panshi.model.bodies.records import ExceptionGrant
from panshi.model.control import Control
from panshi.model.verdict import Tally

_FAILED = frozenset({FAILING, STALE_FAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What the evidence alone says of a control over a population."""

    tally: Tally
    wanted: int
    "How many items must pass to reach the target."
    probability: float | None
    "P(share >= target); None where nothing was seen."
    met: bool
    contradicted: Contradicted


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One exception record of a control on the day of judgement."""

    record: Signed[ExceptionGrant]
    standing: ExceptionStanding
    unmet: tuple[str, ...]
    "Compensating controls that are not evidenced, without which it does not count."
    items: int
    "Failing items in its scope."

    @property
    def live(self) -> bool:
        """Whether it counts today."""
        return self.standing.state is ExceptionState.LIVE and not self.unmet


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused:
    """Exceptions applied to a control's failing items."""

    items: int
    "Failing items under at least one live exception."
    applied: tuple[Applied, ...]
    "Those that would cover at least one failing item, live or not."


def weigh(grounds: Grounds, control: Control, in_field: str, contradicted: Contradicted) -> Weighed:
    """Count a population and put the beta-binomial to it."""
    ledger = grounds.ledger(control)
    counts = ledger.counts(in_field)
    for asset in contradicted.items:
        state = ledger.state(asset)
        if state not in _FAILED:
            counts[state] -= 1
            counts[FAILING] += 1
    population = sum(counts)
    seen = counts[PASSING] + counts[FAILING] + counts[STALE_FAIL]
    tally = Tally(
        population=population,
        seen=seen,
        passing=counts[PASSING],
        failing=counts[FAILING],
        stale_pass=counts[STALE_PASS],
        stale_fail=counts[STALE_FAIL],
        unseen=counts[STALE_PASS] + counts[UNSEEN],
    )
    wanted = needed(population, grounds.target(control))
    probability = chance_at_least(wanted, tally.passing, seen, population) if seen else None
    return Weighed(
        tally=tally,
        wanted=wanted,
        probability=probability,
        met=probability is not None
        and reaches(probability, grounds.confidence)
        and not contradicted.open,
        contradicted=contradicted,
    )


def excuse(
    grounds: Grounds,
    control: Control,
    in_field: str,
    weighed: Weighed,
    evidenced: Callable[[str], bool],
) -> Excused:
    """Apply a control's exceptions to its failing items; contradicted ones are not forgiven."""
    records = grounds.records.exceptions(control.key)
    failing = weighed.tally.failing + weighed.tally.stale_fail - len(weighed.contradicted.items)
    if not records or failing <= 0:
        return Excused(items=0, applied=())
    failed = set(_failing(grounds.ledger(control), weighed.contradicted, in_field))
    applied: list[Applied] = []
    forgiven: set[AssetId] = set()
    for record in records:
        hit = {asset for asset in failed if covers(record.body, asset)}
        if not hit:
            continue
        found = apply(grounds, record, evidenced, items=len(hit))
        applied.append(found)
        if found.live:
            forgiven |= hit
    return Excused(items=len(forgiven), applied=tuple(applied))


def apply(
    grounds: Grounds,
    record: Signed[ExceptionGrant],
    evidenced: Callable[[str], bool],
    *,
    items: int = 0,
) -> Applied:
    """Give what one exception record is today, its compensating controls looked at."""
    return Applied(
        record=record,
        standing=standing(record.body, grounds.moment.day),
        unmet=tuple(key for key in record.body.compensating if not evidenced(key)),
        items=items,
    )


def _failing(ledger: Ledger, contradicted: Contradicted, in_field: str) -> list[AssetId]:
    return [
        asset for asset in ledger.in_states(_FAILED, in_field) if asset not in contradicted.items
    ]
