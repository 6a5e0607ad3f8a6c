"""`panshi sbom forget SYSTEM --why TEXT`: bills that no longer count; their evidence stays."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.supply_chain.portfolio import forget


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the system, one of its documents, and why."""
    parser.add_argument("system", metavar="SYSTEM")
    parser.add_argument("--digest", default="", metavar="SHA256", help="only this document")
    parser.add_argument("--why", required=True, metavar="TEXT")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Seal it."""
    with open_node() as node:
        count = forget(node, system=args.system, digest=args.digest, why=args.why, actor=actor())
    line = out.pick(f"{count} 份不再計入；證據保留", f"{count} no longer count; the evidence stays")
    out.answer({"documents": count}, lambda: (line,))
    return Exit.DONE
