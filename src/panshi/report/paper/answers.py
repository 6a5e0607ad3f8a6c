"""A document as JSON: every figure with its value and as it is shown on paper.

The keys of tables and columns are the same in both languages and kept stable.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never

import msgspec

from panshi.report.paper.document import (
    Answer,
    Bar,
    Block,
    Cell,
    Document,
    Facts,
    Gantt,
    Mark,
    Paragraph,
    Points,
    Say,
    Signatures,
    Source,
    Table,
    Tone,
    Trend,
)
from panshi.report.paper.figures import cut, shown, value
from panshi.report.paper.totals import total_row


class CellAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cell."""

    value: str | float | None
    "As a program takes it; shares are cut at a tenth of a per cent, as shown."
    shown: str
    "As every rendering shows it; empty for pictures."
    tone: Tone = Tone.PLAIN
    bar: Bar | None = None
    trend: tuple[float | None, ...] = ()


class TableAnswer(msgspec.Struct, frozen=True):
    """One table, every row of it."""

    id: str
    title: str
    columns: tuple[str, ...]
    "Machine names."
    headings: tuple[str, ...]
    rows: tuple[tuple[CellAnswer, ...], ...]
    total: tuple[CellAnswer, ...]
    note: str
    printed: int
    "So many rows are printed on paper."


class SectionAnswer(msgspec.Struct, frozen=True):
    """One section with its sentences and tables."""

    id: str
    title: str
    lead: str
    figures: dict[str, CellAnswer]
    "Single figures by their names."
    sentences: tuple[str, ...]
    tables: tuple[TableAnswer, ...]


class DocumentAnswer(msgspec.Struct, frozen=True):
    """A whole report."""

    report: str
    language: str
    title: str
    institution: str
    as_of: datetime
    demo: bool
    source: Source
    sections: tuple[SectionAnswer, ...]


def document_answer(document: Document) -> DocumentAnswer:
    """Give a document as an answer."""
    say = Say(chinese=document.chinese)
    return DocumentAnswer(
        report=document.id,
        language="zh-TW" if document.chinese else "en",
        title=document.title,
        institution=document.institution,
        as_of=document.as_of,
        demo=document.demo,
        source=document.source,
        sections=tuple(
            SectionAnswer(
                id=section.id,
                title=section.title,
                lead=section.lead,
                figures={
                    name: _cell(cell) for block in section.blocks for name, cell in _figures(block)
                },
                sentences=tuple(text for block in section.blocks for text in _sentences(block)),
                tables=tuple(
                    _table(block if isinstance(block, Table) else block.as_table(say), say)
                    for block in section.blocks
                    if isinstance(block, Table | Gantt)
                ),
            )
            for section in document.sections
        ),
    )


def _figures(block: Block) -> tuple[tuple[str, Cell], ...]:
    match block:
        case Answer():
            return block.figures
        case Facts():
            return block.facts
        case Signatures():
            return block.signers
        case Paragraph() | Table() | Gantt() | Points():
            return ()
        case _:
            assert_never(block)


def _sentences(block: Block) -> tuple[str, ...]:
    match block:
        case Answer():
            return (block.word, block.sentence)
        case Paragraph():
            return (block.text,)
        case Points():
            return tuple(text for text, _ref in block.points)
        case _:
            return ()


def _table(table: Table, say: Say) -> TableAnswer:
    return TableAnswer(
        id=table.id,
        title=table.title,
        columns=tuple(column.key for column in table.columns),
        headings=tuple(column.title for column in table.columns),
        rows=tuple(tuple(_cell(cell) for cell in row) for row in table.rows),
        total=tuple(_cell(cell) for cell in total_row(table, say)),
        note=table.note,
        printed=len(table.printed),
    )


def _cell(cell: Cell) -> CellAnswer:
    match cell:
        case Mark():
            return CellAnswer(value=cell.word, shown=cell.word, tone=cell.tone)
        case Bar():
            return CellAnswer(value=cut(cell.evidenced), shown="", bar=cell)
        case Trend():
            return CellAnswer(value=_plain(value(cell)), shown="", trend=cell.points)
        case _:
            return CellAnswer(value=_plain(value(cell)), shown=shown(cell))


def _plain(raw: str | float | date | None) -> str | float | None:
    return raw.isoformat() if isinstance(raw, date) else raw
