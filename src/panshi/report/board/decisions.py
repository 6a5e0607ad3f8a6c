"""Page 6: what the board must decide this month, and what was set before and slipped.

The list is the one the home page of a board reader shows; it follows from the registers, and
nothing is put on it by hand.
"""

from __future__ import annotations

from panshi.governance.reviews.actions import Action, ActionState
from panshi.report.board.facts import BoardFacts, Pending
from panshi.report.paper.document import (
    Cell,
    Column,
    Count,
    Day,
    Mark,
    Ref,
    Say,
    Section,
    Table,
    Tone,
)

PRINTED = 10


def decisions(facts: BoardFacts, say: Say) -> Section:
    """Give the page of what is to be decided."""
    late = [each for each in facts.actions if each.state is ActionState.OVERDUE]
    return Section(
        id="decisions",
        title=say("六、董事會本月要決定什麼", "6. What the board must decide this month"),
        lead=_lead(facts.pending, say),
        blocks=(_pending(facts, say), _late(facts, late, say)),
        breaks=True,
    )


def _lead(pending: tuple[Pending, ...] | None, say: Say) -> str:
    if pending is None:
        return say("本報告回溯過去的一天，不列待決事項。", "A report of a past day lists none.")
    if not pending:
        return say("目前沒有等董事會決定的事。", "Nothing awaits the board.")
    if len(pending) == 1:
        return say("1 件事等董事會決定。", "One matter awaits the board.")
    return say(f"{len(pending)} 件事等董事會決定。", f"{len(pending)} matters await the board.")


def _pending(facts: BoardFacts, say: Say) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Count(number),
            say(each.title_zh, each.title_en),
            say(each.why_zh, each.why_en),
            Day(each.due),
            Ref(each.about),
        )
        for number, each in enumerate(facts.pending or (), start=1)
    )
    return Table(
        id="decisions",
        title="",
        columns=(
            Column(key="number", title="", width=0.3),
            Column(key="what", title=say("事項", "matter"), width=3),
            Column(key="why", title=say("為何現在", "why now"), width=3.2),
            Column(key="by", title=say("期限", "by"), width=1),
            Column(key="ref", title=say("查閱", "see"), width=1.9),
        ),
        rows=rows,
        limit=PRINTED,
        empty=say("沒有待決事項。", "Nothing is to be decided."),
    )


def _late(facts: BoardFacts, late: list[Action], say: Say) -> Table:
    return Table(
        id="late",
        title=say("前次決議逾期未辦", "Set before, and late"),
        columns=(
            Column(key="number", title=say("編號", "number"), width=1.2),
            Column(key="text", title=say("事項", "action"), width=3.6),
            Column(key="owner", title=say("負責職位", "office"), width=1.4),
            Column(key="due", title=say("期限", "due"), width=1),
            Column(key="late", title=say("逾期天數", "days late"), width=1),
            Column(key="extended", title=say("展延次數", "extended"), width=0.9),
            Column(key="state", title=say("狀態", "state"), width=0.9),
        ),
        rows=tuple(
            (
                Ref(each.number),
                each.text,
                facts.office(each.owner, say),
                Day(each.due),
                Count(each.late_days),
                Count(each.extensions),
                Mark(say("逾期", "overdue"), Tone.FAIL),
            )
            for each in late
        ),
        limit=PRINTED,
        empty=say("沒有逾期的追蹤事項。", "No action is late."),
    )
