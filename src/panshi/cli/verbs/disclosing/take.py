"""`panshi disclosure take STEP NUMBER`: take a case further; publishing takes another person."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.disclosing.show import lines
from panshi.cli.verbs.exception import day
from panshi.cli.verbs.opening import actor, open_node
from panshi.model.bodies.disclosure import CaseStep
from panshi.node.alliance.disclosure.cases import DisclosureDesk, detail
from panshi.node.alliance.disclosure.forwarding import forward


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the step and what belongs to it."""
    parser.add_argument("step", choices=[each.value for each in CaseStep])
    parser.add_argument("number", help="e.g. VD-2026-001")
    parser.add_argument("--why", default="")
    parser.add_argument("--member", default="", help="forward: to whom")
    parser.add_argument("--day", type=day, default=None, help="fix, embargo")
    parser.add_argument("--cvss", default="", help="validate: vector found by triage")
    parser.add_argument("--duplicate-of", default="", metavar="NUMBER", help="reject")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take it and show the case."""
    with open_node() as node:
        step = CaseStep(args.step)
        if step is CaseStep.FORWARD:
            forward(node, args.number, args.member, actor=actor(), why=args.why)
        else:
            DisclosureDesk(node, actor=actor()).take(
                args.number,
                step,
                why=args.why,
                member=args.member,
                day=args.day,
                cvss=args.cvss,
                duplicate_of=args.duplicate_of,
            )
        found = detail(node, args.number)
    out.answer(found, lambda: lines(found, out))
    return Exit.DONE
