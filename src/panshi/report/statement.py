"""The yearly statement on paper: one of two forms, every unmet clause with its remedy, signatures.

What is stated was sealed; the paper only shows it, with the digests by which it can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping

from panshi.governance.accountability.office import Office
from panshi.governance.accountability.statement import Form, Stated, StatementState
from panshi.model.control import Framework
from panshi.model.verdict import Status
from panshi.model.zone import day_of
from panshi.report.annex import annex
from panshi.report.paper.document import (
    Cell,
    Column,
    Day,
    Document,
    Facts,
    Mark,
    Paragraph,
    Ref,
    Say,
    Section,
    Share,
    Signatures,
    Source,
    Table,
)
from panshi.report.paper.figures import roc
from panshi.report.verdict_cells import tone_of
from panshi.report.words import status_word

STATES: dict[StatementState, tuple[str, str]] = {
    StatementState.DRAFT: ("草稿，尚未簽署", "draft, not signed"),
    StatementState.PARTLY_SIGNED: ("部分簽署", "partly signed"),
    StatementState.SIGNED: ("已簽署", "signed"),
    StatementState.SUBMITTED: ("已提報董事會", "submitted to the board"),
    StatementState.RECEIVED: ("董事會已收受", "received by the board"),
    StatementState.PUBLISHED: ("已公告", "published"),
    StatementState.WITHDRAWN: ("已撤回", "withdrawn"),
}


def statement(
    stated: Stated,
    source: Source,
    *,
    frameworks: Mapping[str, Framework],
    offices: Mapping[str, Office],
    institution: str,
    demo: bool,
    chinese: bool,
) -> Document:
    """Lay out a statement."""
    say, body = Say(chinese=chinese), stated.body
    return Document(
        id="statement",
        chinese=chinese,
        title=say(
            f"中華民國 {body.year - 1911} 年度資通安全聲明書",
            f"Cyber-security statement for {body.year}",
        ),
        subtitle=_state(stated, say),
        institution=institution,
        as_of=body.as_of,
        demo=demo,
        source=source,
        sections=(
            Section(
                id="statement",
                title=say("聲明", "Statement"),
                lead="",
                blocks=(
                    Paragraph(text=_sentence(stated, institution, say)),
                    _known(stated, say),
                ),
            ),
            *_unmet(stated, frameworks, offices, say),
            Section(
                id="signatures",
                title=say("簽署", "Signatures"),
                lead="",
                blocks=(Signatures(title="", signers=_signers(stated, offices, say)),),
            ),
            annex(source, say, title=say("附：如何查驗", "Annex: how to check")),
        ),
    )


def _state(stated: Stated, say: Say) -> str:
    if stated.void:
        return say(f"不成立：{stated.void}", f"void: {stated.void}")
    return say(*STATES[stated.state])


def _sentence(stated: Stated, institution: str, say: Say) -> str:
    body = stated.body
    day = day_of(body.as_of)
    excepted = len(body.excepted)
    if body.form == Form.COMPLIANCE:
        return say(
            f"{institution}聲明：至{roc(day)}止，應遵循之 {body.clauses:,} 項強制條文均已達成"
            + (f"，其中 {excepted} 項係依有效之例外" if excepted else "")
            + "。上開結論由封存之證據計算而得，其範圍、依據與摘要如下。",
            f"{institution} states: on {day} all {body.clauses:,} binding clauses that apply were "
            f"met{f', {excepted} of them by a live exception' if excepted else ''}. This follows "
            "from sealed evidence; scope, grounds and digests are below.",
        )
    return say(
        f"{institution}承認：至{roc(day)}止，應遵循之 {body.clauses:,} 項強制條文中，"
        f"有 {len(body.unmet):,} 項未達成或無從證明其達成。各該條文及其改善措施、"
        "負責職位與期限逐項列明如下，本機構據以辦理。",
        f"{institution} acknowledges: on {day}, of {body.clauses:,} binding clauses that apply, "
        f"{len(body.unmet):,} were not met, or could not be shown to be. Each is named below with "
        "its remedy, the office that answers for it and the day it is due.",
    )


def _known(stated: Stated, say: Say) -> Facts:
    body = stated.body
    facts: list[tuple[str, Cell]] = [
        (say("編號", "number"), body.number),
        (say("適用框架與版本", "frameworks and versions"), say("、", ", ").join(body.frameworks)),
        (say("強制條文", "binding clauses"), f"{body.clauses:,}"),
        (say("未達成", "not met"), f"{len(body.unmet):,}"),
        (say("依有效例外達成", "met by a live exception"), f"{len(body.excepted):,}"),
        (say("未了結之發現", "open findings"), f"{len(body.open_findings):,}"),
        (say("判定結果摘要（SHA-256）", "digest of the assessment"), Ref(body.assessment_sha256)),
        (say("封存編號", "sealed as"), Ref(stated.id)),
    ]
    return Facts(id="known", title=say("聲明所依", "What it rests on"), facts=tuple(facts))


def _unmet(
    stated: Stated,
    frameworks: Mapping[str, Framework],
    offices: Mapping[str, Office],
    say: Say,
) -> tuple[Section, ...]:
    if not stated.body.unmet:
        return ()
    rows: list[tuple[Cell, ...]] = []
    for clause in stated.body.unmet:
        framework, _, control_id = clause.control.partition("/")
        known = frameworks.get(framework)
        control = known.by_id.get(control_id) if known else None
        title = "" if control is None else say(control.title_zh, control.title_en)
        rows.append(
            (
                Ref(clause.control),
                title,
                _status(clause.status, say),
                Share(clause.evidenced),
                clause.remedy,
                office_name(clause.owner, offices, say),
                Day(clause.due),
            )
        )
    return (
        Section(
            id="unmet",
            title=say("未達成之條文與改善措施", "Clauses not met, and their remedies"),
            lead="",
            blocks=(
                Table(
                    id="unmet",
                    title="",
                    columns=(
                        Column(key="control", title=say("條文", "clause"), width=1.4),
                        Column(key="title", title=say("內容", "about"), width=2.4),
                        Column(key="status", title=say("判定", "verdict"), width=0.9),
                        Column(key="evidenced", title=say("佐證", "evidenced"), width=0.8),
                        Column(key="remedy", title=say("改善措施", "remedy"), width=2.6),
                        Column(key="owner", title=say("負責職位", "office"), width=1.1),
                        Column(key="due", title=say("期限", "due"), width=1.05),
                    ),
                    rows=tuple(rows),
                ),
            ),
        ),
    )


def _status(status: str, say: Say) -> Mark:
    if status not in set(Status):
        return Mark(status)
    known = Status(status)
    return Mark(status_word(known, chinese=say.chinese), tone_of(known))


def _signers(
    stated: Stated, offices: Mapping[str, Office], say: Say
) -> tuple[tuple[str, str], ...]:
    signed = [
        (
            office_name(each.office, offices, say),
            f"{each.person}  {day_of(each.at)}  {each.evidence_id[:16]}",
        )
        for each in stated.signatures
    ]
    missing = [
        (say("或", " or ").join(office_name(each, offices, say) for each in group), "")
        for group in stated.missing
    ]
    return (*signed, *missing)


def office_name(office: str, offices: Mapping[str, Office], say: Say) -> str:
    """Give an office's title; what is unknown as it is."""
    known = offices.get(office)
    return office if known is None else say(known.title_zh, known.title_en)
