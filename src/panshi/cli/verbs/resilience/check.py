"""`panshi continuity check`: what cannot all be true, each with its way through the graph."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import moment, open_node
from panshi.errors import MissingError
from panshi.node.resilience.impact import Checked, checked
from panshi.node.resilience.impact_answers import check_answer
from panshi.report.continuity_words import CONTRADICTIONS, explained, way
from panshi.resilience.impact.contradictions import Contradiction, ContradictionKind


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say which ones."""
    parser.add_argument(
        "--kind",
        choices=[str(each) for each in ContradictionKind],
        default="",
        metavar="KIND",
        help="one kind: " + ", ".join(ContradictionKind),
    )
    parser.add_argument("--of", default="", metavar="ID", help="only those of a service or system")
    parser.add_argument("--estate", default=None, help="id of an estate (default: the first)")
    parser.add_argument(
        "--as-of", type=moment, default=None, metavar="TIME", help="as it was known at a moment"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Answer every contradiction asked for."""
    with open_node() as node:
        found = checked(node, args.estate, args.as_of)
    if args.of and args.of not in found.graph.by_id:
        raise MissingError(
            f"there is no {args.of[:60]!r} in the graph",
            remedy="a service or system with its kind, for example service:deposit",
        )
    kept = tuple(
        each
        for each in found.found
        if args.kind in {"", each.kind} and args.of in {"", each.subject}
    )
    out.answer(check_answer(found, kept), lambda: _lines(kept, found, out))
    return Exit.DONE


def _lines(kept: tuple[Contradiction, ...], found: Checked, out: Output) -> Iterator[str]:
    services = len(found.graph.services)
    yield out.pick(
        f"{services} 個服務、{len(found.graph.nodes):,} 個節點，{len(kept):,} 處矛盾。",
        f"{len(kept):,} contradiction{'' if len(kept) == 1 else 's'} among {services} services and "
        f"{len(found.graph.nodes):,} nodes.",
    )
    yield from contradiction_lines(kept, found, out)


def contradiction_lines(
    kept: tuple[Contradiction, ...], found: Checked, out: Output
) -> Iterator[str]:
    """Lay out contradictions under their kinds, each with its way."""
    kind = None
    for each in kept:
        if each.kind is not kind:
            kind = each.kind
            yield ""
            yield out.pick(*CONTRADICTIONS[kind])
        yield f"  {explained(each, found.name, chinese=out.chinese)}"
        for path in (each.path, *each.ways):
            if len(path) > 1:
                yield f"    {way(path, found.name)}"
