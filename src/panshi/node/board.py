"""Gather what a board pack says, from the same judgements console and API show."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from panshi.governance.unseen import unseen
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId
from panshi.model.verdict import Assessment, ReasonCode
from panshi.model.zone import INSTITUTION_ZONE, day_of
from panshi.node.node import Node
from panshi.node.observing import Progress
from panshi.report.board.facts import BoardFacts, Judged, Past
from panshi.report.paper.document import Source

OF_MACHINES = "machine"
"The framework for single machines says nothing of an institution."
QUARTERS = 8
"Ends of quarters a trend looks back on."


def board_facts(
    node: Node,
    estate_id: str | None = None,
    *,
    framework_id: str = "zt36",
    as_of: datetime | None = None,
    progress: Progress = lambda _count: None,
) -> BoardFacts:
    """Gather what a board pack says."""
    estate = node.estate(estate_id)
    main = judged(node, framework_id, estate.id, as_of)
    others = tuple(
        judged(node, each, estate.id, as_of)
        for each in node.library.frameworks
        if each not in {framework_id, OF_MACHINES}
    )
    progress(1)
    past = past_quarters(node, framework_id, estate, main.assessment.as_of, progress)
    return BoardFacts(
        institution_zh=estate.name_zh,
        institution_en=estate.name_en,
        demo=estate.demo,
        source=source_of(node, main.assessment),
        main=main,
        others=others,
        past=past,
        unseen=node.judging.ask(unseen, estate.id, as_of),
        tests=node.log.get_many(
            {
                ObservationId(each)
                for some in (main, *others)
                for verdict in some.assessment.verdicts
                for reason in verdict.reasons
                if reason.code is ReasonCode.CONTRADICTED
                for each in reason.ids
            }
        ),
    )


def judged(node: Node, framework_id: str, estate_id: str, as_of: datetime | None) -> Judged:
    """Judge one framework."""
    return Judged(
        framework=node.library.framework(framework_id),
        assessment=node.assess(framework_id, estate_id, as_of=as_of),
    )


def source_of(node: Node, assessment: Assessment) -> Source:
    """Say what an assessment was computed from."""
    keys = node.verifier_keys()
    return Source(
        estate=assessment.estate,
        estate_version=assessment.estate_version,
        framework=assessment.framework,
        framework_version=assessment.framework_version,
        origin=node.signer.origin,
        log_size=assessment.log_size,
        log_root=assessment.log_root,
        keys=tuple(map(str, keys)),
    )


def past_quarters(
    node: Node,
    framework_id: str,
    estate: Estate,
    now: datetime,
    progress: Progress = lambda _count: None,
) -> tuple[Past, ...]:
    """Judge again as of the ends of the last quarters the estate was known at, oldest first."""
    known = min(each.committed_at for each in node.estates.history(estate.id))
    found: list[Past] = []
    day = quarter_before(day_of(now))
    while len(found) < QUARTERS:
        end = datetime.combine(day, time.max, tzinfo=INSTITUTION_ZONE)
        if end < known:
            break
        found.append(Past(day=day, assessment=node.assess(framework_id, estate.id, as_of=end)))
        progress(1 + len(found))
        day = quarter_before(day)
    return tuple(reversed(found))


def quarter_before(day: date) -> date:
    """Give the last day of the quarter before the one a day is in."""
    begin = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return begin - timedelta(days=1)
