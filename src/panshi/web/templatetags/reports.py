"""How a page shows the cells of a report: the same text as its files, bars and lines as SVG."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from panshi.report.paper.document import (
    Bar,
    Cell,
    Count,
    Figure,
    Gantt,
    Gap,
    Mark,
    Money,
    Ref,
    Say,
    Share,
    Table,
    Task,
    Trend,
)
from panshi.report.paper.figures import shown
from panshi.report.paper.totals import total_row
from panshi.web import bars
from panshi.web.words import chinese

register = template.Library()

WIDTH, HEIGHT, MARGIN = 96, 22, 3
_NUMBERS = (Share, Gap, Count, Figure, Money)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken(bars.Bar):
    """A bar that is spoken as its report says."""

    @property
    def spoken(self) -> str:
        return self.word


@register.simple_tag
def report_cell(cell: Cell) -> SafeString:
    """Show a cell."""
    match cell:
        case Bar():
            drawn = _Spoken(
                tone=bars.Tone.EVIDENCE,
                word=cell.spoken,
                evidenced=cell.evidenced,
                possible=cell.possible,
                claimed=cell.claimed,
                target=cell.target,
            )
            return render_to_string("parts/bar.html", {"bar": drawn, "size": "cell"})
        case Trend():
            return _line(cell)
        case Mark():
            return format_html('<span class="told tone-{}">{}</span>', cell.tone, cell.word)
        case Ref():
            return format_html('<span class="mono soft">{}</span>', cell.id)
        case _:
            return format_html("{}", shown(cell))


@register.filter
def is_number(cell: Cell) -> bool:
    """Whether a cell is set to the right."""
    return isinstance(cell, _NUMBERS)


@register.filter
def heads(table: Table) -> list[tuple[str, bool]]:
    """Give the title of each column, and whether numbers stand below it."""
    return [
        (column.title, any(is_number(row[place]) for row in table.rows))
        for place, column in enumerate(table.columns)
    ]


@register.filter
def totals(table: Table) -> tuple[Cell, ...]:
    """Give the last line of a table; empty where nothing is summed."""
    return total_row(table, Say(chinese=chinese()))


@register.filter
def as_table(gantt: Gantt) -> Table:
    """Give a Gantt picture as rows."""
    return gantt.as_table(Say(chinese=chinese()))


@register.simple_tag
def report_span(gantt: Gantt, task: Task) -> SafeString:
    """Draw from when until when."""
    count = len(gantt.periods)
    first, last = gantt.spelt(task)
    now = (
        ""
        if gantt.now is None
        else format_html(
            '<rect class="bar-target" x="{}%" width="2" height="100%"/>',
            _percent(gantt.now / count),
        )
    )
    return format_html(
        '<svg class="bar bar-cell" role="img" aria-label="{}" width="100%" height="100%" '
        'focusable="false"><rect class="bar-ground" width="100%" height="100%"/>'
        '<rect class="span-{}" x="{}%" width="{}%" height="100%"{}/>{}</svg>',
        f"{task.name} {first}–{last}",
        task.tone,
        _percent(task.starts / count),
        _percent((task.ends - task.starts) / count),
        SafeString(' fill="url(#hatch)"') if task.tone == "unknown" else "",
        now,
    )


def _line(trend: Trend) -> SafeString:
    known = [each for each in trend.points if each is not None]
    if not known:
        return SafeString("—")
    scale = [*known, *([trend.target] if trend.target is not None else [])]
    low, span = min(scale), (max(scale) - min(scale)) or 1.0
    steps = max(len(trend.points) - 1, 1)

    def place(number: int, value: float) -> tuple[str, str]:
        x = MARGIN + (WIDTH - 2 * MARGIN) * number / steps
        y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (value - low) / span
        return f"{x:.1f}", f"{y:.1f}"

    marked = [(n, v) for n, v in enumerate(trend.points) if v is not None]
    points = " ".join(",".join(place(number, value)) for number, value in marked)
    x, y = place(*marked[-1])
    aim = SafeString("")
    if trend.target is not None:
        _, height = place(0, trend.target)
        aim = format_html(
            '<line class="trend-target" x1="0" x2="{}" y1="{}" y2="{}"/>', WIDTH, height, height
        )
    return format_html(
        '<svg class="trend" role="img" aria-label="{}" width="{}" height="{}" focusable="false">'
        '{}<polyline class="trend-line" points="{}"/><circle class="trend-end" cx="{}" cy="{}" '
        'r="2.5"/></svg>',
        trend.spoken,
        WIDTH,
        HEIGHT,
        aim,
        points,
        x,
        y,
    )


def _percent(share: float) -> str:
    return f"{share * 100:.2f}"
