"""Use case: what the board must decide, gathered from the registers; nothing of it is stored.

Exceptions whose authority table asks for the chair, board-level exceptions about to lapse, the
yearly statement that lacks the chair's signature or the board's reception, the CISO's report, and
offices nobody holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from panshi.governance.accountability.board_report import ReportState
from panshi.governance.accountability.register import FindingCode
from panshi.governance.accountability.statement import StatementState
from panshi.model.zone import day_of
from panshi.node import accountability, exceptions
from panshi.node.board_reports import every_report
from panshi.node.node import Node
from panshi.node.objects import ObjectKind, reference
from panshi.node.remembered import remembered
from panshi.node.statements import every_statement

BOARD = frozenset({"board_chair", "board_member"})
"Offices by which the board decides."
BOARD_LEVEL = "board"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One thing the board has to decide."""

    about: str
    "Reference of the object."
    title_zh: str
    title_en: str
    why_zh: str
    why_en: str
    due: date | None = None


def decisions(node: Node, estate_id: str | None = None) -> tuple[Pending, ...]:
    """Give what awaits the board until the end of this month; what has a day first."""
    estate = node.estate(estate_id).id
    return remembered(node, "decisions", estate, lambda: _decisions(node, estate))


def _decisions(node: Node, estate: str) -> tuple[Pending, ...]:
    today = day_of(node.clock())
    ends = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    found = (
        *_exceptions(node, estate, ends),
        *_statements(node, estate),
        *_reports(node, estate),
        *_offices(node, estate),
    )
    return tuple(sorted(found, key=lambda each: (each.due or date.max, each.about)))


def _exceptions(node: Node, estate: str, ends: date) -> Iterator[Pending]:
    for each in exceptions.register(node, estate).exceptions:
        about = reference(ObjectKind.EXCEPTION, each.number)
        title_zh = f"例外 {each.number}（{each.control}）"
        title_en = f"Exception {each.number} ({each.control})"
        if each.state.open and BOARD & set(each.missing):
            yield Pending(
                about=about,
                title_zh=title_zh,
                title_en=title_en,
                why_zh="授權表要求董事長核准",
                why_en="the authority table asks for the chair's approval",
                due=each.effective,
            )
        elif (
            each.state.live
            and each.expires < ends
            and not each.renewed_by
            and each.level is not None
            and each.level.id == BOARD_LEVEL
        ):
            yield Pending(
                about=about,
                title_zh=title_zh,
                title_en=title_en,
                why_zh=f"{each.expires} 失效，成績將於同日下降；續期須重新審查",
                why_en=f"lapses on {each.expires} and the grade falls that day; renewing takes"
                " a new review",
                due=each.expires,
            )


def _statements(node: Node, estate: str) -> Iterator[Pending]:
    for each in every_statement(node, estate):
        if each.void:
            continue
        waiting = {office for group in each.missing for office in group} & BOARD
        submitted = each.state is StatementState.SUBMITTED
        signing = each.state in {StatementState.DRAFT, StatementState.PARTLY_SIGNED}
        if submitted or (signing and waiting):
            yield Pending(
                about=reference(ObjectKind.STATEMENT, each.body.number),
                title_zh=f"{each.body.year} 年度聲明",
                title_en=f"Statement of {each.body.year}",
                why_zh="已送董事會，待收悉" if submitted else "待董事長簽署",
                why_en="submitted, to be received" if submitted else "the chair has yet to sign",
            )


def _reports(node: Node, estate: str) -> Iterator[Pending]:
    for each in every_report(node, estate):
        if each.state is ReportState.SUBMITTED:
            yield Pending(
                about=reference(ObjectKind.REPORT, each.number),
                title_zh=f"資安長年度報告 {each.number}",
                title_en=f"The CISO's report {each.number}",
                why_zh="已送董事會，待收悉",
                why_en="submitted, to be received",
            )


def _offices(node: Node, estate: str) -> Iterator[Pending]:
    register = accountability.register(node, estate)
    for finding in register.findings:
        if finding.code is FindingCode.VACANT:
            office = node.library.offices.office(finding.office)
            yield Pending(
                about=reference(ObjectKind.OFFICE, office.id),
                title_zh=f"任命{office.title_zh}",
                title_en=f"Appoint: {office.title_en}",
                why_zh="職位出缺",
                why_en="nobody holds this office",
            )
