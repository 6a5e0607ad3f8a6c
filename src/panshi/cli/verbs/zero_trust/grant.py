"""`panshi zt grant …`: privileged access just in time; who acts is the OS login."""

from __future__ import annotations

import argparse
from datetime import timedelta

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, moment, open_node
from panshi.node.node import Node
from panshi.node.zero_trust.grants import (
    Asking,
    GrantAnswer,
    GrantDesk,
    grant_answer,
    grant_named,
    grants_answer,
)
from panshi.protection.zero_trust.privileged.grants import GRANT_WORDS, WAYS, GrantState

_MOST_MINUTES = 720


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each step and two to look."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    listed = verbs.add_parser("list", help="every grant, newest first")
    listed.add_argument("--state", choices=[each.value for each in GrantState], default=None)
    asked = verbs.add_parser("request", help="ask to administer one system for a while")
    asked.add_argument("--system", required=True, help="asset id")
    asked.add_argument("--way", action="append", choices=WAYS, help="default: shell and exec")
    asked.add_argument("--minutes", type=bounded(1, _MOST_MINUTES), default=60)
    asked.add_argument("--begins", type=moment, default=None, metavar="TIME")
    asked.add_argument("--for", dest="for_person", default="", help="for somebody else")
    asked.add_argument("--ticket", required=True, help="number of the change or incident")
    asked.add_argument("--why", required=True)
    shown = verbs.add_parser("show", help="one grant")
    yes = verbs.add_parser("approve", help="approve what another person asked for")
    no = verbs.add_parser("refuse", help="refuse what another person asked for")
    back = verbs.add_parser("revoke", help="take a grant back; what is open ends at once")
    back.add_argument("--why", required=True)
    for each in (yes, no):
        each.add_argument("--note", default="")
    for each in (shown, yes, no, back):
        each.add_argument("number", help="e.g. PG-2026-001")
    for each in verbs.choices.values():
        each.add_argument("--estate", default=None)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step or look."""
    with open_node() as node:
        if args.action == "list":
            state = GrantState(args.state) if args.state else None
            rows = grants_answer(node, state)
        else:
            number = args.number if args.action == "show" else _step(node, args)
            rows = [grant_answer(grant_named(node, number), node.clock())]
    header = ("編號", "狀態", "使用者", "系統", "方式", "至", "單號", "核准") if out.chinese else (
        "number", "state", "person", "system", "ways", "until", "ticket", "approved by",
    )  # fmt: skip
    out.answer(
        rows if args.action == "list" else rows[0],
        lambda: table(header, (_row(each, out) for each in rows)),
    )
    return Exit.DONE


def _step(node: Node, args: argparse.Namespace) -> str:
    desk = GrantDesk(node, actor=actor(), estate_id=args.estate)
    match args.action:
        case "request":
            return desk.ask(
                Asking(
                    system=args.system,
                    for_person=args.for_person,
                    ways=tuple(args.way or WAYS[:2]),
                    begins=args.begins,
                    lasts=timedelta(minutes=args.minutes),
                    ticket=args.ticket,
                    why=args.why,
                )
            )
        case "revoke":
            desk.revoke(args.number, why=args.why)
        case _:
            desk.decide(args.number, approved=args.action == "approve", note=args.note)
    return str(args.number)


def _row(answer: GrantAnswer, out: Output) -> tuple[object, ...]:
    return (
        answer.number,
        out.pick(*GRANT_WORDS[answer.state]),
        answer.for_person,
        answer.system,
        ",".join(answer.ways),
        str(answer.ends)[:16],
        answer.ticket,
        answer.approved_by or "–",
    )
