"""`panshi disclosure show NUMBER`: one case whole."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.alliance.disclosure.case import STATE_WORDS
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import open_node
from panshi.node.alliance.disclosure.cases import CaseDetail, detail


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the number."""
    parser.add_argument("number", help="e.g. VD-2026-001")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Show it."""
    with open_node() as node:
        found = detail(node, args.number)
    out.answer(found, lambda: lines(found, out))
    return Exit.DONE


def lines(found: CaseDetail, out: Output) -> Iterator[str]:
    """Say a case in lines."""
    one = found.case
    yield f"{one.number}  {out.pick(*STATE_WORDS[one.state])}  {one.headline}"
    for name, value in (
        (out.pick("標的", "target"), one.target),
        (out.pick("機構", "institution"), found.institution),
        (out.pick("會員", "member"), one.member),
        (out.pick("通報人", "reporter"), f"{found.reporter} {found.contact}".strip()),
        ("CVSS", one.cvss),
        (out.pick("協調期限", "embargo"), str(one.embargo)),
    ):
        if value:
            yield f"  {name}  {value}"
    yield from (f"  | {line}" for line in found.text.splitlines())
    for zh, en, due, done, late in found.clocks:
        state = out.pick("完成", "done") if done else out.pick("待辦", "waits")
        yield f"  {'!' if late else ' '} {out.pick(zh, en)}  {due.date()}  {state}"
    for each in found.happened:
        wrong = f"  ✗ {each.flaw}" if each.flaw else ""
        who = each.by or out.pick("通報人", "reporter")
        yield f"  {each.at.date()}  {each.step or each.kind}  {who}  {each.said[:80]}{wrong}"
    yield out.pick("可採步驟：", "Steps that may come next: ") + " ".join(one.may)
