"""`panshi sbom affected NAME`: systems and services a vulnerability reaches, and who acted."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import open_node
from panshi.node.supply_chain.portfolio import Affected, affected


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take the name."""
    parser.add_argument("name", metavar="NAME", help="a CVE, or the id of an advisory")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Print whom it reaches."""
    with open_node() as node:
        found = affected(node, args.name)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: tuple[Affected, ...], out: Output) -> Iterator[str]:
    waiting = sum(not each.acted for each in found)
    services = len({name for each in found if not each.acted for name in each.services})
    yield out.pick(
        f"{len(found):,} 個系統有此漏洞，{waiting:,} 個未處理，影響 {services:,} 項服務",
        f"{len(found):,} systems have or had it, {waiting:,} have not acted, "
        f"{services:,} services below them",
    )
    header = out.pick("系統,服務,套件,狀態,已處理", "system,services,packages,status,acted").split(
        ","
    )
    yield from table(
        header,
        (
            (
                each.system,
                ", ".join(each.services[:3]) or "–",
                ", ".join(sorted({one.purl for one in each.findings})),
                ", ".join(sorted({str(one.status) for one in each.findings})),
                out.pick("是", "yes") if each.acted else out.pick("否", "no"),
            )
            for each in found
        ),
    )
