"""`panshi soc decide accept|reject TECHNIQUE < PASSAGE`: say what a passage shows, or does not."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.joint_soc.extract import text_of
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.alliance.own_examples import Decided, decide


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("decision", choices=("accept", "reject"))
    parser.add_argument("technique", help="such as T1059.001")
    parser.add_argument("file", nargs="?", type=Path, help="the passage; standard input without it")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal it."""
    decided = Decided(
        technique=args.technique, accepted=args.decision == "accept", passage=text_of(args.file)
    )
    with open_node() as node:
        made = decide(node, decided, actor=actor())
    out.answer(
        {"id": made},
        lambda: [
            out.pick(
                f"已記錄（{made}）；下次 panshi soc learn 時納入學習。",
                f"Sealed as {made}; the next `panshi soc learn` learns from it.",
            )
        ],
    )
    return Exit.DONE
