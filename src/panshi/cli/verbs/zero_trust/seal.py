"""`panshi zt seal`: seal what the decision point did, and what it proves of each system."""

from __future__ import annotations

import argparse
from datetime import timedelta

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded, open_node
from panshi.node.zero_trust.sealing import seal, summarise

DAYS = 30


def arguments(parser: argparse.ArgumentParser) -> None:
    """Over how many days figures are taken."""
    parser.add_argument("--days", type=bounded(1, 366), default=DAYS)
    parser.add_argument("--estate", default=None)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal, and say what of."""
    with open_node() as node:
        facts = seal(node, args.estate)
        now = node.clock()
        systems = summarise(node, now - timedelta(days=args.days), now, args.estate)
        node.checkpoint()
    out.answer(
        {"facts": facts, "systems": list(systems), "days": args.days},
        lambda: (
            out.pick(
                f"已封存 {facts} 件事實；{len(systems)} 個系統有近 {args.days} 日之存取決策統計",
                f"{facts} facts sealed; figures of {args.days} days for {len(systems)} systems",
            ),
        ),
    )
    return Exit.DONE
