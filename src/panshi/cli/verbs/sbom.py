"""`panshi sbom …`: what software is made of, and which versions come before which."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import everywhere
from panshi.node.version_order import order_pairs


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    ordering = verbs.add_parser(
        "order",
        help="read pairs of versions, one pair a line, and answer <, =, > or ?",
        description="Reads pairs of versions on standard input, one pair a line with a blank "
        "between them, and prints one sign a line: < = > as the ecosystem's own tools order them, "
        "? where they cannot be ordered.",
    )
    ordering.add_argument("ecosystem", metavar="ECOSYSTEM", help="PyPI, npm, Maven, Go, deb, …")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {"order": _order}
    return handlers[args.action](args, out)


def _order(args: argparse.Namespace, out: Output) -> Exit:
    answered = order_pairs(args.ecosystem, sys.stdin.buffer)
    if out.json:
        out.answer(list(answered), lambda: ())
        return Exit.DONE
    for each in answered:
        out.stream.write(f"{each.order}\n")
    return Exit.DONE
