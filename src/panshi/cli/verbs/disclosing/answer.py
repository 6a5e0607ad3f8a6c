"""`panshi disclosure answer NUMBER TEXT`: write to the reporter over the secret link."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.alliance.disclosure.intake import write


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take case and text."""
    parser.add_argument("number", help="e.g. VD-2026-001")
    parser.add_argument("text")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Write it."""
    with open_node() as node:
        write(node, args.number, args.text, actor=actor())
    out.answer({"number": args.number}, lambda: (args.number,))
    return Exit.DONE
