"""Workbooks whose sheets name their columns in row 1 and explain them in row 2.

`panshi.observe.spreadsheet.named_rows` reads them again.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import xlsxwriter  # type: ignore[import-untyped]

_LAST_ROW = 1_048_575
_WIDTH = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSheet:
    """One sheet."""

    title: str
    labels: Mapping[str, str]
    "What each column means, by its name, in order."
    rows: tuple[Mapping[str, object], ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    "Values a column takes, offered in a list."


def workbook_of(*sheets: NamedSheet) -> bytes:
    """Write a workbook; texts stay texts, whatever they begin with."""
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
        for each in sheets:
            sheet = book.add_worksheet(each.title)
            sheet.freeze_panes(2, 1)
            sheet.set_column(0, len(each.labels) - 1, _WIDTH)
            for column, (column_name, text) in enumerate(each.labels.items()):
                sheet.write_string(0, column, column_name, name)
                sheet.write_string(1, column, text, label)
                if column_name in each.choices:
                    source = {"validate": "list", "source": list(each.choices[column_name])}
                    sheet.data_validation(2, column, _LAST_ROW, column, source)
            for number, line in enumerate(each.rows, start=2):
                for column, column_name in enumerate(each.labels):
                    _write(sheet, number, column, line.get(column_name))
    return file.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    match value:
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | float():
            sheet.write_number(row, column, value)
        case _ if value:
            sheet.write_string(row, column, str(value))
