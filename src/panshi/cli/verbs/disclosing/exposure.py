"""`panshi disclosure exposure …`: addresses of members, declared, proven, approved, looked at."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.alliance.disclosure.exposure import ADDRESS_WORDS, EXPOSURE_WORDS
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.errors import PanshiError
from panshi.model.bodies.exposure import ProofWay
from panshi.node.alliance.disclosure.exposures import (
    AddressAnswer,
    address_answers,
    approve,
    check,
    declare,
    due,
    prove,
    withdraw,
)
from panshi.node.node import Node


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each step."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    listed = verbs.add_parser("list", help="addresses, how far they have come, what was found")
    listed.add_argument("--member", default="")
    told = verbs.add_parser("declare", help="a member declares an address its own")
    told.add_argument("member")
    told.add_argument("host")
    told.add_argument("--port", type=bounded(1, 65_535), default=443)
    shown = verbs.add_parser("prove", help="look whether the token stands where it must")
    shown.add_argument("--by", choices=[each.value for each in ProofWay], default="dns")
    yes = verbs.add_parser("approve", help="let it be looked at; another person")
    back = verbs.add_parser("withdraw", help="look at it no more")
    back.add_argument("--why", default="")
    one = verbs.add_parser("check", help="look at one address now")
    for each in (shown, yes, back, one):
        each.add_argument("key", help="member|host:port, as `list` shows it")
    verbs.add_parser("run", help="look at every address that is due")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step and list."""
    failed = []
    with open_node() as node:
        match args.action:
            case "declare":
                declare(node, args.member, args.host, args.port, actor=actor())
            case "prove":
                prove(node, args.key, ProofWay(args.by), actor=actor())
            case "approve":
                approve(node, args.key, actor=actor())
            case "withdraw":
                withdraw(node, args.key, actor=actor(), why=args.why)
            case "check":
                check(node, args.key, actor=actor())
            case "run":
                failed = list(_each(node))
            case _:
                pass
        found = address_answers(node, getattr(args, "member", ""))
    out.answer({"addresses": found, "failed": failed}, lambda: _lines(found, failed, out))
    return Exit.DONE


def _each(node: Node) -> Iterator[str]:
    """Look at what is due, one after the other; give what could not be looked at."""
    for key in tuple(due(node)):
        try:
            check(node, key, actor=actor())
        except PanshiError as error:
            yield f"{key}: {error.problem}"


def _lines(found: tuple[AddressAnswer, ...], failed: list[str], out: Output) -> Iterator[str]:
    header = [
        out.pick(*each)
        for each in (
            ("位址", "address"),
            ("狀態", "state"),
            ("驗證字串", "token"),
            ("檢查", "checked"),
            ("發現", "found"),
        )
    ]
    yield from table(header, (_row(each, out) for each in found))
    yield from (f"! {each}" for each in failed)


def _row(each: AddressAnswer, out: Output) -> tuple[object, ...]:
    told = "; ".join(out.pick(*EXPOSURE_WORDS[name]) for name, _, _ in each.exposures)
    seen = each.checked_at.date() if each.checked_at else "–"
    return each.key, out.pick(*ADDRESS_WORDS[each.state]), each.token, seen, told or "–"
