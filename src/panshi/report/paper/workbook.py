"""A document as a spreadsheet (OOXML): one sheet per table, numbers as numbers, sums as formulas.

Formulas are only the ones a reader would write: the sum below a column, and a gap as the
difference of two columns of the same row. Each carries the value Panshi computed, so that the
file reads the same before and after a recalculation. Texts are written as texts whatever they
begin with, so that no `=` or `@` of foreign data ever runs.
"""

from __future__ import annotations

import io
from datetime import UTC, date

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from panshi.model.zone import INSTITUTION_ZONE
from panshi.report.paper.document import (
    Answer,
    Bar,
    Cell,
    Count,
    Day,
    Document,
    Facts,
    Figure,
    Gap,
    Money,
    Paragraph,
    Points,
    Say,
    Share,
    Signatures,
    Table,
    Trend,
)
from panshi.report.paper.figures import shown, value
from panshi.report.paper.totals import total_row, undrawn
from panshi.report.paper.wording import demo_words, footer_words, moment_words

_SHEET_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDTH = 13.0
"Characters of a column of width 1."
_NARROWEST = 10.0


def workbook(document: Document) -> bytes:
    """Write a document as a spreadsheet; the same document gives the same bytes."""
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        made = document.as_of.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": document.title, "author": "Panshi", "created": made})
        _Writer(book, document).write()
    return file.getvalue()


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, document: Document) -> None:
        self._book = book
        self._document = document
        self._say = Say(chinese=document.chinese)
        self._formats: dict[str, Format] = {}
        self._names: set[str] = set()
        self._head = book.add_format(
            {"bold": True, "bg_color": "#E2F0ED", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self._title = book.add_format({"bold": True, "font_size": 14, "font_color": "#17524C"})
        self._soft = book.add_format({"font_color": "#55616D"})
        self._strong = book.add_format({"bold": True, "valign": "top", "text_wrap": True})

    def write(self) -> None:
        self._cover()
        for table in self._document.tables:
            self._table(table)

    def _sheet(self, title: str) -> Worksheet:
        name = title.translate(_FORBIDDEN).strip()[:_SHEET_NAME] or "sheet"
        taken, number = name, 2
        while taken.casefold() in self._names:
            taken = f"{name[: _SHEET_NAME - 3]} {number}"
            number += 1
        self._names.add(taken.casefold())
        sheet = self._book.add_worksheet(taken)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _cover(self) -> None:
        """Write the sheet with everything that is no table: the answer, sentences, the source."""
        document, say = self._document, self._say
        sheet = self._sheet(say("摘要", "Summary"))
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 90)
        sheet.write_string(0, 0, document.title, self._title)
        lines = [
            document.institution,
            moment_words(document.as_of.astimezone(INSTITUTION_ZONE), say),
            *([demo_words(say)] if document.demo else []),
            footer_words(document, say),
            say(
                "占比取至千分之一，捨去以下位數，不進位；差距為兩個所示占比之差。",
                "Shares are cut at a tenth of a per cent, never rounded up; a gap is the "
                "difference of the two shares shown.",
            ),
        ]
        for row, text in enumerate(lines, start=1):
            sheet.write_string(row, 0, text, self._soft)
        row = len(lines) + 2
        for section in document.sections:
            sheet.write_string(row, 0, section.title, self._strong)
            sheet.write_string(row, 1, section.lead, self._format("text"))
            row += 1
            for block in section.blocks:
                for name, cell in _pairs(block):
                    sheet.write_string(row, 0, name, self._format("text"))
                    self._cell(sheet, row, 1, cell)
                    row += 1
            row += 1

    def _table(self, table: Table) -> None:
        sheet = self._sheet(table.title or table.id)
        kept = undrawn(table)
        for at, place in enumerate(kept):
            column = table.columns[place]
            sheet.set_column(at, at, max(_NARROWEST, column.width * _WIDTH))
            sheet.write_string(0, at, column.title, self._head)
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(table.rows, start=1):
            cells = tuple(row[place] for place in kept)
            for at, cell in enumerate(cells):
                if isinstance(cell, Gap):
                    self._gap(sheet, number, at, cell, cells)
                else:
                    self._cell(sheet, number, at, cell)
        last = len(table.rows)
        sums = total_row(table, self._say)
        for at, place in enumerate(kept if sums else ()):
            if table.columns[place].total:
                span = f"{xl_rowcol_to_cell(1, at)}:{xl_rowcol_to_cell(last, at)}"
                style = self._format(_kind(sums[place]), bold=True)
                sheet.write_formula(last + 1, at, f"=SUM({span})", style, value(sums[place]))
            else:
                sheet.write_string(last + 1, at, shown(sums[place]), self._strong)
        if not table.rows:
            sheet.write_string(1, 0, table.empty, self._soft)
        if table.note:
            sheet.write_string(last + 3, 0, table.note, self._soft)

    def _gap(
        self, sheet: Worksheet, row: int, place: int, gap: Gap, cells: tuple[Cell, ...]
    ) -> None:
        """Write a gap as the difference of the two shares beside it, where they are there."""
        result = value(gap)
        sides = [
            next((n for n, c in enumerate(cells) if isinstance(c, Share) and c.value == side), None)
            for side in (gap.of, gap.less)
        ]
        if result is None:
            sheet.write_string(row, place, shown(gap), self._format("text"))
        elif None in sides:
            sheet.write_number(row, place, result, self._format("gap"))
        else:
            one, other = (xl_rowcol_to_cell(row, side) for side in sides)
            sheet.write_formula(row, place, f"=ROUND({one}-{other},3)", self._format("gap"), result)

    def _cell(self, sheet: Worksheet, row: int, place: int, cell: Cell) -> None:
        style = self._format(_kind(cell))
        raw = cell.text if isinstance(cell, Trend) else value(cell)
        match raw:
            case None:
                sheet.write_string(row, place, shown(cell) or "—", style)
            case str():
                sheet.write_string(row, place, raw, style)
            case date():
                sheet.write_datetime(row, place, raw, style)
            case _:
                sheet.write_number(row, place, raw, style)

    def _format(self, kind: str, *, bold: bool = False) -> Format:
        name = f"{kind} bold" if bold else kind
        if name not in self._formats:
            formats = {
                "share": "0.0%",
                "gap": "0.0%",
                "count": "#,##0.##",
                "money": "#,##0",
                "day": "yyyy-mm-dd",
                "text": "@",
            }
            self._formats[name] = self._book.add_format(
                {"num_format": formats[kind], "valign": "top", "text_wrap": True, "bold": bold}
            )
        return self._formats[name]


def _kind(cell: Cell) -> str:
    match cell:
        case Share() | Bar():
            return "share"
        case Gap():
            return "gap"
        case Count() | Figure():
            whole = cell.value is None or float(cell.value).is_integer()
            return "money" if whole else "count"
        case Money():
            return "money"
        case Day():
            return "day"
        case _:
            return "text"


def _pairs(block: object) -> list[tuple[str, Cell]]:
    match block:
        case Answer():
            return [(block.label, block.word), ("", block.sentence), *block.figures]
        case Facts():
            return list(block.facts)
        case Points():
            return [(ref, text) for text, ref in block.points] or [("", block.empty)]
        case Paragraph():
            return [("", block.text)]
        case Signatures():
            return list(block.signers)
        case _:
            return []
