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
    "check": "hold bills of materials to schema, minimum elements and age; a gate for pipelines",
    "show": "what a bill of materials says of itself, and its components",
    "diff": "what two bills of materials do not have in common",
    "graph": "who depends on whom in a bill, and how a component came in",
    "generate": "a bill of materials of this machine's packages and Python environments",
    "export": "hand a bill on: to the byte, or converted with what is lost",
    "match": "match bills of materials with the advisories known; a gate for pipelines",
    "ingest": "take bills of materials into the portfolio, each for its system",
    "list": "bills that stand for systems, or every one delivered for a system",
    "findings": "vulnerable packages of all systems, filtered, in any order",
    "affected": "systems and services a CVE or advisory reaches, and who has acted",
    "owners": "systems and suppliers that have a package, in which versions",
    "forget": "let bills of a system no longer count; their evidence stays",
    "rebuild": "make the portfolio anew from evidence log, originals and advisories",
    "watch": "ask feeds, match anew and alert, again and again",
    "board": "who must repair what by when, and whether it is done",
    "follow": "say who repairs a finding, in which ticket, by when",
    "alerts": "what was told and whether it arrived; where alerts go",
    "clocks": "within how many days repairs are due; changed by two people",
    "order": "read pairs of versions, one pair a line, and answer <, =, > or ?",
}
MODULES = "panshi.cli.verbs.supply_chain"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the sub-verbs; their own arguments are declared when one of them is called."""
    declare(parser, SUBVERBS, MODULES)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Call the sub-verb."""
    return call(args, out, MODULES)
