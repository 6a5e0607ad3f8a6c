"""How a cell reads: the one place where a figure of a report becomes text.

A share is cut at one decimal of a per cent, never rounded up: 99.96 % is 99.9 %. What is not
known is a dash, never nought. A gap is the difference of the two shares as they are shown, so
that whoever subtracts on paper gets the same.
"""

from __future__ import annotations

import math
from datetime import date
from typing import assert_never

from panshi.report.paper.document import (
    Bar,
    Cell,
    Count,
    Day,
    Figure,
    Gap,
    Mark,
    Money,
    Ref,
    Share,
    Trend,
)

NOTHING = "—"


def cut(share: float | None) -> float | None:
    """Give a share cut at a tenth of a per cent, as it is shown."""
    return None if share is None else math.floor(share * 1000 + 1e-9) / 1000


def percent(share: float | None) -> str:
    """Show a share with at most one decimal."""
    return NOTHING if share is None else _decimal(round((cut(share) or 0.0) * 1000)) + "%"


def gap(cell: Gap) -> float | None:
    """Give the difference of two shares as they are shown."""
    of, less = cut(cell.of), cut(cell.less)
    return None if of is None or less is None else round(of - less, 3)


def shown(cell: Cell) -> str:  # noqa: C901, PLR0911 -- one case per kind of cell
    """Show a cell as text, the same in every rendering."""
    match cell:
        case str():
            return cell
        case Share():
            return percent(cell.value)
        case Gap():
            difference = gap(cell)
            return NOTHING if difference is None else _decimal(round(difference * 1000))
        case Count(value=None) | Money(twd=None) | Day(day=None):
            return NOTHING
        case Count():
            return f"{number(cell.value or 0)}{cell.unit}"
        case Figure():
            return NOTHING if cell.value is None else cell.text
        case Money():
            return f"{thousands(cell.twd or 0):,}"
        case Day():
            return str(cell.day)
        case Ref():
            return cell.id
        case Mark():
            return cell.word
        case Bar() | Trend():
            return ""
        case _:
            assert_never(cell)


def value(cell: Cell) -> str | float | date | None:
    """Give a cell's value as a spreadsheet or a program takes it, equal to what is shown."""
    match cell:
        case Share():
            return cut(cell.value)
        case Gap():
            return gap(cell)
        case Count() | Figure():
            return cell.value
        case Money():
            return None if cell.twd is None else thousands(cell.twd)
        case Day():
            return cell.day
        case Bar():
            return cut(cell.evidenced)
        case Trend():
            return cell.text
        case _:
            return shown(cell)


def thousands(twd: int) -> int:
    """Give an amount in thousands, rounded up: a cost is never shown too small."""
    return -(-twd // 1000)


def number(amount: float) -> str:
    """Group digits; decimals only where there are some."""
    return f"{amount:,.2f}".rstrip("0").removesuffix(".")


def roc(day: date) -> str:
    """Write a day in the years of the Republic, where a form demands it."""
    return f"民國 {day.year - 1911} 年 {day.month} 月 {day.day} 日"


def _decimal(tenths: int) -> str:
    sign = "−" if tenths < 0 else ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"
