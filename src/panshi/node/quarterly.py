"""Gather what a quarterly return says: the quarter as it was frozen, judged as of its end."""

from __future__ import annotations

from panshi.errors import UsageError
from panshi.governance.indicators.quarter import Quarter
from panshi.node.accountability import register as offices
from panshi.node.board import OF_MACHINES, frozen_lines, indicator_lines, judged, source_of
from panshi.node.exceptions import register
from panshi.node.indicators import snapshots
from panshi.node.node import Node
from panshi.node.reviews import every_action, every_review
from panshi.report.quarterly import QuarterFacts


def quarter_facts(
    node: Node, quarter: Quarter, estate_id: str | None = None, *, framework_id: str = "zt36"
) -> QuarterFacts:
    """Gather what the return of a quarter says."""
    estate = node.estate(estate_id)
    now = node.clock()
    if now < quarter.begins:
        raise UsageError(
            f"{quarter} has not begun", remedy=f"the last that ended: {last_ended(node)}"
        )
    end = min(quarter.ends, now)
    frozen = next((e for e in snapshots(node, estate.id) if e.quarter == quarter), None)
    main = judged(node, framework_id, estate.id, end)
    return QuarterFacts(
        institution_zh=estate.name_zh,
        institution_en=estate.name_en,
        demo=estate.demo,
        source=source_of(node, main.assessment),
        quarter=quarter,
        frozen="" if frozen is None else frozen.newest.id,
        corrected=frozen is not None and bool(frozen.corrections),
        main=main,
        others=tuple(
            judged(node, each, estate.id, end)
            for each in node.library.frameworks
            if each not in {framework_id, OF_MACHINES}
        ),
        indicators=frozen_lines(node, estate.id, frozen)
        if frozen is not None
        else indicator_lines(node, estate.id, end),
        exceptions=register(node, estate.id, end),
        review=next((e for e in every_review(node, estate.id) if e.number == str(quarter)), None),
        actions=every_action(node, estate.id),
        offices={each.office.id: each.office for each in offices(node, estate.id, end).offices},
    )


def last_ended(node: Node) -> Quarter:
    """Give the newest quarter that is over."""
    return Quarter.of(node.clock()).after(-1)


def quarters_known(node: Node, estate_id: str, most: int) -> tuple[Quarter, ...]:
    """Give the ended quarters an estate was known at the end of, newest first."""
    began = min(each.committed_at for each in node.estates.history(estate_id))
    last = last_ended(node)
    found = (last.after(-back) for back in range(most))
    return tuple(each for each in found if each.ends >= began)
