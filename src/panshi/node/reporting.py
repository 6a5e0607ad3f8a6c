"""Use case: compose a report and render it as PDF, DOCX, XLSX or JSON.

    document = compose(node, Report.BOARD, chinese=True)
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

from panshi.node.board import board_facts
from panshi.node.node import Node
from panshi.node.observing import Progress
from panshi.node.printing import pages_of, press
from panshi.report.board.compose import board_pack
from panshi.report.paper.answers import document_answer
from panshi.report.paper.document import Document


class Report(StrEnum):
    """The reports there are."""

    BOARD = "board"


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
    Report.BOARD: (Form.PDF, Form.DOCX, Form.XLSX, Form.JSON),
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


def compose(
    node: Node,
    report: Report,
    *,
    chinese: bool,
    estate_id: str | None = None,
    framework_id: str = "zt36",
    as_of: datetime | None = None,
    progress: Progress = lambda _count: None,
) -> Document:
    """Compose a report in one language."""
    match report:
        case Report.BOARD:
            facts = board_facts(
                node, estate_id, framework_id=framework_id, as_of=as_of, progress=progress
            )
            return board_pack(facts, chinese=chinese)
        case _:
            assert_never(report)


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
