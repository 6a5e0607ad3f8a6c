"""`panshi continuity …`: what fails together, how long it lasts, which layers would help.

Each sub-verb is a module of `panshi.cli.verbs.resilience` with `arguments` and `run`, imported
only when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "bia": "business impact of losing a service: interviews, approval, what is in force",
    "check": "what cannot all be true, each with its way through the graph",
    "cutsets": "exactly what must fail together: cut sets, probability, importance",
    "layers": "the cheapest layers to add so that every objective holds, proven",
    "seal": "work out what the plan bears and seal it, for measures 27 to 29",
    "simulate": "play a disaster many times: who is late, who loses data, and why",
    "story": "one disaster as a board reads it: who is late, why, the cheapest remedy",
}
MODULES = "panshi.cli.verbs.resilience"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
