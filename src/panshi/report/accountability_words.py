"""Offices, statements, reports, reviews and actions in words of both languages."""

from __future__ import annotations

from panshi.governance.accountability.board_report import ReportState
from panshi.governance.accountability.office import Offices
from panshi.governance.accountability.register import FindingCode, OfficeFinding
from panshi.governance.accountability.statement import Form, StatementState
from panshi.governance.reviews.actions import ActionState
from panshi.governance.reviews.meeting import ReviewState

FINDINGS: dict[FindingCode, tuple[str, str]] = {
    FindingCode.VACANT: ("出缺", "vacant"),
    FindingCode.TOO_MANY: ("由多人同時擔任", "held by several people at once"),
    FindingCode.RANK_TOO_LOW: ("職級低於規定", "rank below what the rule asks"),
    FindingCode.RANK_UNKNOWN: ("未載明職級", "rank not stated"),
    FindingCode.REPORTS_ELSEWHERE: ("報告對象不符獨立性", "reports to the wrong office"),
    FindingCode.CONFLICTING_OFFICE: ("兼任利益衝突之職位", "holds a conflicting office"),
    FindingCode.CONFLICTING_POST: ("兼任利益衝突之職務", "holds a conflicting post"),
    FindingCode.NO_BACKGROUND: ("無資安背景", "no security background"),
    FindingCode.TRAINING_SHORT: ("資安訓練時數不足", "too few hours of security training"),
    FindingCode.NO_AUTHORITY: ("未載明授權", "authority not stated"),
    FindingCode.NO_RESOURCES: ("未載明資源", "resources not stated"),
}
FORMS: dict[Form, tuple[str, str]] = {
    Form.COMPLIANCE: ("遵循聲明", "statement of compliance"),
    Form.ACKNOWLEDGEMENT: ("未遵循自陳", "acknowledgement of non-compliance"),
}
STATES: dict[StatementState | ReportState | ReviewState | ActionState, tuple[str, str]] = {
    StatementState.DRAFT: ("草稿", "draft"),
    StatementState.PARTLY_SIGNED: ("部分簽署", "partly signed"),
    StatementState.SIGNED: ("已簽署", "signed"),
    StatementState.SUBMITTED: ("已提報", "submitted"),
    StatementState.RECEIVED: ("董事會已受理", "received by the board"),
    StatementState.PUBLISHED: ("已公開", "published"),
    StatementState.WITHDRAWN: ("已撤回", "withdrawn"),
    ReviewState.OPEN: ("進行中", "open"),
    ReviewState.CLOSED: ("已結束", "closed"),
    ActionState.OVERDUE: ("逾期", "overdue"),
    ActionState.DONE: ("完成", "done"),
    ActionState.DROPPED: ("撤銷", "dropped"),
}
"Enumerations of texts: an open action and an open review share the text `open` and its words."


def pick(pair: tuple[str, str], *, chinese: bool) -> str:
    """Choose a language."""
    return pair[0] if chinese else pair[1]


def state_word(
    state: StatementState | ReportState | ReviewState | ActionState, *, chinese: bool
) -> str:
    """Say a state."""
    return pick(STATES[state], chinese=chinese)


def office_word(offices: Offices, office: str, *, chinese: bool) -> str:
    """Give an office its title; an unknown one keeps its id."""
    found = offices.offices.get(office)
    return office if found is None else found.title_zh if chinese else found.title_en


def finding_words(finding: OfficeFinding, offices: Offices, *, chinese: bool) -> str:
    """Say a finding with what was found and what is expected."""
    said = pick(FINDINGS[finding.code], chinese=chinese)
    found = _named(finding.detail, offices, chinese=chinese)
    wanted = _named(finding.expected, offices, chinese=chinese)
    if found and wanted:
        return (
            f"{said}（{found}，應為 {wanted}）" if chinese else f"{said} ({found}; asked {wanted})"
        )
    if found or wanted:
        return f"{said}（{found or wanted}）" if chinese else f"{said} ({found or wanted})"
    return said


def _named(text: str, offices: Offices, *, chinese: bool) -> str:
    """Give ids of offices and ranks their titles."""
    ranks = {each.id: (each.title_zh, each.title_en) for each in offices.ranks}
    words = [
        pick(ranks[each], chinese=chinese)
        if each in ranks
        else office_word(offices, each, chinese=chinese)
        for each in text.split(", ")
    ]
    return ("或" if chinese else " or ").join(word for word in words if word)
