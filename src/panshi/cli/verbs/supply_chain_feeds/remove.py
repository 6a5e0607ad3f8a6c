"""`panshi feeds remove NAME`: ask a place no more; what it brought stays."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.supply_chain.feeds import remove_place


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("name")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Remove it."""
    with open_node() as node:
        remove_place(node, args.name, actor=actor())
    out.answer(
        {"name": args.name, "removed": True},
        lambda: [
            out.pick(
                f"不再詢問 {args.name}；已取得的資料保留，並繼續計齡。",
                f"{args.name} is asked no more; what it brought stays and ages.",
            )
        ],
    )
    return Exit.DONE
