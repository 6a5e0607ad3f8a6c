"""Page 5: indicators, those off their target first, each with its quarters."""

from __future__ import annotations

from panshi.governance.indicators.definition import Direction
from panshi.governance.indicators.trend import Standing
from panshi.report.board.facts import BoardFacts, IndicatorLine
from panshi.report.indicator_words import indicator_cell, standing_mark
from panshi.report.paper.document import (
    Cell,
    Column,
    Mark,
    Say,
    Section,
    Share,
    Table,
    Trend,
)
from panshi.report.paper.figures import shown

PRINTED = 20
_ORDER = (Standing.OFF, Standing.UNKNOWN, Standing.WITHIN, Standing.ON_TARGET, Standing.NO_TARGET)


def indicators(facts: BoardFacts, say: Say) -> Section:
    """Give the page of indicators."""
    lines = sorted(facts.indicators, key=lambda each: _ORDER.index(each.standing))
    off = sum(each.standing is Standing.OFF for each in lines)
    unknown = sum(each.standing is Standing.UNKNOWN for each in lines)
    return Section(
        id="indicators",
        title=say("五、指標", "5. Indicators"),
        lead=say(
            f"{len(lines)} 項指標中 {off} 項未達本季目標"
            + (f"，{unknown} 項因觀測不足而未知。" if unknown else "。"),
            f"Of {len(lines)} indicators, {off} are off this quarter's target"
            + (f" and {unknown} are unknown for want of observations." if unknown else "."),
        ),
        blocks=(_table(lines, say),),
        breaks=True,
    )


def indicator_rows(lines: list[IndicatorLine], say: Say) -> tuple[tuple[Cell, ...], ...]:
    """Give a row for each indicator."""
    return tuple(
        (
            each.indicator.title_zh if say.chinese else each.indicator.title_en,
            indicator_cell(each.value, each.indicator, say),
            indicator_cell(each.target, each.indicator, say),
            standing_mark(each.standing, say),
            _line(each, say),
            _ahead(each, say),
            Mark(each.grade),
            Share(each.coverage),
        )
        for each in lines
    )


def _table(lines: list[IndicatorLine], say: Say) -> Table:
    return Table(
        id="indicators",
        title="",
        columns=(
            Column(key="indicator", title=say("指標", "indicator"), width=3.2),
            Column(key="value", title=say("現在", "now"), width=1.1),
            Column(key="target", title=say("本季目標", "target"), width=1.1),
            Column(key="standing", title=say("達標情形", "standing"), width=1.1),
            Column(key="trend", title=say("歷季與目標", "quarters"), width=1.6),
            Column(key="forecast", title=say("下季推估", "next, inferred"), width=1.1),
            Column(key="grade", title=say("資料品質", "data"), width=0.6),
            Column(key="coverage", title=say("已觀測", "seen"), width=0.8),
        ),
        rows=indicator_rows(lines, say),
        limit=PRINTED,
        note=say(
            "下季推估以歷季中位斜率外推，屬推論，不是觀測；資料品質 A 至 D 依已觀測占比。",
            "The next quarter is extrapolated by the median slope: inference, not observation. "
            "Data quality A to D follows the share seen.",
        ),
        empty=say("尚未定義指標。", "No indicator is defined."),
    )


def _line(each: IndicatorLine, say: Say) -> Cell:
    values = (*each.history, each.value)
    if sum(value is not None for value in values) < 2:  # noqa: PLR2004 -- a line takes two points
        return "—"
    told = [shown(indicator_cell(value, each.indicator, say)) for value in values]
    said = say("、", ", ").join(told)
    better = (
        say("越高越好", "higher is better")
        if each.indicator.direction is Direction.UP
        else say("越低越好", "lower is better")
    )
    text = f"{told[0]} → {told[-1]}"
    return Trend(
        points=values, target=each.target, text=text, spoken=f"{said}{say('；', '; ')}{better}"
    )


def _ahead(each: IndicatorLine, say: Say) -> Cell:
    return indicator_cell(each.next_quarter, each.indicator, say)
