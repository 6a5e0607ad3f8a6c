"""`panshi indicator …`: indicators with target and trend, frozen quarter by quarter."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.governance.indicators.printing import printed
from panshi.governance.indicators.quarter import Quarter
from panshi.governance.indicators.snapshots import Frozen
from panshi.governance.indicators.trend import Standing
from panshi.model.bodies.indicators import IndicatorDefinition
from panshi.model.observation import ObservationId
from panshi.node.indicator_answers import answer_of, detail_of
from panshi.node.indicators import (
    IndicatorStanding,
    body_of,
    define,
    definitions,
    freeze,
    indicator_named,
    snapshots,
    standings,
)
from panshi.node.node import Node
from panshi.report.accountability_words import office_word
from panshi.report.indicator_answers import quarter_answer
from panshi.report.indicator_words import STANDINGS

MARKS = {
    Standing.ON_TARGET: "+",
    Standing.WITHIN: "~",
    Standing.OFF: "!",
    Standing.UNKNOWN: "?",
    Standing.NO_TARGET: " ",
}
MOST_BYTES = 64 * 1024


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="every indicator: last frozen quarter, target, now, forecast")
    shown = verbs.add_parser("show", help="one indicator with its definition and revisions")
    trended = verbs.add_parser("trend", help="one indicator quarter by quarter")
    frozen = verbs.add_parser("freeze", help="seal the values of a quarter that ended")
    frozen.add_argument("quarter", type=Quarter.read, help="2026Q3")
    frozen.add_argument("--since", type=Quarter.read, default=None, help="also every one since")
    frozen.add_argument("--why", default="", help="of a correction of a frozen quarter")
    frozen.add_argument(
        "--without", action="append", default=[], metavar="ID", help="evidence left out; repeat it"
    )
    verbs.add_parser("quarters", help="the frozen quarters and their corrections")
    defined = verbs.add_parser("define", help="change an indicator from now on, or add one")
    defined.add_argument("--formula", type=Path, default=None, help="file, JSON or YAML")
    for option in ("title-zh", "title-en", "unit", "direction", "owner"):
        defined.add_argument(f"--{option}", default=None)
    defined.add_argument("--tolerance", type=float, default=None)
    defined.add_argument(
        "--target", action="append", default=None, metavar="2026Q4=0.8", help="repeat it"
    )
    defined.add_argument("--why", required=True)
    for each in (shown, trended, defined):
        each.add_argument("indicator")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it, then tell how it stands."""
    with open_node() as node:
        match args.action:
            case "list":
                every = standings(node, args.estate)
                out.answer(list(map(answer_of, every)), lambda: _listed(every, out))
            case "freeze":
                made = list(_frozen(node, args))
                out.answer({"frozen": made}, lambda: made)
            case "quarters":
                known = snapshots(node, args.estate)
                out.answer(list(map(quarter_answer, known)), lambda: _quarters(known))
            case "define":
                _define(node, args)
                _show(node, args, out)
            case _:
                _show(node, args, out)
    return Exit.DONE


def _show(node: Node, args: argparse.Namespace, out: Output) -> None:
    found = indicator_named(node, args.indicator, args.estate)
    out.answer(
        detail_of(found),
        lambda: _trend(found, out) if args.action == "trend" else _whole(found, node, out),
    )


def _frozen(node: Node, args: argparse.Namespace) -> Iterator[str]:
    quarter: Quarter = args.since or args.quarter
    without = tuple(map(ObservationId, args.without))
    while quarter <= args.quarter:
        yield freeze(
            node, quarter, actor=actor(), estate_id=args.estate, why=args.why, without=without
        )
        quarter = quarter.after(1)


