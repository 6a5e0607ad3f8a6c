"""`panshi disclosure list`: cases, what is due next, what is overdue."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.alliance.disclosure.case import STATE_WORDS, CaseState
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import open_node
from panshi.node.alliance.disclosure.cases import CaseAnswer, answers


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take a filter."""
    parser.add_argument("--state", choices=[each.value for each in CaseState], default=None)
    parser.add_argument("--overdue", action="store_true", help="exit 1 where there are any")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """List them."""
    with open_node() as node:
        found = answers(node, CaseState(args.state) if args.state else None)
    if args.overdue:
        found = tuple(each for each in found if each.overdue)
    out.answer({"cases": found}, lambda: _lines(found, out))
    return Exit.NOT_GOOD_ENOUGH if args.overdue and found else Exit.DONE


def _lines(found: tuple[CaseAnswer, ...], out: Output) -> Iterator[str]:
    late = sum(each.overdue for each in found)
    yield out.pick(f"{len(found)} 件，逾期 {late} 件。", f"{len(found)} cases, {late} overdue.")
    header = [
        out.pick(*each)
        for each in (
            ("案號", "case"),
            ("狀態", "state"),
            ("標題", "title"),
            ("會員", "member"),
            ("下一步", "next"),
            ("期限", "due"),
        )
    ]
    yield from table(header, (_row(each, out) for each in found))


def _row(each: CaseAnswer, out: Output) -> tuple[object, ...]:
    due = f"{each.next_due.date()}{' !' if each.overdue else ''}" if each.next_due else "–"
    state = out.pick(*STATE_WORDS[each.state])
    next_step = out.pick(each.next_zh, each.next_en) or "–"
    return each.number, state, each.headline[:50], each.member or "–", next_step, due
