"""`panshi feeds sync [NAME…]`: ask the places that were added what changed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.cli.verbs.supply_chain_feeds.telling import told_taken
from panshi.node.supply_chain.feed_answers import TakenAnswer, taken_answer
from panshi.node.supply_chain.feed_sync import sync
from panshi.node.supply_chain.feeds import places_of
from panshi.node.supply_chain.own_advisories import bring_back


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("name", nargs="*", help="places; without one: all that were added")
    parser.add_argument(
        "--allow-removals",
        action="store_true",
        help="believe a publisher that took back more than a tenth of its records",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Ask, and tell what came; exit 4 where a place could not be asked."""
    found: list[TakenAnswer] = []
    with open_node() as node, out.progress("sync") as progress:
        if not places_of(node):
            out.note(
                out.pick(
                    "尚未加入任何位置；panshi feeds list 列出官方位置，panshi feeds add 加入。",
                    "No place was added; `panshi feeds list` shows the official ones, "
                    "`panshi feeds add` adds one.",
                )
            )
        rounds = sync(
            node,
            args.name,
            actor=actor(),
            allow_removals=args.allow_removals,
            progress=lambda _feed, count: progress(count),
        )
        found += map(taken_answer, rounds)
        bring_back(node, actor=actor())
        node.checkpoint()
    out.answer(found, lambda: _lines(found, out))
    return Exit.INCOMPLETE if any(each.problem for each in found) else Exit.DONE


def _lines(found: list[TakenAnswer], out: Output) -> Iterator[str]:
    for each in found:
        yield from told_taken(each, out)
