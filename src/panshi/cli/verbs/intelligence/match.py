"""`panshi intel match FILE…`: look for intelligence in telemetry, or without a file at home.

Zeek, DNS and proxy logs, CSV and JSON Lines are read as they are, plain or by gzip.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.alliance.intelligence.answers import (
    MatchedAnswer,
    TouchAnswer,
    matched_answer,
    touch_answer,
)
from panshi.node.alliance.intelligence.matching import match
from panshi.node.alliance.intelligence.touching import touches


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take extracts."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--estate", default=None)
    parser.add_argument("--gate", action="store_true", help="exit 1 where anything is found")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Search; a gate where asked."""
    with open_node() as node:
        if not args.files:
            met = tuple(touch_answer(each) for each in touches(node, args.estate))
            out.answer(met, lambda: _touches(met, out))
            return Exit.NOT_GOOD_ENOUGH if args.gate and met else Exit.DONE
        with out.progress(out.pick("比對行數", "lines searched")) as told:
            found = tuple(
                matched_answer(each, red=True)
                for each in match(node, args.files, actor=actor(), progress=told)
            )
    out.answer(found, lambda: (line for each in found for line in _matched(each, out)))
    return Exit.NOT_GOOD_ENOUGH if args.gate and any(each.hits for each in found) else Exit.DONE


def _matched(each: MatchedAnswer, out: Output) -> Iterator[str]:
    yield out.pick(
        f"{each.file}：{each.lines:,} 行，比對 {each.watched:,} 個值，命中 {each.hits:,} 行、"
        f"{len(each.sights):,} 項（新 {each.new:,}）。",
        f"{each.file}: {each.lines:,} lines, {each.watched:,} values looked for; "
        f"{each.hits:,} lines hit, {len(each.sights):,} findings ({each.new:,} new).",
    )
    if each.left:
        yield out.pick(f"另有 {each.left:,} 項未保留。", f"{each.left:,} more findings not kept.")
    header = out.pick(
        "編號,分數,值,行數,首行,欄位,見於", "finding,score,value,lines,first line,field,stands as"
    )
    yield from table(
        header.split(","),
        (
            (
                one.id[:8],
                one.score,
                " + ".join(value.value for value in one.values),
                f"{one.lines:,}",
                one.first_line,
                one.field or "–",
                ", ".join(one.words),
            )
            for one in each.sights
        ),
    )


def _touches(found: tuple[TouchAnswer, ...], out: Output) -> Iterator[str]:
    yield out.pick(f"與本機構相關：{len(found)} 項。", f"{len(found)} meet what is ours.")
    header = out.pick("關係,分數,本機構的,資產,標示", "meeting,score,ours,assets,marking")
    yield from table(
        header.split(","),
        (
            (each.meeting, each.known.score, each.word, ", ".join(each.assets[:3]), each.known.tlp)
            for each in found
        ),
    )
