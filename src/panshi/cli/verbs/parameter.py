"""`panshi parameter …`: the governed thresholds and who changed them why."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, everywhere, open_node


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="values in force and their history")
    setting = verbs.add_parser("set", help="change a value from now on")
    setting.add_argument("name")
    setting.add_argument("value", type=float)
    setting.add_argument("--why", required=True)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """List, or change and list."""
    with open_node() as node:
        if args.action == "set":
            node.set_parameter(args.name, args.value, actor=actor(), why=args.why)
        settings = node.parameters()
    rows = [{"in_force": now, "history": before} for now, before in settings]
    header = (
        out.pick("參數", "parameter"),
        out.pick("值", "value"),
        out.pick("自", "since"),
        out.pick("變更者", "by"),
        out.pick("理由", "why"),
    )
    out.answer(
        rows,
        lambda: table(
            header,
            (
                (
                    now.name,
                    now.value,
                    now.since or out.pick("預設", "default"),
                    now.changed_by,
                    now.why,
                )
                for now, _before in settings
            ),
        ),
    )
    return Exit.DONE
