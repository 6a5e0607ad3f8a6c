"""Gather what a board pack says, from the same judgements console and API show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.snapshots import Frozen
from panshi.governance.indicators.trend import Trend, trend
from panshi.governance.path.plan import Plan
from panshi.governance.unseen import Unseen
from panshi.governance.unseen import unseen as unseen_of
from panshi.model.estate import Estate
from panshi.model.observation import ObservationId
from panshi.model.verdict import Assessment, ReasonCode
from panshi.node.accountability import register as offices
from panshi.node.decisions import decisions
from panshi.node.exceptions import register
from panshi.node.indicators import IndicatorValue, definitions, measured, snapshots
from panshi.node.node import Node
from panshi.node.observing import Progress
from panshi.node.planning import plan
from panshi.node.remembered import remembered, remembered_for_the_day
from panshi.node.resilience.board_story import disaster_standing
from panshi.node.reviews import every_action
from panshi.node.supply_chain.portfolio import portfolio
from panshi.node.supply_chain.standing import board_sentence
from panshi.node.unseen import unseen
from panshi.report.board.facts import (
    BoardFacts,
    IndicatorLine,
    Judged,
    Past,
    Pending,
    SoftwareStanding,
)
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
        exceptions=register(node, estate.id, as_of),
        plan=_plan(node, framework_id, estate.id) if as_of is None else None,
        indicators=indicator_lines(node, estate.id, as_of),
        offices=offices(node, estate.id, as_of),
        pending=_pending(node, estate.id) if as_of is None else None,
        actions=every_action(node, estate.id, as_of),
        unseen=_unseen(node, estate.id, (main, *others), as_of),
        software=_software(node, estate.id) if as_of is None else None,
        disaster=disaster_standing(node, estate.id) if as_of is None else None,
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


def _plan(node: Node, framework_id: str, estate_id: str) -> Plan:
    """Give the path to the framework's usual target."""
    return remembered(
        node,
        ("board-plan", framework_id),
        estate_id,
        lambda: plan(node, framework_id, "", estate_id),
    )


def _software(node: Node, estate_id: str) -> SoftwareStanding | None:
    """Say what known vulnerabilities do to critical services, as the console does."""
    if not portfolio(node).systems():
        return None
    said = board_sentence(node, estate_id=estate_id)
    return SoftwareStanding(zh=said.zh, en=said.en)


def _pending(node: Node, estate_id: str) -> tuple[Pending, ...]:
    """Give what awaits the board, as its home page lists it."""
    return tuple(
        Pending(
            about=each.about,
            title_zh=each.title_zh,
            title_en=each.title_en,
            why_zh=each.why_zh,
            why_en=each.why_en,
            due=each.due,
        )
        for each in decisions(node, estate_id)
    )


def _unseen(node: Node, estate_id: str, among: Iterable[Judged], as_of: datetime | None) -> Unseen:
    """Tell what is unseen, of the frameworks the pack is about."""
    named = {each.framework.id for each in among}
    told = (
        unseen(node, estate_id) if as_of is None else node.judging.ask(unseen_of, estate_id, as_of)
    )
    kept = tuple(each for each in told.controls if each.control.partition("/")[0] in named)
    return replace(told, controls=kept)


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
    current = Quarter.of(now)
    for back in range(1, QUARTERS + 1):
        quarter = current.after(-back)
        if quarter.ends < known:
            break
        found.append(Past(quarter=quarter, assessment=_then(node, framework_id, estate, quarter)))
        progress(1 + back)
    return tuple(reversed(found))


def _then(node: Node, framework_id: str, estate: Estate, quarter: Quarter) -> Assessment:
    """Judge as of the end of a quarter, from what was known then: the same all day."""
    return remembered_for_the_day(
        node,
        ("quarter", framework_id, estate.id, quarter),
        lambda: node.assess(framework_id, estate.id, as_of=quarter.ends),
    )


def frozen_lines(node: Node, estate_id: str, frozen: Frozen) -> tuple[IndicatorLine, ...]:
    """Give every indicator as a quarter was frozen, with the quarters before it."""
    quarters = [e for e in snapshots(node, estate_id) if e.quarter <= frozen.quarter]
    known = definitions(node, estate_id, frozen.newest.at)
    found = []
    for each in frozen.newest.body.values:
        if each.indicator not in known:
            continue
        indicator = known[each.indicator].now
        past = trend(indicator, quarters)
        *before, last = past.segments[-1].points
        found.append(
            IndicatorLine(
                indicator=indicator,
                value=last.value,
                target=last.target,
                standing=last.standing,
                grade=last.grade,
                coverage=last.coverage,
                history=tuple(point.value for point in before),
                next_quarter=past.forecast.ahead[0].value if past.forecast is not None else None,
            )
        )
    return tuple(found)


def indicator_lines(
    node: Node, estate_id: str, as_of: datetime | None = None
) -> tuple[IndicatorLine, ...]:
    """Give every indicator with its frozen quarters."""
    moment = as_of or node.clock()
    quarters = [each for each in snapshots(node, estate_id) if each.first.at <= moment]
    return tuple(
        _indicator_line(each, trend(each.indicator, quarters))
        for each in measured(node, estate_id, as_of).values
    )


def _indicator_line(now: IndicatorValue, past: Trend) -> IndicatorLine:
    comparable = past.segments[-1] if past.segments else None
    same = comparable is not None and comparable.measure == now.indicator.measure
    ahead = past.forecast.ahead if past.forecast is not None else ()
    return IndicatorLine(
        indicator=now.indicator,
        value=now.measured.value,
        target=now.target,
        standing=now.standing,
        grade=now.grade,
        coverage=now.measured.coverage,
        history=tuple(each.value for each in comparable.points) if comparable and same else (),
        next_quarter=ahead[0].value if ahead else None,
    )
