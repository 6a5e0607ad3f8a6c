"""`panshi soc reward …`: points for shared intelligence, why they are given, what two rule."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, everywhere, open_node
from panshi.node.node import Node

if TYPE_CHECKING:
    from panshi.node.alliance.reward.statements import StatementAnswer

MOST_SEEDS = 200


def arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-verb for each thing to do."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = verbs.add_parser("show", help="every member's points in a quarter, and the terms")
    one = verbs.add_parser("statement", help="one member's statement: each report with its reason")
    one.add_argument("member")
    for each in (shown, one):
        each.add_argument("--quarter", default="", metavar="2026Q4", help="the one that runs")
    tried = verbs.add_parser("simulate", help="try the terms in force against whoever cheats")
    tried.add_argument("--seeds", type=bounded(1, MOST_SEEDS), default=5)
    tried.add_argument("--honest", type=bounded(5, 500), default=60)
    tried.add_argument("--ring", default="", help="one strategy; all without it")
    closed = verbs.add_parser("close", help="seal the statements of a quarter that is over")
    closed.add_argument("quarter")
    asked = verbs.add_parser("appeal", help="note that a member appeals")
    asked.add_argument("member")
    asked.add_argument("quarter")
    asked.add_argument("--report", default="", help="id of one report")
    put = verbs.add_parser("propose", help="propose a correction; nought refuses the appeal")
    put.add_argument("number")
    put.add_argument("points", type=float)
    yes = verbs.add_parser("confirm", help="confirm what another person proposed")
    yes.add_argument("number", help="of an appeal, or evidence id of a ruling that waits")
    said = verbs.add_parser("rule", help="propose whether a contested value is right")
    said.add_argument("kind", help="domain, url, ipv4, sha256 …")
    said.add_argument("value")
    said.add_argument("--wrong", action="store_true")
    for each in (asked, put, yes, said):
        each.add_argument("--why", required=True)
    verbs.add_parser("appeals", help="every appeal as it stands")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it."""
    if args.action == "simulate":
        return _simulate(args, out)
    with open_node() as node:
        match args.action:
            case "show":
                _show(node, args.quarter, out)
            case "statement":
                _statement(node, args, out)
            case _:
                _step(node, args, out)
    return Exit.DONE


def _show(node: Node, quarter: str, out: Output) -> None:
    from panshi.node.alliance.reward.statements import standing

    found = standing(node, quarter)

    def lines() -> Iterator[str]:
        state = out.pick("已結算", "closed") if found.closed else out.pick("進行中", "running")
        yield f"{found.period}  {found.begins} – {found.ends}  {state}"
        header = [
            out.pick(*each)
            for each in (
                ("名次", "rank"),
                ("會員", "member"),
                ("點數", "points"),
                ("通報", "reports"),
                ("獲佐證", "confirmed"),
                ("已知", "known"),
                ("錯誤", "wrong"),
                ("未計佐證", "clipped"),
            )
        ]
        yield from table(
            header,
            (
                (
                    each.rank,
                    each.member,
                    f"{each.points:.1f}",
                    each.reports,
                    each.confirmed,
                    each.known,
                    each.wrong,
                    f"{each.clipped:.0%}",
                )
                for each in found.members
            ),
        )

    out.answer(found, lines)


def _statement(node: Node, args: argparse.Namespace, out: Output) -> None:
    from panshi.node.alliance.reward.statements import statement

    found = statement(node, args.member, args.quarter)

    out.answer(found, lambda: statement_lines(found, out))


def statement_lines(found: StatementAnswer, out: Output) -> Iterator[str]:
    """Put a member's statement into lines."""
    yield f"{found.points.member}  {found.period}  {found.points.points:.2f}"
    for each in found.awards:
        said = out.pick(each.because_zh, each.because_en)
        yield f"  {each.at.date()}  {each.points:6.2f}  {each.kind}:{each.value[:60]}  {said}"


def _step(node: Node, args: argparse.Namespace, out: Output) -> None:
    from panshi.node.alliance.reward.statements import RewardDesk, appeal_answers, close

    desk = RewardDesk(node, actor=actor())
    match args.action:
        case "close":
            count = close(node, args.quarter, actor=actor())
            out.answer({"statements": count}, lambda: (str(count),))
            return
        case "appeal":
            desk.raise_appeal(args.member, args.quarter, why=args.why, contribution=args.report)
        case "propose":
            desk.propose(args.number, args.points, why=args.why)
        case "confirm" if args.number.startswith("RA-"):
            desk.confirm(args.number, why=args.why)
        case "confirm":
            desk.confirm_ruling(args.number, why=args.why)
        case "rule":
            sealed = desk.rule(args.kind, args.value, upheld=not args.wrong, why=args.why)
            out.answer({"proposal": sealed}, lambda: (str(sealed),))
            return
        case _:
            pass
    found = appeal_answers(node)
    header = ("number", "state", "member", "quarter", "correction")
    rows = [(e.number, e.state, e.member, e.period, e.correction) for e in found]
    out.answer({"appeals": found}, lambda: table(header, rows))


def _simulate(args: argparse.Namespace, out: Output) -> Exit:
    from panshi.errors import UsageError
    from panshi.node.alliance.reward.trial import tried
    from panshi.node.alliance.reward.world import Ring, Shape

    if args.ring and args.ring not in set(Ring):
        raise UsageError(f"no strategy {args.ring[:40]!r}", remedy=", ".join(Ring))
    strategies = (Ring(args.ring),) if args.ring else tuple(Ring)
    found = tried(strategies, args.seeds, Shape(honest=args.honest))

    def lines() -> Iterator[str]:
        yield out.pick("以下為模擬結果，非真實資料。", "Simulated; none of it is real.")
        header = ("ring", "honest, least", "honest, mean", "copiers", "flooders", "ring", "genuine")
        yield from table(
            header,
            (
                (
                    each.ring_plays,
                    f"{each.honest_least:.2%}",
                    f"{each.honest_mean:.2%}",
                    f"{each.copiers:.2%}",
                    f"{each.flooders:.2%}",
                    f"{each.ring:.2%}",
                    f"{each.ring_genuine:.2%}",
                )
                for each in found
            ),
        )

    out.answer({"synthetic": True, "seeds": args.seeds, "strategies": found}, lines)
    return Exit.DONE
