"""`panshi disclosure key openpgp|age`: make a key to which reporters write."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.alliance.disclosure.channel import keys


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the kind."""
    parser.add_argument("kind", choices=("openpgp", "age"))
    parser.add_argument("--name", default="Disclosure", help="user id of an OpenPGP key")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Make it and show its public half."""
    with open_node() as node:
        made = keys(node).make(args.kind, name=args.name)
        node.audit(actor(), "disclosure.key", made.fingerprint)
    out.answer(made, lambda: (made.fingerprint, made.public))
    return Exit.DONE
