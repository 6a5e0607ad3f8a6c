"""The report in an examiner's bundle: every verdict with its counts, thresholds and records."""

from __future__ import annotations

from panshi.model.control import Basis
from panshi.report.annex import annex
from panshi.report.board.facts import Judged
from panshi.report.board.standing import answer_of
from panshi.report.paper.document import (
    Cell,
    Column,
    Count,
    Document,
    Ref,
    Say,
    Section,
    Share,
    Source,
    Table,
)
from panshi.report.verdict_cells import control_id, status_mark, verdict_bar, why
from panshi.report.words import basis_word


def examination(
    judged: Judged,
    source: Source,
    *,
    institution: str,
    demo: bool,
    chinese: bool,
) -> Document:
    """Lay out the verdicts of one framework for an examiner."""
    say = Say(chinese=chinese)
    title = judged.framework.title_zh if chinese else judged.framework.title_en
    return Document(
        id="examination",
        chinese=chinese,
        title=say("查核報告", "Report to the examiner"),
        subtitle=title,
        institution=institution,
        as_of=judged.assessment.as_of,
        demo=demo,
        source=source,
        sections=(
            Section(
                id="standing",
                title=say("一、結論", "1. The answer"),
                lead="",
                blocks=(answer_of(judged, say), verdict_table(judged, say)),
            ),
            Section(
                id="why",
                title=say("二、各項原因與效期", "2. Why, and until when"),
                lead="",
                blocks=(_reasons(judged, say),),
            ),
            Section(
                id="parameters",
                title=say("三、適用之門檻", "3. Thresholds in force"),
                lead="",
                blocks=(_parameters(judged, say),),
            ),
            annex(source, say, title=say("附：如何查驗", "Annex: how to check")),
        ),
    )


def verdict_table(judged: Judged, say: Say) -> Table:
    """Give every verdict with its bar and counts."""
    rows: list[tuple[Cell, ...]] = []
    for verdict in judged.assessment.verdicts:
        tally = verdict.tally
        rows.append(
            (
                Ref(control_id(verdict)),
                judged.titled(verdict, say),
                status_mark(verdict, say),
                verdict_bar(verdict, say),
                Share(verdict.claimed),
                Share(verdict.evidenced),
                Count(tally.passing),
                Count(tally.failing + tally.stale_fail),
                Count(tally.unseen),
                Count(tally.population),
            )
        )
    return Table(
        id="verdicts",
        title=say("各控制措施", "Every control"),
        columns=(
            Column(key="control", title=say("編號", "id"), width=0.9),
            Column(key="title", title=say("控制措施", "control"), width=3),
            Column(key="verdict", title=say("判定", "verdict"), width=1.15),
            Column(key="bar", title=say("證據長條", "evidence bar"), width=1.8),
            Column(key="claimed", title=say("自評", "claimed"), width=0.9),
            Column(key="evidenced", title=say("佐證", "evidenced"), width=1),
            Column(key="passing", title=say("通過", "pass"), width=0.7, total=True),
            Column(key="failing", title=say("未通過", "fail"), width=0.7, total=True),
            Column(key="unseen", title=say("未觀測", "unseen"), width=0.75, total=True),
            Column(key="population", title=say("母體", "all"), width=0.8, total=True),
        ),
        rows=tuple(rows),
    )


def _reasons(judged: Judged, say: Say) -> Table:
    rows = tuple(
        (
            Ref(control_id(verdict)),
            basis_word(verdict.basis, chinese=say.chinese),
            why(verdict, say),
            "—" if verdict.expires_on is None else str(verdict.expires_on),
            Count(len(verdict.evidence_ids)),
        )
        for verdict in judged.assessment.verdicts
        if verdict.basis is not Basis.NOT_JUDGED
    )
    return Table(
        id="reasons",
        title="",
        columns=(
            Column(key="control", title=say("編號", "id"), width=0.9),
            Column(key="basis", title=say("憑據", "basis"), width=1),
            Column(key="why", title=say("原因", "why"), width=5),
            Column(key="until", title=say("最早於此日改變", "may change on"), width=1.3),
            Column(key="evidence", title=say("觀測筆數", "observations"), width=1),
        ),
        rows=rows,
    )


def _parameters(judged: Judged, say: Say) -> Table:
    own = sorted(judged.assessment.parameters.items())
    return Table(
        id="parameters",
        title="",
        columns=(
            Column(key="name", title=say("門檻", "threshold"), width=3),
            Column(key="value", title=say("值", "value"), width=1),
        ),
        rows=tuple((Ref(name), Count(value)) for name, value in own),
        limit=60,
    )
