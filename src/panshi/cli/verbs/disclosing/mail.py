"""`panshi disclosure mail [FILE]`: take in one message, from a file or standard input."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import BadInputError
from panshi.node.alliance.disclosure.intake import receive_mail
from panshi.observe.disclosure.mail import MOST_BYTES


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file."""
    parser.add_argument("file", nargs="?", type=Path, help="standard input without it")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Read at most one byte more than is taken, then take it in."""
    try:
        if args.file is None:
            raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with args.file.open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInputError(f"cannot be read: {error.strerror}", place=str(args.file)) from error
    with open_node() as node:
        taken = receive_mail(node, raw, actor=actor())
    out.answer(taken, lambda: (taken.number, taken.path))
    return Exit.DONE
