"""The spreadsheet template for tickets, empty or filled; it is read again as it was written."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter  # type: ignore[import-untyped]

from panshi.model.alliance.ticket import Ticket
from panshi.model.alliance.ticket_layout import FORM, GUIDE_SHEET, SHEET, Holds, Part
from panshi.model.zone import INSTITUTION_ZONE

_LAST_ROW = 5_002
_WIDTHS = {Holds.LONG: 48, Holds.TEXTS: 32, Holds.CHOICES: 24}
_GUIDE = """每列一張事件單，自第 3 列填起。
One ticket a row, from row 3.
單號與標題必填；同一單號有更新時，版次加一。
Number and title are required; an update of a number takes the next version.
多個值以分號分隔；入侵指標可去活化（203.0.113[.]7、hxxps://…）。
Several values are separated by semicolons; indicators may be defanged.
時間未註明時區者，視為臺北時間。
Times without zone are those of Taipei.
單號以「範例」開頭的列不會匯入。
A row whose number begins with 範例 is not imported.""".splitlines()


def tickets_xlsx(tickets: Sequence[Ticket] = ()) -> bytes:
    """Write the template; texts stay texts, whatever they begin with."""
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        name = book.add_format({"bold": True, "bg_color": "#E8ECF1", "border": 1})
        label = book.add_format({"italic": True, "text_wrap": True, "border": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(2, 1)
        rows = [[_cell(part, ticket) for part in FORM] for ticket in tickets]
        rows = rows or [[_example(part) for part in FORM]]
        for column, part in enumerate(FORM):
            sheet.set_column(column, column, _WIDTHS.get(part.holds, 20))
            mark = " *" if part.required else ""
            sheet.write_string(0, column, part.name, name)
            sheet.write_string(1, column, f"{part.zh}\n{part.en}{mark}", label)
            if part.words and part.holds is Holds.CHOICE:
                words = [spoken[0] for spoken in part.words.values()]
                rule = {"validate": "list", "source": words, "error_type": "warning"}
                sheet.data_validation(2, column, _LAST_ROW, column, rule)
            for number, row in enumerate(rows, start=2):
                sheet.write_string(number, column, row[column], wrapped)
        guide = book.add_worksheet(GUIDE_SHEET)
        guide.set_column(0, 0, 90)
        for number, text in enumerate(_GUIDE):
            guide.write_string(number, 0, text, wrapped)
    return file.getvalue()


def _example(part: Part) -> str:
    return f"範例-{part.example}" if part.name == "number" else part.example


def _cell(part: Part, ticket: Ticket) -> str:
    head, dot, inner = part.name.partition(".")
    value = getattr(ticket, head)
    value = getattr(value, inner) if dot else value
    words = part.words or {}
    if value is None:
        return ""
    match part.holds:
        case Holds.TIME:
            return str(value.astimezone(INSTITUTION_ZONE).isoformat())
        case Holds.CHOICE:
            return words[value][0]
        case Holds.CHOICES:
            return "；".join(words[each][0] for each in value)
        case Holds.TEXTS:
            texts = (each.value for each in value) if part.name == "indicators" else value
            return "\n".join(texts)
        case _:
            return str(value)
