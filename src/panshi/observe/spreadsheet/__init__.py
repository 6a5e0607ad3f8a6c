"""Spreadsheets (OOXML, ECMA-376) read row by row: values as they are typed, nothing computed.

`archive` opens the ZIP within bounds, `workbook` finds sheets, texts and date formats, `cells`
streams rows. Formulas and error values are handed out as what they are, never as a value; a row
out of order or a cell given twice is refused, since readers differ on which one counts.
"""

from __future__ import annotations

from panshi.observe.spreadsheet.cells import CellValue, Refused, Row, address
from panshi.observe.spreadsheet.workbook import Spreadsheet, open_spreadsheet

__all__ = ["CellValue", "Refused", "Row", "Spreadsheet", "address", "open_spreadsheet"]