def _define(node: Node, args: argparse.Namespace) -> None:
    known = definitions(node, args.estate).get(args.indicator)
    start = (
        body_of(known.now)
        if known is not None
        else IndicatorDefinition(
            indicator=args.indicator,
            title_zh="",
            title_en="",
            formula="",
            unit="share",
            direction="up",
            owner="",
            tolerance=0.0,
            changed_by="",
            why="",
        )
    )
    asked = {
        "title_zh": args.title_zh,
        "title_en": args.title_en,
        "unit": args.unit,
        "direction": args.direction,
        "owner": args.owner,
        "tolerance": args.tolerance,
        "targets": tuple(args.target) if args.target is not None else None,
        "formula": read_whole(args.formula, MOST_BYTES).decode() if args.formula else None,
    }
    body = replace(start, why=args.why, **{k: v for k, v in asked.items() if v is not None})
    define(node, body, actor=actor(), estate_id=args.estate)


def _listed(every: tuple[IndicatorStanding, ...], out: Output) -> Iterator[str]:
    known = [each.last.standing if each.last else each.now.standing for each in every]
    on, off = known.count(Standing.ON_TARGET), known.count(Standing.OFF)
    yield out.pick(
        f"{len(every)} 項指標：{on} 項達標，{off} 項未達標。",
        f"{len(every)} indicators: {on} on target, {off} off target.",
    )
    header = (
        "",
        out.pick("指標", "indicator"),
        out.pick("季別", "quarter"),
        out.pick("值", "value"),
        out.pick("目標", "target"),
        out.pick("本季至今", "so far"),
        out.pick("預測", "forecast"),
        out.pick("品質", "grade"),
    )
    yield from table(header, (_row(each, out) for each in every))


def _row(each: IndicatorStanding, out: Output) -> tuple[str, ...]:
    last, unit = each.last, each.indicator.unit
    forecast = each.trend.forecast
    ahead = printed(forecast.ahead[0].value, unit, chinese=out.chinese) if forecast else "–"
    return (
        MARKS[last.standing if last else each.now.standing],
        out.pick(each.indicator.title_zh, each.indicator.title_en),
        str(last.quarter) if last else "–",
        printed(last.value if last else None, unit, chinese=out.chinese),
        printed(last.target if last else each.now.target, unit, chinese=out.chinese),
        printed(each.now.measured.value, unit, chinese=out.chinese),
        ahead,
        last.grade if last else each.now.grade,
    )


def _trend(found: IndicatorStanding, out: Output) -> Iterator[str]:
    unit = found.indicator.unit
    yield out.pick(found.indicator.title_zh, found.indicator.title_en)
    for number, segment in enumerate(found.trend.segments):
        if number:
            yield out.pick("── 定義變更，前後不可比較 ──", "── defined anew: not comparable ──")
        for point in segment.points:
            word = STANDINGS[point.standing]
            value = printed(point.value, unit, chinese=out.chinese)
            target = printed(point.target, unit, chinese=out.chinese)
            yield f"{point.quarter}  {value:>12}  {target:>12}  {out.pick(word[0], word[1])}"
    for each in found.trend.forecast.ahead if found.trend.forecast else ():
        low, value, high = (
            printed(number, unit, chinese=out.chinese)
            for number in (each.low, each.value, each.high)
        )
        word_of = out.pick("預測", "forecast")
        yield f"{each.quarter}  {value:>12}  ({low} – {high})  {word_of}"


def _whole(found: IndicatorStanding, node: Node, out: Output) -> Iterator[str]:
    indicator = found.indicator
    owner = office_word(node.library.offices, indicator.owner, chinese=out.chinese)
    yield from _trend(found, out)
    yield f"{out.pick('公式', 'formula')}: {indicator.formula_text}"
    yield f"{out.pick('負責單位', 'owner')}: {owner}"
    for each in found.defined.revisions:
        since = each.since.date() if each.since else out.pick("隨附", "as shipped")
        yield f"r{each.revision}  {since}  {each.measure}  {each.changed_by}  {each.why}"


def _quarters(known: tuple[Frozen, ...]) -> Iterator[str]:
    for each in known:
        first = each.first
        yield f"{each.quarter}  {first.at.date()}  {first.id}  {first.body.frozen_by}"
        for made in each.corrections:
            yield f"  + {made.at.date()}  {made.id}  {made.body.why}"
