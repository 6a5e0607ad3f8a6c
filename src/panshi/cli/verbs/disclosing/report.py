"""`panshi disclosure report`: note a report that came by telephone, letter or in person."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.model.bodies.disclosure import Intake
from panshi.node.alliance.disclosure.intake import Told, receive


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what was told."""
    parser.add_argument("--headline", required=True)
    parser.add_argument("--text", required=True)
    for name in ("target", "institution", "reporter", "contact", "cvss"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--credit", action="store_true", help="the reporter wants to be named")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take it in; the link is for the reporter."""
    told = Told(
        headline=args.headline,
        text=args.text,
        target=args.target,
        institution=args.institution,
        reporter=args.reporter,
        contact=args.contact,
        credit=args.credit,
        cvss=args.cvss,
    )
    with open_node() as node:
        taken = receive(node, told, intake=Intake.STAFF, actor=actor())
    out.answer(taken, lambda: (taken.number, taken.path))
    return Exit.DONE
