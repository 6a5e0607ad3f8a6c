"""The sum below a table's columns, the same on paper and as a spreadsheet's formula."""

from __future__ import annotations

from panshi.report.paper.document import Cell, Count, Money, Say, Table
from panshi.report.paper.figures import thousands


def total_row(table: Table, say: Say) -> tuple[Cell, ...]:
    """Give the cells of the last line; empty where no column is summed."""
    if not table.rows or not any(column.total for column in table.columns):
        return ()
    cells: list[Cell] = [
        _sum(table, place) if column.total else "" for place, column in enumerate(table.columns)
    ]
    if isinstance(cells[0], str):
        cells[0] = say("合計", "total")
    return tuple(cells)


def _sum(table: Table, place: int) -> Cell:
    column = [row[place] for row in table.rows]
    amounts = [each for each in column if isinstance(each, Money)]
    if amounts:
        return Money(sum(thousands(each.twd or 0) for each in amounts) * 1000)
    counts = [each for each in column if isinstance(each, Count)]
    return Count(sum(each.value or 0 for each in counts), counts[0].unit if counts else "")
