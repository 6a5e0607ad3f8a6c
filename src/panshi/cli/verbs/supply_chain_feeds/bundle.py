"""`panshi feeds bundle OUT [--since LINE|BUNDLE]`: for a node without a network."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.supply_chain.feed_bundles import write
from panshi.observe.feeds.bundle import peek_head


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--since",
        default="0",
        metavar="LINE|BUNDLE",
        help="line of the journal the other node is at, or the bundle it took last; "
        "without it: everything",
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Write it."""
    since = int(args.since) if args.since.isascii() and args.since.isdecimal() else None
    if since is None:
        since = peek_head(Path(args.since)).upto
    with open_node() as node:
        made = write(node, args.out, since=since, actor=actor())
    out.answer(
        made,
        lambda: [
            out.pick(
                f"{made.path}：{made.advisories:,} 筆公告、撤回 {made.withdrawn:,} 筆，"
                f"{made.size:,} 位元組；下次用 --since {made.upto}",
                f"{made.path}: {made.advisories:,} advisories, {made.withdrawn:,} withdrawn, "
                f"{made.size:,} bytes; next time --since {made.upto}",
            ),
            out.pick(f"驗證金鑰  {made.key}", f"key to check it with  {made.key}"),
        ],
    )
    return Exit.DONE
