"""`panshi feeds status`: how old each feed is, what it holds, what it refused."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import open_node
from panshi.cli.verbs.supply_chain_feeds.telling import told_status
from panshi.node.supply_chain.feed_answers import feeds_answer


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("--gate", action="store_true", help="exit 1 unless all are fresh")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Answer how they stand."""
    with open_node() as node:
        found = feeds_answer(node)
    out.answer(found, lambda: told_status(found, out))
    return Exit.NOT_GOOD_ENOUGH if args.gate and not found.good else Exit.DONE
