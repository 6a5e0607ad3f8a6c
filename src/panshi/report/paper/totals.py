"""What a table has where nothing can be drawn: its sums, and its columns without the bars."""

from __future__ import annotations

from panshi.report.paper.document import Bar, Cell, Count, Money, Say, Share, Table
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


def undrawn(table: Table) -> list[int]:
    """Give the columns to write: a bar beside the share it draws would say it twice."""
    shares = any(isinstance(cell, Share) for row in table.rows for cell in row)
    return [
        place
        for place in range(len(table.columns))
        if not shares or not any(isinstance(row[place], Bar) for row in table.rows)
    ]
