"""`panshi zt break-glass …`: access in an emergency, by two people, for a while, reviewed after."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.cli.verbs.zero_trust.session import clock
from panshi.node.node import Node
from panshi.node.zero_trust import live
from panshi.protection.zero_trust.sessions.break_glass import LONGEST_S, Grant, GrantState
from panshi.protection.zero_trust.sessions.views import GrantStep

STATES = {
    GrantState.REQUESTED: ("待核准", "waits for approval"),
    GrantState.VOID: ("未核准而失效", "void"),
    GrantState.IN_FORCE: ("進行中", "in force"),
    GrantState.ENDED: ("已結束，待檢視", "ended, to be reviewed"),
    GrantState.REVIEWED: ("已檢視", "reviewed"),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb each."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    verbs.add_parser("list", help="every grant and how far it has come")
    asked = verbs.add_parser("request", help="ask; somebody else approves")
    asked.add_argument("user", help="for whom")
    asked.add_argument("--why", required=True, help="what broke and what is at stake")
    asked.add_argument("--minutes", type=bounded(1, int(LONGEST_S // 60)), default=60)
    asked.add_argument("--action", dest="actions", action="append", default=[], metavar="ACTION")
    asked.add_argument("--system", dest="systems", action="append", default=[], metavar="ID")
    for name, text in (
        ("approve", "begin it, as a second person"),
        ("end", "end it before its time, or withdraw the request"),
    ):
        verbs.add_parser(name, help=text).add_argument("id")
    reviewed = verbs.add_parser("review", help="close it with what a look at it found")
    reviewed.add_argument("id")
    reviewed.add_argument("--finding", required=True)
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Ask the running decision point."""
    with open_node() as node:
        if args.action == "list":
            found = live.grants(node)
            pairs = [(each.grant, each.state) for each in found]
            out.answer(found, lambda: _lines(pairs, out))
        else:
            done = _step(node, args)
            out.answer(done, lambda: _lines([(done.grant, done.state)], out))
    return Exit.DONE


def _step(node: Node, args: argparse.Namespace) -> GrantStep:
    match args.action:
        case "request":
            return live.request_break_glass(
                node,
                user=args.user,
                reason=args.why,
                lasts_s=args.minutes * 60.0,
                actions=tuple(args.actions),
                resources=tuple(args.systems),
                actor=actor(),
            )
        case "approve":
            return live.approve_break_glass(node, args.id, actor=actor())
        case "end":
            return live.end_break_glass(node, args.id, actor=actor())
        case _:
            return live.review_break_glass(node, args.id, finding=args.finding, actor=actor())


def _lines(pairs: Iterable[tuple[Grant, GrantState]], out: Output) -> Iterator[str]:
    header = ("編號", "對象", "狀態", "提出", "核准", "至", "使用次數", "理由")
    english = ("id", "for", "state", "asked by", "approved by", "until", "uses", "why")
    rows = [
        (
            grant.id,
            grant.user.id,
            out.pick(*STATES[state]),
            grant.requester,
            grant.approver or "–",
            clock(grant.ends_at) if grant.approver else "–",
            grant.uses,
            grant.reason,
        )
        for grant, state in pairs
    ]
    if not rows:
        yield out.pick("沒有緊急使用。", "No break-glass.")
        return
    yield from table(header if out.chinese else english, rows)
