"""`panshi sbom clocks`: within how many days what must be repaired; changed by two people."""

from __future__ import annotations

import argparse
from datetime import date

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.node.supply_chain.clocks import ClocksAnswer, clocks_answer, decide_clocks, propose


def arguments(parser: argparse.ArgumentParser) -> None:
    """Show, propose, or decide on a proposal."""
    parser.add_argument("--set", nargs="*", default=[], metavar="CLOCK=DAYS", dest="days")
    working = parser.add_mutually_exclusive_group()
    working.add_argument("--working-days", action="store_true", default=None, dest="working")
    working.add_argument("--calendar-days", action="store_false", dest="working")
    parser.add_argument(
        "--holidays", nargs="*", type=date.fromisoformat, default=None, metavar="DATE"
    )
    parser.add_argument("--why", default="")
    parser.add_argument("--confirm", default="", metavar="PROPOSAL")
    parser.add_argument("--refuse", default="", metavar="PROPOSAL")
    parser.add_argument("--estate", default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Show the clocks, or change them by two people."""
    decided = args.confirm or args.refuse
    with open_node() as node:
        if decided:
            decide_clocks(
                node, decided, actor=actor(), confirmed=bool(args.confirm), note=args.why,
                estate_id=args.estate,
            )  # fmt: skip
        elif args.days or args.working is not None or args.holidays is not None:
            propose(
                node,
                actor=actor(),
                days=dict(map(_pair, args.days)),
                why=args.why,
                working_days=args.working,
                holidays=None if args.holidays is None else tuple(args.holidays),
                estate_id=args.estate,
            )
        answer = clocks_answer(node)
    out.answer(answer, lambda: _shown(answer, out))
    return Exit.DONE


def _pair(text: str) -> tuple[str, int]:
    name, sign, days = text.partition("=")
    if not (sign and days.isascii() and days.isdecimal()):
        raise UsageError(f"--set {text}", remedy="for example --set kev-open=2")
    return name, int(days)


def _shown(answer: ClocksAnswer, out: Output) -> tuple[str, ...]:
    heads = (
        ("時限", "說明", "天數", "上限") if out.chinese else ("clock", "meaning", "days", "most")
    )
    rows = [
        (name, out.pick(zh, en), str(days), str(most)) for name, zh, en, days, most in answer.rules
    ]
    how = out.pick(
        "以工作日計" if answer.working_days else "以日曆天計",
        "working days" if answer.working_days else "calendar days",
    )
    lines = [*table(heads, rows), how]
    for each in answer.proposals:
        days = ", ".join(f"{name}={count}" for name, count in each.days.items())
        lines.append(f"{each.id} {each.state} {days} {each.why} ({each.proposed_by})")
    return tuple(lines)
