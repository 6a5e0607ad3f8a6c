"""`panshi sbom …`: what software is made of, and what is known against it.

Each sub-verb is a module of `panshi.cli.verbs.supply_chain` with `arguments` and `run`, imported
only when it is called.
"""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.sub_verbs import call, declare

SUBVERBS = {
    "match": "match bills of materials with the advisories known; a gate for pipelines",
    "order": "read pairs of versions, one pair a line, and answer <, =, > or ?",
}
MODULES = "panshi.cli.verbs.supply_chain"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
