"""`panshi vex …`: what a vulnerability does here, said by us and by suppliers.

Each sub-verb is a module of `panshi.cli.verbs.exploitability` with `arguments` and `run`, imported
only when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "list": "every decision with its state and last day",
    "show": "one decision, or one document received with its statements",
    "propose": "propose to say what a vulnerability does in a component, until a date",
    "approve": "approve what another person proposed",
    "refuse": "refuse what was proposed",
    "withdraw": "end a decision or trust before its last day",
    "import": "receive CSAF, CycloneDX VEX or OpenVEX documents of a supplier",
    "received": "documents received, and whether what they say counts",
    "trust": "propose to trust an author's statements; list whom two people trust",
    "ask": "what stands for one component, and what does not count and why",
    "export": "write decisions in force as CycloneDX VEX or OpenVEX, signed where asked",
}
MODULES = "panshi.cli.verbs.exploitability"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
