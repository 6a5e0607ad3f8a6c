"""Page 2: what fails, and why: tests that contradict a grade, then controls below their target."""

from __future__ import annotations

from collections.abc import Iterator

from panshi.model.bodies import KINDS
from panshi.model.bodies.monitoring import IncidentFinding
from panshi.model.bodies.resilience import RestoreDrill
from panshi.model.bodies.vulnerability_following import VulnerabilityFollowUp
from panshi.model.observation import ObservationId, Sealed
from panshi.model.verdict import ReasonCode, Status, Verdict
from panshi.model.zone import day_of
from panshi.report.board.facts import BoardFacts, Judged
from panshi.report.paper.document import (
    Cell,
    Column,
    Count,
    Day,
    Paragraph,
    Ref,
    Say,
    Section,
    Table,
)
from panshi.report.paper.figures import number
from panshi.report.verdict_cells import control_id, status_mark, verdict_bar, why

PRINTED = 12
TESTS_PRINTED = 6


def failing(facts: BoardFacts, say: Say) -> Section:
    """Give the page of what fails."""
    tests = tuple(_tests(facts, say))
    fallen = [each for each in facts.main.assessment.verdicts if each.status is Status.NOT_MET]
    fallen.sort(key=lambda each: (not _contradicted(each), each.stage, each.control))
    return Section(
        id="failing",
        title=say("二、什麼未通過、為什麼", "2. What fails, and why"),
        lead=say(
            f"{len(fallen)} 項控制措施未達成；{len(tests)} 次測試或事件推翻了原本的說法，"
            "重新測試通過前不計為達成。",
            f"{len(fallen)} controls are not met; {len(tests)} tests or incidents contradict what "
            "was said, and count until a new test passes.",
        ),
        blocks=(
            *_software(facts, say),
            _tests_table(tests, say),
            _fallen(facts.main, fallen, say),
        ),
        breaks=True,
    )


def _software(facts: BoardFacts, say: Say) -> Iterator[Paragraph]:
    """Say what known vulnerabilities do to critical services."""
    if facts.software is not None:
        yield Paragraph(
            text=say(f"軟體供應鏈：{facts.software.zh}", f"Software: {facts.software.en}")
        )


def _contradicted(verdict: Verdict) -> bool:
    return any(each.code is ReasonCode.CONTRADICTED for each in verdict.reasons)


def _tests(facts: BoardFacts, say: Say) -> Iterator[tuple[Cell, ...]]:
    """Give each contradicting test once, with every control it speaks against."""
    against: dict[ObservationId, list[str]] = {}
    for judged in (facts.main, *facts.others):
        for verdict in judged.assessment.verdicts:
            for reason in verdict.reasons:
                if reason.code is ReasonCode.CONTRADICTED:
                    for each in reason.ids:
                        against.setdefault(ObservationId(each), []).append(verdict.control)
    found = [
        (facts.tests[key], controls)
        for key, controls in against.items()
        if key in facts.tests and not _of_software(facts.tests[key])
    ]
    found.sort(key=lambda pair: pair[0].observation.observed_at, reverse=True)
    for sealed, controls in found:
        seen = sealed.observation
        kind = KINDS[seen.kind]
        yield (
            Day(day_of(seen.observed_at)),
            kind.title_zh if say.chinese else kind.title_en,
            seen.subject,
            _told(sealed, say),
            say("、", ", ").join(sorted(set(controls))),
            Ref(sealed.id[:16]),
        )


def _of_software(sealed: Sealed) -> bool:
    """Whether it is a system's overdue vulnerabilities, of which one sentence tells."""
    return isinstance(sealed.observation.body, VulnerabilityFollowUp)


def _told(sealed: Sealed, say: Say) -> str:
    """Say what a test showed, in a few words."""
    match sealed.observation.body:
        case RestoreDrill() as drill:
            took, allowed = number(drill.rto_minutes), number(drill.rto_target_minutes)
            return say(
                f"復原 {took} 分鐘，目標 {allowed} 分鐘",
                f"took {took} minutes of {allowed} allowed",
            )
        case IncidentFinding() as finding:
            return say(f"事件單 {finding.ticket}", f"ticket {finding.ticket}")
        case _:
            return say("未通過", "failed")


def _tests_table(rows: tuple[tuple[Cell, ...], ...], say: Say) -> Table:
    return Table(
        id="tests",
        title=say("未通過的測試、演練與事件", "Tests, drills and incidents that failed"),
        columns=(
            Column(key="day", title=say("日期", "day"), width=1.1),
            Column(key="kind", title=say("種類", "kind"), width=1.3),
            Column(key="subject", title=say("對象", "subject"), width=1.7),
            Column(key="told", title=say("結果", "result"), width=1.9),
            Column(key="controls", title=say("推翻的控制措施", "contradicts"), width=2.2),
            Column(key="evidence", title=say("觀測", "observation"), width=1.6),
        ),
        rows=rows,
        limit=TESTS_PRINTED,
        empty=say("沒有未了結的牴觸。", "No contradiction is open."),
    )


def _fallen(judged: Judged, fallen: list[Verdict], say: Say) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for verdict in fallen:
        tally = verdict.tally
        rows.append(
            (
                Ref(control_id(verdict)),
                judged.titled(verdict, say),
                status_mark(verdict, say),
                verdict_bar(verdict, say),
                Count(tally.failing + tally.stale_fail),
                Count(tally.population),
                why(verdict, say),
            )
        )
    return Table(
        id="failing",
        title=say("未達成的控制措施", "Controls that are not met"),
        columns=(
            Column(key="control", title=say("控制措施", "control"), width=0.7),
            Column(key="title", title=say("名稱", "title"), width=2.5),
            Column(key="verdict", title=say("判定", "verdict"), width=0.9),
            Column(key="bar", title=say("證據長條", "evidence bar"), width=1.7),
            Column(key="failing", title=say("未通過", "failing"), width=0.75),
            Column(key="population", title=say("母體", "population"), width=1),
            Column(key="why", title=say("原因", "why"), width=2.6),
        ),
        rows=tuple(rows),
        limit=PRINTED,
        empty=say("沒有控制措施未達成。", "No control fails."),
    )
