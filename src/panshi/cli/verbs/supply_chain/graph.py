"""`panshi sbom graph FILE [--to COMPONENT]`: who depends on whom, and how a component came in."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded
from panshi.node.supply_chain.documents import Graphed, graph
from panshi.protection.supply_chain.bom.graph import SHOWN


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file and the component in question."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a bill of materials")
    parser.add_argument(
        "--to", default="", metavar="COMPONENT", help="ref, purl, name or `name version`"
    )
    parser.add_argument(
        "--most", type=bounded(1, SHOWN), default=SHOWN, metavar="N", help=f"nodes ({SHOWN})"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Read the document and print its graph, or the ways to the component."""
    found = graph(args.file, name=str(args.file), component=args.to, most=args.most)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: Graphed, out: Output) -> Iterator[str]:
    yield out.pick(
        f"{found.root or found.file}：{found.components:,} 個元件，"
        f"{found.unreached:,} 個不在相依關係內，{len(found.cycles)} 個循環",
        f"{found.root or found.file}: {found.components:,} components, "
        f"{found.unreached:,} outside the dependencies, {len(found.cycles)} cycles",
    )
    for ring in found.cycles[:20]:
        yield out.pick("  循環：", "  cycle: ") + " ↔ ".join(ring)
    if found.focus:
        by = "、".join(found.pulled_in_by), ", ".join(found.pulled_in_by)
        yield out.pick(
            f"{found.focus} 由 {by[0] or '（無）'} 帶入", f"{found.focus} comes by {by[1] or '–'}"
        )
        for way in found.ways:
            yield "  " + " → ".join(way)
        return
    names = {each.ref: each.name for each in found.nodes}
    for source, target in found.edges:
        yield f"  {names[source]} → {names[target]}"
    if found.left_out:
        yield out.pick(f"另有 {found.left_out:,} 個節點", f"{found.left_out:,} more nodes")
