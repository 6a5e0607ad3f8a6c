"""`panshi token …`: tokens with which programs use the API."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.node.accounts import make_token, revoke_token, rotate_token
from panshi.node.tokens import MOST_DAYS
from panshi.protection.access.roles import ACTIONS, ROLES

COLUMNS = ("name", "role", "scopes", "estates", "person", "created", "expires", "last_used")


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="tokens with role, scopes, expiry and last use")
    making = verbs.add_parser("make", help="make a token; it is shown once")
    making.add_argument("name")
    making.add_argument("--role", choices=[str(role) for role in ROLES], required=True)
    making.add_argument(
        "--scope",
        action="append",
        default=[],
        metavar="ACTION",
        choices=ACTIONS,
        help="an action it may do, of those of its role; repeat for several; without, all that "
        "need no person",
    )
    making.add_argument(
        "--estate", action="append", default=[], help="an estate it is for; repeat for several"
    )
    making.add_argument(
        "--for", dest="person", default="", metavar="ACCOUNT", help="acts as this person"
    )
    making.add_argument("--days", type=bounded(1, MOST_DAYS), default=90)
    rotating = verbs.add_parser("rotate", help="give a token a new secret, shown once")
    rotating.add_argument("name")
    revoking = verbs.add_parser("revoke", help="forget a token at once")
    revoking.add_argument("name")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the handler of the sub-verb."""
    handlers: dict[str, Callable[[argparse.Namespace, Output], Exit]] = {
        "list": _list,
        "make": _make,
        "rotate": _rotate,
        "revoke": _revoke,
    }
    return handlers[args.action](args, out)


def _list(_args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        tokens, used = node.tokens.list(), node.tokens.used()
    rows = [
        {
            "name": each.name,
            "role": each.role,
            "scopes": each.scopes,
            "estates": each.estates,
            "person": each.person,
            "created": each.created,
            "expires": each.expires,
            "last_used": used.get(each.name),
        }
        for each in tokens
    ]
    out.answer(rows, lambda: table(COLUMNS, (tuple(map(_cell, row.values())) for row in rows)))
    return Exit.DONE


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return " ".join(value)
    return "" if value is None else value


def _make(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        clear = make_token(
            node,
            name=args.name,
            role=args.role,
            days=args.days,
            actor=actor(),
            scopes=args.scope,
            estates=args.estate,
            person=args.person,
        )
    out.answer({"name": args.name, "token": clear}, lambda: (clear,))
    return Exit.DONE


def _rotate(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        clear = rotate_token(node, args.name, actor=actor())
    out.answer({"name": args.name, "token": clear}, lambda: (clear,))
    return Exit.DONE


def _revoke(args: argparse.Namespace, out: Output) -> Exit:
    with open_node() as node:
        revoke_token(node, args.name, actor=actor())
    out.answer({"revoked": args.name}, lambda: (args.name,))
    return Exit.DONE
