"""`panshi intel list`: what was pulled, the newest change first, or what is looked for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.node.alliance.intelligence.answers import (
    KnownAnswer,
    PieceAnswer,
    known_answer,
    piece_answer,
)
from panshi.node.alliance.intelligence.known import known, known_values, watched
from panshi.node.alliance.intelligence.sources import pulled

CUT = 60


def arguments(parser: argparse.ArgumentParser) -> None:
    """Objects by default; values with their scores where asked."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--values", action="store_true", help="values with scores")
    what.add_argument("--watched", action="store_true", help="only values still looked for")
    what.add_argument("--value", default="", metavar="KIND=VALUE", help="for example ipv4=…")
    parser.add_argument("--before", type=bounded(0, 2**62), default=0, metavar="SEQ")
    parser.add_argument("--limit", type=bounded(1, 100_000), default=100)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """List them."""
    with open_node() as node:
        if args.value:
            kind, _, value = args.value.partition("=")
            values = [known_answer(each) for each in known_values(node, kind, value)]
        elif args.values or args.watched:
            every = watched(node) if args.watched else known(node)
            values = [known_answer(each) for each in islice(every, args.limit)]
        else:
            with pulled(node) as store:
                kept = store.pieces(before=args.before, limit=args.limit)
            pieces = [piece_answer(each) for each in kept]
            out.answer(pieces, lambda: _pieces(pieces, out))
            return Exit.DONE
    out.answer(values, lambda: _values(values, out))
    return Exit.DONE


def _pieces(found: list[PieceAnswer], out: Output) -> Iterator[str]:
    yield out.pick(f"{len(found)} 個物件，新的在前。", f"{len(found)} objects, newest first.")
    header = out.pick("序,來源,種類,標示,名稱,編號", "seq,source,type,marking,name,id")
    yield from table(
        header.split(","),
        ((each.seq, each.source, each.type, each.tlp, each.name[:CUT], each.id) for each in found),
    )


def _values(found: list[KnownAnswer], out: Output) -> Iterator[str]:
    yield out.pick(f"{len(found)} 個值。", f"{len(found)} values.")
    header = out.pick("分數,值,來源,標示,說明", "score,value,sources,marking,note")
    yield from table(
        header.split(","),
        (
            (
                each.score,
                " + ".join(f"{one.kind} {one.value}" for one in each.values)[:CUT],
                ", ".join(each.sources),
                each.tlp,
                each.allowed or ("" if each.looked_for else out.pick("已衰減", "decayed")),
            )
            for each in found
        ),
    )
