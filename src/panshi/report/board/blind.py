"""Page 7: what nobody has looked at; unknown is neither good nor bad, and is never left blank."""

from __future__ import annotations

from collections import Counter

from panshi.governance.unseen import Blind, Silent
from panshi.model.bodies import KINDS
from panshi.model.control import Basis
from panshi.model.verdict import Status
from panshi.model.zone import day_of
from panshi.report.board.facts import BoardFacts
from panshi.report.paper.document import (
    Bar,
    Cell,
    Column,
    Count,
    Day,
    Ref,
    Say,
    Section,
    Share,
    Table,
)
from panshi.report.paper.figures import percent

PRINTED = 10
SILENT_PRINTED = 6


def blind(facts: BoardFacts, say: Say) -> Section:
    """Give the page of what is unseen."""
    unseen = facts.unseen
    unfed = len(unseen.unfed)
    return Section(
        id="unseen",
        title=say("七、什麼沒有人看過", "7. What nobody has looked at"),
        lead=say(
            f"{len(unseen.assets):,} 項資產至少有一項控制措施沒看到，"
            f"其中 {unseen.never:,} 項從未被任何控制措施看到"
            + (f"；{unfed} 項控制措施從未有任何觀測。" if unfed else "。"),
            f"{len(unseen.assets):,} assets are missed by at least one control, {unseen.never:,} "
            f"of them by every one"
            + (f"; {unfed} controls never had a look at all." if unfed else "."),
        ),
        blocks=(_controls(facts, say), _silent(facts, say), _bases(facts, say)),
    )


def _controls(facts: BoardFacts, say: Say) -> Table:
    return Table(
        id="unseen",
        title=say("未觀測最多的控制措施", "Controls that miss most"),
        columns=(
            Column(key="control", title=say("控制措施", "control"), width=1.4),
            Column(key="kind", title=say("所需觀測", "look it needs"), width=2.2),
            Column(key="share", title=say("已觀測", "seen"), width=1.8),
            Column(key="unseen", title=say("未觀測", "unseen"), width=0.8),
            Column(key="population", title=say("母體", "population"), width=0.8),
            Column(key="newest", title=say("最近一次觀測", "newest look"), width=1.1),
        ),
        rows=tuple(_blind_row(each, say) for each in facts.unseen.controls),
        limit=PRINTED,
        empty=say("每一項母體都看過了。", "Every population was seen."),
    )


def _blind_row(each: Blind, say: Say) -> tuple[Cell, ...]:
    kind = KINDS[each.kind]
    seen = 1 - len(each.unseen) / each.population
    return (
        Ref(each.control),
        kind.title_zh if say.chinese else kind.title_en,
        Bar(
            evidenced=seen,
            possible=1.0,
            spoken=say(f"已觀測 {percent(seen)}", f"seen {percent(seen)}"),
        ),
        Count(len(each.unseen)),
        Count(each.population),
        Day(day_of(each.newest)) if each.newest else say("從未", "never"),
    )


def _silent(facts: BoardFacts, say: Say) -> Table:
    def row(each: Silent) -> tuple[Cell, ...]:
        kind = KINDS[each.kind]
        age = (facts.unseen.as_of - each.newest).days
        return (
            kind.title_zh if say.chinese else kind.title_en,
            Day(day_of(each.newest)),
            Count(age),
            Count(each.fresh_days),
            say("、", ", ").join(each.controls),
        )

    return Table(
        id="silent",
        title=say("停止來訊的觀測", "Looks that fell silent"),
        columns=(
            Column(key="kind", title=say("觀測種類", "kind of look"), width=2.2),
            Column(key="newest", title=say("最近一次", "newest"), width=1.1),
            Column(key="age", title=say("已過天數", "days ago"), width=0.9),
            Column(key="allowed", title=say("容許天數", "days allowed"), width=0.9),
            Column(key="controls", title=say("受影響的控制措施", "controls"), width=3),
        ),
        rows=tuple(row(each) for each in facts.unseen.silent),
        limit=SILENT_PRINTED,
        empty=say("每一種觀測都在容許期限內。", "Every kind of look is fresh enough."),
    )


def _bases(facts: BoardFacts, say: Say) -> Table:
    """Tell what rests on somebody's word, and what is not judged at all, per framework."""
    rows: list[tuple[Cell, ...]] = []
    for judged in (facts.main, *facts.others):
        verdicts = judged.assessment.verdicts
        bases = Counter(each.basis for each in verdicts)
        machine = bases[Basis.EVIDENCE] + bases[Basis.DERIVED]
        rows.append(
            (
                judged.framework.title_zh if say.chinese else judged.framework.title_en,
                Count(len(verdicts)),
                Share(machine / len(verdicts) if verdicts else None),
                Count(machine),
                Count(sum(each.status is Status.ATTESTED for each in verdicts)),
                Count(sum(each.status is Status.NOT_ATTESTED for each in verdicts)),
                Count(bases[Basis.NOT_YET]),
            )
        )
    return Table(
        id="bases",
        title=say("憑什麼判定", "What the verdicts rest on"),
        columns=(
            Column(key="framework", title=say("框架", "framework"), width=3),
            Column(key="controls", title=say("控制措施", "controls"), width=0.9),
            Column(key="share", title=say("依證據占比", "by evidence"), width=1),
            Column(key="evidence", title=say("依證據", "evidence"), width=0.8),
            Column(key="attested", title=say("僅有聲明", "attested"), width=0.9),
            Column(key="missing", title=say("尚無聲明", "no word"), width=0.9),
            Column(key="not_yet", title=say("尚未判定", "not yet"), width=0.9),
        ),
        rows=tuple(rows),
    )
