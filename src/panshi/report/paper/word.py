"""A document as DOCX, for reports people edit before they sign them.

Bars become the figures they show: Word has no bar that stays right when somebody edits around it.
Headings, tables with header rows, the language of the text and East Asian fonts are set, so that a
screen reader and a spelling checker know what they have. The same document gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any, assert_never

from panshi.model.zone import INSTITUTION_ZONE
from panshi.report.paper.document import (
    Answer,
    Bar,
    Block,
    Cell,
    Count,
    Document,
    Facts,
    Figure,
    Gantt,
    Gap,
    Mark,
    Money,
    Paragraph,
    Points,
    Say,
    Section,
    Share,
    Signatures,
    Table,
    Tone,
    Trend,
)
from panshi.report.paper.figures import percent, shown
from panshi.report.paper.totals import total_row, undrawn
from panshi.report.paper.wording import demo_words, footer_words, left_out_words, moment_words

if TYPE_CHECKING:
    from docx.document import Document as Docx

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"Time of every member of the archive, so that equal reports are equal files."
_COLOURS = {
    Tone.FAIL: "B3261E",
    Tone.WARN: "7D5200",
    Tone.GOOD: "17524C",
    Tone.UNKNOWN: "55616D",
    Tone.ATTESTED: "5D43A8",
}
_LINES = {
    "top": True,
    "left": False,
    "bottom": True,
    "right": False,
    "insideH": True,
    "insideV": False,
}
_TEXT_WIDTH = 170.0
"Millimetres between the margins."
_FONT = "Microsoft JhengHei"
"On every Windows in Taiwan; others put their own in its place."
_NUMBERS = (Share, Gap, Count, Figure, Money)


def word(document: Document) -> bytes:
    """Write a document as DOCX."""
    writer = _Writer(document)
    writer.write()
    return _repeatable(writer.bytes())


class _Writer:
    def __init__(self, document: Document) -> None:
        import docx  # noqa: PLC0415 -- only this format needs it

        self._document = document
        self._say = Say(chinese=document.chinese)
        self._docx: Docx = docx.Document()
        self._style()

    def bytes(self) -> bytes:
        file = io.BytesIO()
        self._docx.save(file)
        return file.getvalue()

    def write(self) -> None:
        document, say = self._document, self._say
        made = document.as_of.astimezone(UTC).replace(tzinfo=None)
        about = self._docx.core_properties
        about.title, about.author, about.subject = document.title, "Panshi", document.subtitle
        about.created = about.modified = made
        about.language = "zh-TW" if document.chinese else "en-GB"
        self._docx.add_heading(document.title, 0)
        self._line(document.institution)
        self._line(moment_words(document.as_of.astimezone(INSTITUTION_ZONE), say))
        if document.demo:
            self._line(demo_words(say))
        for section in document.sections:
            self._section(section)
        self._docx.sections[0].footer.paragraphs[0].text = footer_words(document, say)

    def _style(self) -> None:
        from docx.oxml.ns import qn  # noqa: PLC0415 -- only this format needs it
        from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415 -- as above

        page = self._docx.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = Mm(20)
        page.top_margin = page.bottom_margin = Mm(20)
        language = "zh-TW" if self._document.chinese else "en-GB"
        for style in self._docx.styles:
            properties = style.element.find(qn("w:rPr"))
            if style.name not in {"Normal", "Title", "Heading 1", "Heading 2"}:
                continue
            properties = style.element.get_or_add_rPr()
            fonts = properties.get_or_add_rFonts()
            for name in list(fonts.attrib):
                del fonts.attrib[name]
            for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.set(qn(f"w:{script}"), _FONT)
            for found in properties.findall(qn("w:lang")):
                properties.remove(found)
            said = properties.makeelement(qn("w:lang"), {})
            said.set(qn("w:val"), "en-GB")
            said.set(qn("w:eastAsia"), language if self._document.chinese else "zh-TW")
            properties.append(said)
            if style.name != "Normal":
                style.font.color.rgb = RGBColor.from_string("17524C")
        self._docx.styles["Normal"].font.size = Pt(10)

    def _line(self, text: str, tone: Tone = Tone.UNKNOWN) -> None:
        self._toned(self._docx.add_paragraph(), text, tone)

    def _section(self, section: Section) -> None:
        heading = self._docx.add_heading(section.title, 1)
        heading.paragraph_format.page_break_before = section.breaks
        if section.lead:
            self._docx.add_paragraph(section.lead)
        for block in section.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                self._line(block.text, block.tone)
            case Answer():
                self._docx.add_paragraph(f"{block.label}：{block.word}").runs[0].bold = True
                self._docx.add_paragraph(block.sentence)
                self._grid((), [(name, shown(cell)) for name, cell in block.figures])
            case Table():
                self._table(block)
            case Facts():
                self._heading(block.title)
                self._grid((), [(name, shown(cell)) for name, cell in block.facts])
            case Gantt():
                self._table(block.as_table(self._say))
            case Points():
                self._heading(block.title)
                for text, ref in block.points:
                    line = f"{text}（{ref}）" if ref else text
                    self._docx.add_paragraph(line, style="List Number")
                if not block.points:
                    self._line(block.empty)
            case Signatures():
                self._heading(block.title)
                self._grid((), [(office, signed or " ") for office, signed in block.signers])
            case _:
                assert_never(block)

    def _heading(self, title: str) -> None:
        if title:
            self._docx.add_heading(title, 2)

    def _table(self, block: Table) -> None:
        self._heading(block.title)
        if not block.rows:
            self._line(block.empty)
        else:
            total = total_row(block, self._say)
            rows: list[Sequence[Cell]] = [*block.printed, *([total] if total else [])]
            kept = undrawn(block)
            self._grid(
                [block.columns[place].title for place in kept],
                [[row[place] for place in kept] for row in rows],
                widths=[block.columns[place].width for place in kept],
            )
        if block.left_out:
            self._line(left_out_words(block.left_out, self._say))
        if block.note:
            self._line(block.note)

    def _grid(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[Cell]],
        *,
        widths: Sequence[float] = (),
    ) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415 -- only this format
        from docx.oxml.ns import qn  # noqa: PLC0415 -- as above
        from docx.shared import Pt  # noqa: PLC0415 -- as above

        lines = list(rows)
        width = len(head) or len(lines[0])
        grid = self._docx.add_table(rows=0, cols=width, style="Table Grid")
        if head:
            for place, title in enumerate(head):
                cell = grid.add_row().cells[place] if place == 0 else grid.rows[0].cells[place]
                cell.paragraphs[0].add_run(title).bold = True
                if lines and isinstance(lines[0][place], _NUMBERS):
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            properties = grid.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 -- no public way
            repeated: Any = properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"})
            properties.append(repeated)
        for line in lines:
            cells = grid.add_row().cells
            for cell, said in zip(cells, line, strict=True):
                paragraph = cell.paragraphs[0]
                tone = said.tone if isinstance(said, Mark) else Tone.PLAIN
                self._toned(paragraph, _said(said), tone)
                if isinstance(said, _NUMBERS):
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._framed(grid, widths or [1.0] * width)
        for row in grid.rows:
            for cell in row.cells:
                for run in cell.paragraphs[0].runs:
                    run.font.size = Pt(8.5)

    def _framed(self, grid: Any, widths: Sequence[float]) -> None:  # noqa: ANN401 -- python-docx
        """Give columns their widths and rows thin lines, as on paper."""
        from docx.oxml import parse_xml  # noqa: PLC0415 -- only this format needs it
        from docx.oxml.ns import nsdecls  # noqa: PLC0415 -- as above
        from docx.shared import Mm  # noqa: PLC0415 -- as above

        lines = "".join(
            f'<w:{side} w:val="{"single" if seen else "nil"}" w:sz="4" w:color="DCD9D0"/>'
            for side, seen in _LINES.items()
        )
        borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{lines}</w:tblBorders>")
        grid._tbl.tblPr.append(borders)  # noqa: SLF001 -- no public way
        grid.autofit = False
        for column, share in zip(grid.columns, widths, strict=True):
            column.width = Mm(_TEXT_WIDTH * share / sum(widths))
            for cell in column.cells:
                cell.width = column.width

    def _toned(self, paragraph: Any, text: str, tone: Tone) -> None:  # noqa: ANN401 -- python-docx
        from docx.shared import RGBColor  # noqa: PLC0415 -- only this format needs it

        run = paragraph.add_run(text)
        if tone in _COLOURS:
            run.font.color.rgb = RGBColor.from_string(_COLOURS[tone])


def _said(cell: Cell) -> str:
    match cell:
        case Bar():
            return percent(cell.evidenced)
        case Trend():
            return cell.text
        case _:
            return shown(cell)


def _repeatable(raw: bytes) -> bytes:
    """Write the archive again with one time for all members."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            new.writestr(member, old.read(name))
    return made.getvalue()
