"""`panshi intel sources`: from where intelligence is pulled, and how reliable each is."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.alliance.intelligence.answers import SourceAnswer, source_answer
from panshi.node.alliance.intelligence.sources import (
    Given,
    forget_source,
    keep_source,
    source,
    source_of,
    sources,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name one to change or forget."""
    parser.add_argument("name", nargs="?", default="")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--reliability", default="", choices=list("ABCDEF"), metavar="A-F")
    change.add_argument("--forget", action="store_true", help="with all that came from it")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """List them, after a change where one is asked for."""
    with open_node() as node:
        if args.name and args.forget:
            forget_source(node, args.name, actor=actor())
        elif args.name and args.reliability:
            given = Given(name=args.name, reliability=args.reliability)
            changed = source_of(node, source(node, args.name).url, given)
            keep_source(node, changed, actor=actor())
        found = tuple(source_answer(each) for each in sources(node))
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: tuple[SourceAnswer, ...], out: Output) -> Iterator[str]:
    yield out.pick(f"{len(found)} 個情資來源。", f"{len(found)} sources of intelligence.")
    if found:
        header = out.pick("名稱,可靠度,位址,集合", "name,reliability,address,collections")
        yield from table(
            header.split(","),
            (
                (each.name, each.reliability, each.url, ", ".join(each.collections) or "*")
                for each in found
            ),
        )
