"""`panshi soc concentration`: what one thing takes down across members, by their signed word."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import bounded, open_node
from panshi.model.resilience.dependence import SharedKind

if TYPE_CHECKING:
    from panshi.node.alliance.dependence import SectorConcentration


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say what is listed."""
    parser.add_argument("--kind", choices=[str(each) for each in SharedKind], default="")
    parser.add_argument(
        "--members", type=bounded(1, 10_000), default=1, help="that at least so many stand on"
    )
    parser.add_argument("--limit", type=bounded(1, 10_000), default=50)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Join what members said."""
    from panshi.node.alliance.dependence import sector_concentration

    with open_node() as node:
        found = sector_concentration(node)
    shared = [
        each
        for each in found.shared
        if args.kind in {"", each.kind} and len(each.touched) >= args.members
    ][: args.limit]
    told = {
        "extracts": [
            {"member": each.member, "evidence": each.evidence, "as_of": each.extract.as_of}
            for each in found.extracts
        ],
        "silent": found.silent,
        "shared": shared,
    }
    out.answer(told, lambda: _lines(found, out, args))
    return Exit.DONE


def _lines(found: SectorConcentration, out: Output, args: argparse.Namespace) -> Iterator[str]:
    yield out.pick(
        f"{len(found.extracts)} 家會員提供依賴摘要，{len(found.silent)} 家未提供。",
        f"{len(found.extracts)} members say what they stand on, {len(found.silent)} do not.",
    )
    yield from table(
        (
            out.pick("種類", "kind"), out.pick("名稱", "name"), out.pick("會員", "members"),
            out.pick("關鍵服務逾時之會員", "with critical late"),
            out.pick("逾時關鍵服務", "critical late"), out.pick("有備援", "carried"),
        ),
        [
            (
                each.kind, each.name, len(each.touched), each.stopped, each.critical, each.carried,
            )
            for each in found.shared
            if args.kind in {"", each.kind} and len(each.touched) >= args.members
        ][: args.limit],
    )  # fmt: skip
