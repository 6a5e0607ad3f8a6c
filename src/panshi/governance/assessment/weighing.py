"""Rules 2 to 5 for one control over one population: counts, probability, contradiction.

Exceptions are applied last and only to what is *met*: a live one forgives the failing items in
its scope, so that fewer must pass, but it testifies to nothing. It neither raises what is
evidenced, nor says anything of unseen items, nor lifts a contradiction. It counts only while each
of its compensating controls is met by evidence, and while it covers no larger share of the
population than the offices that approved it may let pass.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

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
from panshi.governance.assessment.statistics import chance_at_least, needed, reaches
from panshi.governance.exceptions.flaws import Flaw
from panshi.governance.exceptions.story import ExceptionState, Standing, Story, standing
from panshi.model.asset import AssetId
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
    """One exception of a control on the day of judgement."""

    story: Story
    standing: Standing
    unmet: tuple[str, ...]
    "Compensating controls that are not evidenced, without which it does not count."
    missing: tuple[str, ...]
    "Offices it would take for the share it covers today, without which it does not count."
    items: int
    "Failing items in its scope."

    @property
    def live(self) -> bool:
        """Whether it counts today."""
        active = self.standing.state is ExceptionState.ACTIVE
        return active and not self.unmet and not self.missing

    @property
    def lapsed(self) -> bool:
        """Whether it was one, and its time is over."""
        was = self.story.approved_on is not None or self.story.flaw is Flaw.LEGACY
        return was and self.standing.state is ExceptionState.LAPSED

    @property
    def told(self) -> bool:
        """Whether a verdict tells of it, or will when its day comes."""
        coming = self.story.flaw is Flaw.LEGACY and self.standing.state is ExceptionState.VOID
        return self.standing.state.live or self.lapsed or coming


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
    stories = grounds.records.exceptions.of(control.key)
    failing = weighed.tally.failing + weighed.tally.stale_fail - len(weighed.contradicted.items)
    if not stories or failing <= 0:
        return Excused(items=0, applied=())
    failed = set(failing_items(grounds.ledger(control), weighed.contradicted, in_field))
    applied: list[Applied] = []
    forgiven: set[AssetId] = set()
    for story in stories:
        hit = {asset for asset in failed if story.covers(asset)}
        if not hit:
            continue
        found = apply(grounds, story, evidenced, items=len(hit))
        applied.append(found)
        if found.live:
            forgiven |= hit
    return Excused(items=len(forgiven), applied=tuple(applied))


def apply(
    grounds: Grounds,
    story: Story,
    evidenced: Callable[[str], bool],
    *,
    items: int = 0,
) -> Applied:
    """Give what one exception is today, its compensating controls and its share looked at."""
    found = standing(story, grounds.signing_day)
    live = found.state.live
    return Applied(
        story=story,
        standing=found,
        unmet=tuple(key for key in story.request.compensating if not evidenced(key)),
        missing=_missing(grounds, story) if live else (),
        items=items,
    )


def share_covered(grounds: Grounds, story: Story) -> int:
    """Give the thousandths of today's population under it and others of its control."""
    control = grounds.controls.get(story.control)
    members = grounds.members(control) if control is not None else None
    if members is None or not story.counted or not members.size():
        return 1000
    covered = sum(asset in members.number for asset in story.counted)
    return -(-1000 * covered // members.size())


def _missing(grounds: Grounds, story: Story) -> tuple[str, ...]:
    """Name the offices that would have to approve it at today's share and have not."""
    if story.case is None:
        return ()
    share = max(story.case.permille, share_covered(grounds, story))
    need = grounds.records.exceptions.rules.table.need(replace(story.case, permille=share))
    approved = {each.office for each in story.approvals}
    return tuple(office for office in need.level.needs if office not in approved)


def failing_items(ledger: Ledger, contradicted: Contradicted, in_field: str) -> list[AssetId]:
    """Give the failing items that no test contradicts."""
    return [
        asset for asset in ledger.in_states(_FAILED, in_field) if asset not in contradicted.items
    ]
