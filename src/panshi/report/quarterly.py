"""The quarterly return to the supervisor: the quarter as it was frozen, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from panshi.governance.accountability.office import Office
from panshi.governance.exceptions.views import ExceptionRegister
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.trend import Standing
from panshi.governance.reviews.actions import Action, ActionState
from panshi.governance.reviews.meeting import Review
from panshi.model.zone import day_of
from panshi.report.annex import annex
from panshi.report.board.exceptions import effects, exception_table
from panshi.report.board.facts import IndicatorLine, Judged
from panshi.report.board.standing import answer_of
from panshi.report.examination import verdict_table
from panshi.report.indicator_words import indicator_cell, standing_mark
from panshi.report.paper.document import (
    Cell,
    Column,
    Day,
    Document,
    Mark,
    Paragraph,
    Points,
    Ref,
    Say,
    Section,
    Share,
    Source,
    Table,
    Tone,
)
from panshi.report.statement import office_name

ACTIONS: dict[ActionState, tuple[str, str, Tone]] = {
    ActionState.OPEN: ("辦理中", "open", Tone.PLAIN),
    ActionState.OVERDUE: ("逾期", "overdue", Tone.FAIL),
    ActionState.DONE: ("已完成", "done", Tone.GOOD),
    ActionState.DROPPED: ("已取消", "dropped", Tone.PLAIN),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterFacts:
    """All a quarterly return says, as values."""

    institution_zh: str
    institution_en: str
    demo: bool
    source: Source
    quarter: Quarter
    frozen: str
    "Evidence id of the frozen snapshot; empty where the quarter was not frozen."
    corrected: bool
    main: Judged
    "As of the end of the quarter."
    others: tuple[Judged, ...]
    indicators: tuple[IndicatorLine, ...]
    exceptions: ExceptionRegister
    "As of the end of the quarter."
    review: Review | None
    "Of this quarter."
    actions: tuple[Action, ...]
    offices: Mapping[str, Office]


def quarterly_return(facts: QuarterFacts, *, chinese: bool) -> Document:
    """Lay out a quarterly return."""
    say, quarter = Say(chinese=chinese), facts.quarter
    return Document(
        id="quarterly",
        chinese=chinese,
        title=say(f"資安韌性季報：{quarter.words_zh}", f"Cyber-resilience return for {quarter}"),
        subtitle=_frozen(facts, say),
        institution=facts.institution_zh if chinese else facts.institution_en,
        as_of=facts.main.assessment.as_of,
        demo=facts.demo,
        source=facts.source,
        sections=(
            Section(
                id="standing",
                title=say("一、成熟度", "1. Maturity"),
                lead="",
                blocks=(answer_of(facts.main, say), verdict_table(facts.main, say)),
            ),
            _indicators(facts, say),
            Section(
                id="exceptions",
                title=say("三、例外", "3. Exceptions"),
                lead=say(
                    f"季末有效 {len(facts.exceptions.live)} 件。",
                    f"{len(facts.exceptions.live)} were live at the end of the quarter.",
                ),
                blocks=(
                    effects(facts.exceptions, (facts.main, *facts.others), say),
                    exception_table(facts.exceptions, say),
                ),
            ),
            _review(facts, say),
            annex(facts.source, say, title=say("附：如何查驗", "Annex: how to check")),
        ),
    )


def _frozen(facts: QuarterFacts, say: Say) -> str:
    if not facts.frozen:
        return say("本季指標尚未凍結，數字為季末重算。", "The quarter is not frozen; recomputed.")
    if facts.corrected:
        return say("本季指標已凍結，並有更正。", "The quarter is frozen, with a correction.")
    return say("本季指標已凍結。", "The quarter is frozen.")


def _indicators(facts: QuarterFacts, say: Say) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (
            Ref(each.indicator.id),
            say(each.indicator.title_zh, each.indicator.title_en),
            indicator_cell(each.value, each.indicator, say),
            indicator_cell(each.target, each.indicator, say),
            standing_mark(each.standing, say),
            Mark(each.grade),
            Share(each.coverage),
            office_name(each.indicator.owner, facts.offices, say),
        )
        for each in facts.indicators
    ]
    off = sum(each.standing is Standing.OFF for each in facts.indicators)
    return Section(
        id="indicators",
        title=say("二、指標", "2. Indicators"),
        lead=say(
            f"{len(rows)} 項指標，{off} 項未達本季目標。",
            f"{len(rows)} indicators, {off} off the quarter's target.",
        ),
        blocks=(
            Table(
                id="indicators",
                title="",
                columns=(
                    Column(key="id", title=say("代號", "id"), width=1.7),
                    Column(key="indicator", title=say("指標", "indicator"), width=3),
                    Column(key="value", title=say("季末值", "value"), width=1),
                    Column(key="target", title=say("目標", "target"), width=1),
                    Column(key="standing", title=say("達標情形", "standing"), width=1.1),
                    Column(key="grade", title=say("品質", "data"), width=0.6),
                    Column(key="coverage", title=say("已觀測", "seen"), width=0.8),
                    Column(key="owner", title=say("負責職位", "office"), width=1.2),
                ),
                rows=tuple(rows),
            ),
        ),
    )


def _review(facts: QuarterFacts, say: Say) -> Section:
    review = facts.review
    if review is None:
        return Section(
            id="review",
            title=say("四、季度檢討", "4. Quarterly review"),
            lead=say("本季尚未召開檢討會議。", "No review of this quarter was held yet."),
            blocks=(_actions(facts, say),),
        )
    closed = day_of(review.closed_at) if review.closed_at else None
    state = say("，尚未結案", ", still open")
    if closed:
        state = say(f"，{closed} 結案", f", closed on {closed}")
    minutes = (Paragraph(text=review.minutes),) if review.minutes else ()
    return Section(
        id="review",
        title=say("四、季度檢討", "4. Quarterly review"),
        lead=say(
            f"會議於 {review.held_on} 舉行{state}；議程 {len(review.agenda)} 點，"
            f"決議 {len(review.decisions)} 項。",
            f"Held on {review.held_on}{state}; {len(review.agenda)} points, "
            f"{len(review.decisions)} decisions.",
        ),
        blocks=(
            *minutes,
            Points(
                id="review",
                title=say("決議", "Decisions"),
                points=tuple((each.text, each.about) for each in review.decisions),
                empty=say("沒有決議。", "Nothing was decided."),
            ),
            _actions(facts, say),
        ),
    )


def _actions(facts: QuarterFacts, say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in facts.actions:
        zh, en, tone = ACTIONS[each.state]
        owner = office_name(each.owner, facts.offices, say)
        rows.append((Ref(each.number), each.text, owner, Day(each.due), Mark(say(zh, en), tone)))
    return Table(
        id="actions",
        title=say("追蹤事項", "Actions"),
        columns=(
            Column(key="number", title=say("編號", "number"), width=1),
            Column(key="text", title=say("事項", "action"), width=4),
            Column(key="owner", title=say("負責職位", "office"), width=1.3),
            Column(key="due", title=say("期限", "due"), width=1.1),
            Column(key="state", title=say("狀態", "state"), width=1),
        ),
        rows=tuple(rows),
        empty=say("沒有追蹤事項。", "No action is set."),
    )
