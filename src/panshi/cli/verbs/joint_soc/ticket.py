"""`panshi soc ticket …`: write, send, import, check, list and show incident tickets."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import everywhere


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each thing to do."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("schema", help="the JSON schema of the ticket")
    everywhere(verbs)


def run(_args: argparse.Namespace, out: Output) -> Exit:
    """Do it."""
    from panshi.model.alliance.ticket import SCHEMA

    out.answer({"schema": SCHEMA}, lambda: (SCHEMA,))
    return Exit.DONE
