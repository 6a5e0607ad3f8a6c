"""Gap and roadmap on the sheet."""

from __future__ import annotations

from panshi.governance.indicators.quarter import Quarter
from panshi.report.paper.document import (
    Block,
    Cell,
    Column,
    Count,
    Gantt,
    Mark,
    Money,
    Paragraph,
    Ref,
    Say,
    Section,
    Table,
    Task,
    Tone,
)
from panshi.report.words import STAGES, status_word
from panshi.report.zero_trust_scope.gap_words import gap_sentence, milestone_sentence
from panshi.report.zero_trust_scope.gaps import FieldGap, GapLine, Milestone
from panshi.report.zero_trust_scope.words import field_name

PRINTED = 40
FEW_PRINTED = 30


def gap_section(gaps: tuple[FieldGap, ...], say: Say) -> Section:
    """Give what chosen fields lack: controls by field, then the figures."""
    sentences = tuple(Paragraph(text=gap_sentence(each, chinese=say.chinese)) for each in gaps)
    return Section(
        id="gaps",
        title=say("五、差距", "5. Gaps"),
        lead=say(
            f"先行的 {len(gaps)} 個場域各有下列差距；判定取自證據，未觀測者不算通過。",
            f"What the {len(gaps)} chosen fields lack, by evidence; unseen never passes.",
        ),
        blocks=(
            *sentences,
            _grid(gaps, say),
            _details(gaps, say),
        ),
        breaks=True,
    )


def _grid(gaps: tuple[FieldGap, ...], say: Say) -> Table:
    pairs = zip(*(gap.lines for gap in gaps), strict=True)
    grid: list[tuple[Cell, ...]] = [
        (
            Ref(lines[0].control.id),
            say(lines[0].control.title_zh, lines[0].control.title_en),
            STAGES[lines[0].control.stage],
            *(_status(line, say) for line in lines),
        )
        for lines in pairs
    ]
    return Table(
        id="grid",
        title=say("控制措施對場域", "Controls by field"),
        columns=(
            Column(key="control", title=say("項次", "control"), width=0.7),
            Column(key="title", title=say("措施", "title"), width=3),
            Column(key="stage", title=say("級", "stage"), width=0.5),
            *(
                Column(key=gap.field, title=field_name(gap.field, chinese=say.chinese))
                for gap in gaps
            ),
        ),
        rows=tuple(grid),
        empty=say("尚無先行場域。", "No field is chosen yet."),
    )


def _details(gaps: tuple[FieldGap, ...], say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            Ref(line.control.id),
            say(line.control.title_zh, line.control.title_en),
            STAGES[line.control.stage],
            field_name(gap.field, chinese=say.chinese),
            _status(line, say),
            Count(line.verdict.tally.passing),
            Count(line.verdict.tally.failing + line.verdict.tally.stale_fail),
            Count(line.verdict.tally.unseen),
            Count(len(line.not_applicable)),
        )
        for gap in gaps
        for line in (*gap.missing, *(each for each in gap.lines if each not in gap.missing))
    ]
    return Table(
        id="gaps",
        title=say("差距明細（未達成者在前）", "Details, what does not hold first"),
        columns=(
            Column(key="control", title=say("項次", "control"), width=0.7),
            Column(key="title", title=say("措施", "title"), width=3),
            Column(key="stage", title=say("級", "stage"), width=0.5),
            Column(key="field", title=say("場域", "field"), width=1.4),
            Column(key="status", title=say("判定", "status"), width=1.1),
            Column(key="passing", title=say("通過", "passing"), width=0.7),
            Column(key="failing", title=say("未通過", "failing"), width=0.7),
            Column(key="unseen", title=say("未觀測", "unseen"), width=0.7),
            Column(key="cloud", title=say("雲端不適用系統", "n/a in cloud"), width=0.9),
        ),
        rows=tuple(rows),
        empty=say("尚無先行場域。", "No field is chosen yet."),
        limit=FEW_PRINTED,
    )


def roadmap_section(steps: tuple[Milestone, ...], say: Say) -> Section:
    """Give the stages planned, with the projects over quarters."""
    lead = " ".join(milestone_sentence(each, chinese=say.chinese) for each in steps)
    blocks: list[Block] = []
    last = next((each.plan for each in reversed(steps) if each.plan and each.plan.projects), None)
    if last is not None and last.ends:
        begins = Quarter.read(last.begins)
        count = Quarter.read(last.ends).index - begins.index + 1
        blocks.append(
            Gantt(
                id="roadmap",
                title=say("何時做什麼", "What is done when"),
                periods=tuple(str(begins.after(at)) for at in range(count)),
                tasks=tuple(
                    Task(
                        ref=step.id,
                        name=say(step.title_zh, step.title_en),
                        starts=max(Quarter.read(step.starts).index - begins.index, 0),
                        ends=Quarter.read(step.ends).index - begins.index + 1,
                        value=Money(step.cost),
                    )
                    for step in sorted(last.projects, key=lambda e: (e.starts, e.ends, e.id))
                ),
                name_title=say("專案", "project"),
                value_title=say("千元", "NT$ thousand"),
                summed=True,
                limit=PRINTED,
            )
        )
    return Section(
        id="roadmap",
        title=say("六、分級路線", "6. Staged roadmap"),
        lead=lead or say("尚無可規劃的場域。", "No field to plan for yet."),
        blocks=tuple(blocks),
    )


def _status(line: GapLine, say: Say) -> Mark:
    word = status_word(line.verdict.status, chinese=say.chinese)
    return Mark(word, Tone.GOOD if line.verdict.met else _tone(line))


def _tone(line: GapLine) -> Tone:
    tally = line.verdict.tally
    return Tone.FAIL if tally.failing or tally.stale_fail else Tone.UNKNOWN
