"""`panshi sbom owners PACKAGE`: which systems and suppliers have a package, in which versions."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import open_node
from panshi.node.supply_chain.portfolio import portfolio


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the package."""
    parser.add_argument("package", metavar="PACKAGE", help="a purl, or ecosystem/name")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Print who has it."""
    with open_node() as node:
        found = portfolio(node).owners(args.package)
    header = out.pick("系統,供應商,套件", "system,supplier,package").split(",")
    rows = ((each.system, each.supplier or "–", ", ".join(each.purls)) for each in found)
    out.answer(found, lambda: table(header, rows))
    return Exit.DONE
