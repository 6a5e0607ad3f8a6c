"""`panshi soc …`: incident tickets come in, become one picture, and members are told.

Each sub-verb is a module of `panshi.cli.verbs.joint_soc` with `arguments` and `run`, imported only
when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "learn": "learn from an ATT&CK bundle how techniques are told of",
    "extract": "indicators, techniques, CVEs and more in free text, with spans",
    "correlate": "find the campaigns in a file of tickets, each with its reasons",
    "campaigns": "list, show, merge, split, undo, assign campaigns; warnings and extracts",
    "concentration": "what any supplier, site, cloud or component takes down across members",
    "decide": "accept or reject that a passage shows a technique; learned from the next time",
    "deidentify": "persons, accounts and internal names become stand-ins; reviewed, reversible",
    "own-names": "what the institution holds to be internal beside its estate",
    "report": "weekly and quarterly threat reports, the bulletin for abroad; publish them",
    "reward": "points for shared intelligence: standing, statements, appeals, a simulation",
    "ticket": "incident tickets: write, send, import, check, list, show; the schema",
}
MODULES = "panshi.cli.verbs.joint_soc"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
