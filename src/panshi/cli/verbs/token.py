"""`panshi token …`: tokens with which programs use the API."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.protection.access.roles import ROLES


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="tokens with role and expiry")
    making = verbs.add_parser("make", help="make a token; it is shown once")
    making.add_argument("name")
    making.add_argument("--role", choices=[str(role) for role in ROLES], required=True)
    making.add_argument("--days", type=bounded(1, 3650), default=90)
    revoking = verbs.add_parser("revoke", help="forget a token at once")
    revoking.add_argument("name")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Make, revoke or list."""
    with open_node() as node:
        match args.action:
            case "make":
                clear = node.tokens.make(
                    name=args.name, role=args.role, days=args.days, now=node.clock()
                )
                node.audit(actor(), "token.make", args.name, detail=args.role)
                out.answer({"name": args.name, "token": clear}, lambda: (clear,))
            case "revoke":
                node.tokens.revoke(args.name)
                node.audit(actor(), "token.revoke", args.name)
                out.answer({"revoked": args.name}, lambda: (args.name,))
            case _:
                tokens = node.tokens.list()
                rows = [
                    {
                        "name": t.name,
                        "role": t.role,
                        "created": t.created,
                        "expires": t.expires,
                    }
                    for t in tokens
                ]
                out.answer(
                    rows,
                    lambda: table(
                        ("name", "role", "created", "expires"),
                        (tuple(r.values()) for r in rows),
                    ),
                )
    return Exit.DONE
