"""`panshi intel show ID`: one object, what it asks for, and why its score is what it is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import msgspec

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import open_node
from panshi.node.alliance.intelligence.answers import known_answer, piece_answer
from panshi.node.alliance.intelligence.known import Shown, shown


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take an id."""
    parser.add_argument("id", metavar="ID", help="of a STIX object that was pulled")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Show it."""
    with open_node() as node:
        found = shown(node, args.id)
    answer = {
        "pieces": [piece_answer(each) for each in found.kept],
        "known": [known_answer(each) for each in found.known],
        "objects": {source: msgspec.Raw(body) for source, body in found.bodies},
    }
    out.answer(answer, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: Shown, out: Output) -> Iterator[str]:
    for each in map(piece_answer, found.kept):
        yield f"{each.id}  {each.tlp}"
        yield f"{each.source}: {each.type} {each.name}"
        for why in each.left_out:
            yield out.pick(f"  未比對：{why}", f"  not looked for: {why}")
    for one in map(known_answer, found.known):
        values = " + ".join(f"{value.kind} {value.value}" for value in one.values)
        yield out.pick(
            f"{values}：{one.score}%（先驗 {one.prior}%）",
            f"{values}: {one.score}% (prior {one.prior}%)",
        )
        if one.allowed:
            yield out.pick(f"  允許清單：{one.allowed}", f"  allowed: {one.allowed}")
        header = out.pick(
            "來源,說法,時間,信心,可靠度,剩餘,權重",
            "source,says,when,confidence,reliability,left,weight",
        )
        yield from table(
            header.split(","),
            (
                (
                    voice.source,
                    voice.said,
                    f"{voice.at:%Y-%m-%d}",
                    "–" if voice.confidence is None else voice.confidence,
                    voice.reliability,
                    f"{voice.left_percent}%",
                    f"{voice.weight:+.2f}",
                )
                for voice in one.voices
            ),
        )
