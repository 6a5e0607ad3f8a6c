"""`panshi feeds set proxy|ca-file VALUE`: how the network is reached; nothing else is asked."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.supply_chain.feeds import set_way


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("setting", choices=("proxy", "ca-file"))
    parser.add_argument("value", nargs="?", default="", help="without it: taken back")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Set it."""
    with open_node() as node:
        set_way(node, args.setting, args.value, actor=actor())
    said = {"setting": args.setting, "set": bool(args.value)}
    words = out.pick("已設定", "set") if args.value else out.pick("已取消", "taken back")
    out.answer(said, lambda: [f"{args.setting}: {words}"])
    return Exit.DONE
