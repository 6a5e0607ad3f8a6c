"""`panshi intel allow`: values that bind nothing here; two people decide, until a last day."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.model.bodies.intelligence import AllowStep
from panshi.model.zone import day_of
from panshi.node.alliance.intelligence.allowing import allowed, propose, rule
from panshi.node.alliance.intelligence.answers import AllowedAnswer, allowed_answer


def arguments(parser: argparse.ArgumentParser) -> None:
    """List, propose, or decide on one."""
    parser.add_argument("value", nargs="?", default="", metavar="KIND=VALUE")
    parser.add_argument("--why", default="")
    parser.add_argument("--until", type=date.fromisoformat, default=None, metavar="DATE")
    decide = parser.add_mutually_exclusive_group()
    for step in ("approve", "refuse", "withdraw"):
        decide.add_argument(f"--{step}", default="", metavar="NUMBER")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step, then list."""
    steps = {
        args.approve: AllowStep.APPROVED,
        args.refuse: AllowStep.REFUSED,
        args.withdraw: AllowStep.WITHDRAWN,
    }
    number = next((each for each in steps if each), "")
    if number and args.value:
        raise UsageError("a value and a number at once", remedy="propose first, then decide")
    with open_node() as node:
        if number:
            rule(node, number, steps[number], why=args.why, actor=actor())
        elif args.value:
            kind, _, value = args.value.partition("=")
            propose(node, kind, value, why=args.why, expires=args.until, actor=actor())
        today = day_of(node.clock())
        found = [allowed_answer(each, today) for each in allowed(node)]
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: list[AllowedAnswer], out: Output) -> Iterator[str]:
    yield out.pick(
        f"本機構決定的允許值：{len(found)} 項。", f"{len(found)} values decided on here."
    )
    if found:
        header = out.pick("編號,狀態,值,最後有效日,理由", "number,state,value,until,why")
        yield from table(
            header.split(","),
            (
                (each.number, each.state, f"{each.kind} {each.value}", each.expires, each.why)
                for each in found
            ),
        )
