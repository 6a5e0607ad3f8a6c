"""Use case: compose a report and render it as PDF, DOCX, XLSX or JSON.

    document = compose(node, Asking(report=Report.BOARD, chinese=True))
    made = rendered(document, Form.PDF)

What a report says is gathered from the same judgements console and API show; `panshi.report` lays
it out, `printing` prints it. Nothing is computed here and nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import assert_never

import msgspec

from panshi.errors import MissingError
from panshi.governance.indicators.quarter import Quarter
from panshi.model.bodies.statements import CisoReport, Statement
from panshi.model.estate import Estate
from panshi.node.board import board_facts
from panshi.node.board_reports import every_report, report
from panshi.node.node import Node
from panshi.node.observing import Progress
from panshi.node.printing import pages_of, press
from panshi.node.quarterly import last_ended, quarter_facts
from panshi.node.statements import every_statement, statement
from panshi.report.board.compose import board_pack
from panshi.report.paper.answers import document_answer
from panshi.report.paper.document import Document, Source
from panshi.report.quarterly import quarterly_return
from panshi.report.statement import statement as statement_paper
from panshi.report.yearly import yearly


class Report(StrEnum):
    """The reports there are."""

    BOARD = "board"
    QUARTERLY = "quarterly"
    STATEMENT = "statement"
    YEARLY = "yearly"


class Form(StrEnum):
    """The files a report is written as."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES = {
    Form.PDF: "application/pdf",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.JSON: "application/json",
}
FORMS: dict[Report, tuple[Form, ...]] = {
    Report.BOARD: tuple(Form),
    Report.QUARTERLY: (Form.XLSX, Form.PDF, Form.DOCX, Form.JSON),
    Report.STATEMENT: tuple(Form),
    Report.YEARLY: (Form.DOCX, Form.PDF, Form.XLSX, Form.JSON),
}
"Each report's forms, the usual one first."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One file of a report."""

    name: str
    content: bytes = field(repr=False)
    media_type: str
    sha256: str
    pages: int | None
    "Pages of a PDF."
    figures: int
    "Cells of the tables that hold a number."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Which report somebody asks for, of what and when."""

    report: Report
    chinese: bool
    estate: str | None = None
    framework: str = "zt36"
    as_of: datetime | None = None
    "Of the board pack; the others speak of a period."
    period: str = ""
    "Quarter of a return (`2026Q3`), number of a statement or yearly report; the newest without."


def compose(node: Node, asking: Asking, progress: Progress = lambda _count: None) -> Document:
    """Compose a report in one language."""
    chinese, estate = asking.chinese, node.estate(asking.estate)
    match asking.report:
        case Report.BOARD:
            facts = board_facts(
                node,
                estate.id,
                framework_id=asking.framework,
                as_of=asking.as_of,
                progress=progress,
            )
            return board_pack(facts, chinese=chinese)
        case Report.QUARTERLY:
            quarter = Quarter.read(asking.period) if asking.period else last_ended(node)
            told = quarter_facts(node, quarter, estate.id, framework_id=asking.framework)
            return quarterly_return(told, chinese=chinese)
        case Report.STATEMENT:
            return _statement(node, estate, asking.period, chinese=chinese)
        case Report.YEARLY:
            return _yearly(node, estate, asking.period, chinese=chinese)
        case _:
            assert_never(asking.report)


def _statement(node: Node, estate: Estate, number: str, *, chinese: bool) -> Document:
    every = [each for each in every_statement(node, estate.id) if not each.void]
    found = statement(node, number, estate.id) if number else next(reversed(every), None)
    if found is None:
        raise MissingError("there is no statement yet", remedy="panshi statement draft")
    body = found.body
    return statement_paper(
        found,
        _source(node, "、".join(body.frameworks), body),
        frameworks=node.library.frameworks,
        offices=node.library.offices.offices,
        institution=estate.name_zh if chinese else estate.name_en,
        demo=estate.demo,
        chinese=chinese,
    )


def _yearly(node: Node, estate: Estate, number: str, *, chinese: bool) -> Document:
    found = (
        report(node, number, estate.id)
        if number
        else next(reversed(every_report(node, estate.id)), None)
    )
    if found is None:
        raise MissingError("there is no yearly report yet", remedy="panshi office report")
    return yearly(
        found,
        _source(node, "", found.body),
        institution=estate.name_zh if chinese else estate.name_en,
        demo=estate.demo,
        chinese=chinese,
    )


def _source(node: Node, frameworks: str, body: Statement | CisoReport) -> Source:
    """Say what a sealed paper was computed from."""
    return Source(
        estate=body.estate,
        estate_version=body.estate_version,
        framework=frameworks,
        framework_version="",
        origin=node.signer.origin,
        log_size=body.log_size,
        log_root=body.log_root,
        keys=tuple(map(str, node.verifier_keys())),
    )


def rendered(document: Document, form: Form) -> Rendered:
    """Write a document in one form."""
    content = _content(document, form)
    return Rendered(
        name=f"{document.id}-{document.source.estate}-{document.as_of:%Y%m%d}"
        f"-{'zh-TW' if document.chinese else 'en'}.{form}",
        content=content,
        media_type=MEDIA_TYPES[form],
        sha256=sha256(content).hexdigest(),
        pages=pages_of(content) if form is Form.PDF else None,
        figures=sum(
            not isinstance(cell, str)
            for table in document.tables
            for row in table.rows
            for cell in row
        ),
    )


def _content(document: Document, form: Form) -> bytes:
    match form:
        case Form.PDF:
            return press().pdf(document)
        case Form.DOCX:
            from panshi.report.paper.word import word  # noqa: PLC0415 -- only on demand

            return word(document)
        case Form.XLSX:
            from panshi.report.paper.workbook import workbook  # noqa: PLC0415 -- only on demand

            return workbook(document)
        case Form.JSON:
            return msgspec.json.encode(document_answer(document))
        case _:
            assert_never(form)
