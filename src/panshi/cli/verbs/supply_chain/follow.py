"""`panshi sbom follow FINDING`: say who repairs it, in which ticket, by when.

Nothing here says that it is repaired: `--done` notes that the ticket is closed, and the next bill
of the system verifies it or contradicts it.
"""

from __future__ import annotations

import argparse
from datetime import date

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.supply_chain.following import Saying, follow_up


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the finding and what is said of it; what is left out stays as it was."""
    parser.add_argument("finding", metavar="FINDING", help="id, or its beginning")
    parser.add_argument("--owner", default=None, help="account name; '' for nobody")
    parser.add_argument("--ticket", default=None)
    parser.add_argument("--planned", type=date.fromisoformat, default=None, metavar="DATE")
    parser.add_argument("--note", default=None)
    parser.add_argument("--exception", default=None, metavar="NUMBER", help="EX-2026-004")
    done = parser.add_mutually_exclusive_group()
    done.add_argument("--done", action="store_true", default=None, help="the ticket is closed")
    done.add_argument("--not-done", action="store_false", dest="done", help="it is open again")
    parser.add_argument("--estate", default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal what is said."""
    said = Saying(
        owner=args.owner,
        ticket=args.ticket,
        planned=args.planned,
        note=args.note,
        exception=args.exception,
        claimed_done=args.done,
    )
    with open_node() as node:
        sealed = follow_up(node, args.finding, said, actor=actor(), estate_id=args.estate)
    out.answer({"evidence": sealed}, lambda: (out.pick(f"已封存：{sealed}", f"sealed: {sealed}"),))
    return Exit.DONE
