"""Page 6: what the board must decide this month; each point follows from a register.

Nothing is put on the list by hand: an exception that takes an office of the board, a statement or
report on its way, an office that is vacant, an action that slipped, exceptions that end soon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from panshi.governance.accountability.board_report import ReportState
from panshi.governance.accountability.register import FindingCode
from panshi.governance.accountability.statement import Form, StatementState
from panshi.governance.exceptions.views import ExceptionView
from panshi.governance.reviews.actions import ActionState
from panshi.report.board.facts import BoardFacts
from panshi.report.paper.document import Cell, Column, Day, Mark, Ref, Say, Section, Table, Tone

BOARD_OFFICES = frozenset({"board_chair", "board_member", "risk_committee"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to decide."""

    what: str
    why: str
    ref: str
    by: date | None = None
    tone: Tone = Tone.PLAIN
    topic: str = ""


def decisions(facts: BoardFacts, say: Say) -> Section:
    """Give the page of what is to be decided."""
    points = [
        *_exceptions(facts, say),
        *_papers(facts, say),
        *_offices(facts, say),
        *_actions(facts, say),
    ]
    count = len(points)
    return Section(
        id="decisions",
        title=say("六、董事會本月要決定什麼", "6. What the board must decide this month"),
        lead=say(
            f"{count} 件事等董事會決定或知悉。" if count else "目前沒有等董事會決定的事。",
            f"{count} matters await the board."
            if count != 1
            else "One matter awaits the board."
            if count
            else "Nothing awaits the board.",
        ),
        blocks=(
            Table(
                id="decisions",
                title="",
                columns=(
                    Column(key="topic", title=say("類別", "kind"), width=0.9),
                    Column(key="what", title=say("事項", "matter"), width=3),
                    Column(key="why", title=say("為何現在", "why now"), width=3),
                    Column(key="by", title=say("期限", "by"), width=1),
                    Column(key="ref", title=say("依據", "see"), width=1.2),
                ),
                rows=tuple(_row(each) for each in points),
                empty=say("沒有待決事項。", "Nothing is to be decided."),
            ),
        ),
        breaks=True,
    )


def _row(point: Point) -> tuple[Cell, ...]:
    return (Mark(point.topic, point.tone), point.what, point.why, Day(point.by), Ref(point.ref))


def _exceptions(facts: BoardFacts, say: Say) -> Iterator[Point]:
    register = facts.exceptions
    topic = say("例外", "exception")
    for each in register.waiting:
        missing = sorted(BOARD_OFFICES & set(each.missing))
        if missing:
            yield Point(
                topic=topic,
                what=say(f"核准或駁回 {each.number}", f"approve or reject {each.number}"),
                why=_because(each, facts, say),
                ref=each.control,
                by=each.effective,
                tone=Tone.WARN,
            )
    for each in register.live:
        if not each.counts and each.missing:
            offices = say("、", ", ").join(facts.office(office, say) for office in each.missing)
            yield Point(
                topic=topic,
                what=say(f"補行核准 {each.number}", f"approve {each.number} anew"),
                why=say(
                    f"已超出核准職位之權限，還差：{offices}",
                    f"it outgrew who approved it; missing: {offices}",
                ),
                ref=each.control,
                by=each.expires,
                tone=Tone.FAIL,
            )
    for each in register.lapsing:
        if not each.renewed_by:
            yield Point(
                topic=topic,
                what=say(f"任其失效或重新審查 {each.number}", f"let {each.number} lapse or review"),
                why=say("本季到期，到期當日不再計入", "it ends this quarter and counts no longer"),
                ref=each.control,
                by=each.expires,
                tone=Tone.WARN,
            )


def _because(each: ExceptionView, facts: BoardFacts, say: Say) -> str:
    reasons = [say(rule.why_zh, rule.why_en) for rule in each.because]
    offices = say("、", ", ").join(facts.office(office, say) for office in each.missing)
    said = say("；", "; ").join(reasons)
    need = say(f"尚待 {offices}", f"awaits {offices}")
    return f"{said}{say('；', '; ')}{need}" if said else need


def _papers(facts: BoardFacts, say: Say) -> Iterator[Point]:
    for stated in facts.statements:
        form = (
            say("遵循聲明", "statement of compliance")
            if stated.body.form == Form.COMPLIANCE
            else say("未遵循之承認", "acknowledgement of non-compliance")
        )
        name = say(f"{stated.body.year} 年度聲明書（{form}）", f"{stated.body.year}: {form}")
        told = {
            StatementState.DRAFT: ("簽署", "sign"),
            StatementState.PARTLY_SIGNED: ("完成簽署", "finish signing"),
            StatementState.SIGNED: ("提報董事會", "take to the board"),
            StatementState.SUBMITTED: ("收受並作成紀錄", "receive, with a minute"),
        }.get(stated.state)
        if told is not None and not stated.void:
            groups = [
                say("或", " or ").join(facts.office(office, say) for office in group)
                for group in stated.missing
            ]
            missing = say("、", ", ").join(groups)
            yield Point(
                topic=say("聲明書", "statement"),
                what=f"{say(*told)}{say('：', ': ')}{name}",
                why=say(f"尚待 {missing}", f"awaits {missing}")
                if missing
                else say("已簽署", "it is signed"),
                ref=stated.body.number,
            )
    for reported in facts.reports:
        if reported.state is ReportState.SUBMITTED:
            yield Point(
                topic=say("資安長報告", "CISO's report"),
                what=say(f"收受 {reported.number} 報告", f"receive report {reported.number}"),
                why=say("已提報，尚未有董事會紀錄", "submitted, not yet minuted"),
                ref=reported.number,
            )


def _offices(facts: BoardFacts, say: Say) -> Iterator[Point]:
    for finding in facts.offices.findings:
        if finding.code is FindingCode.VACANT:
            office = facts.office(finding.office, say)
            yield Point(
                topic=say("任命", "office"),
                what=say(f"任命{office}", f"appoint the {office}"),
                why=say("職位懸缺", "the office is vacant"),
                ref="、".join(finding.references) if say.chinese else ", ".join(finding.references),
                tone=Tone.FAIL,
            )


def _actions(facts: BoardFacts, say: Say) -> Iterator[Point]:
    for action in facts.actions:
        if action.state is ActionState.OVERDUE:
            yield Point(
                topic=say("追蹤", "follow up"),
                what=action.text,
                why=say(
                    f"逾期 {action.late_days} 天，負責：{facts.office(action.owner, say)}",
                    f"{action.late_days} days late; with the {facts.office(action.owner, say)}",
                ),
                ref=action.number,
                by=action.due,
                tone=Tone.FAIL,
            )
