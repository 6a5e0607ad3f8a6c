"""`panshi sbom list [SYSTEM]`: the bills that stand, or every one delivered for a system."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, percent, table
from panshi.cli.verbs.opening import open_node
from panshi.errors import MissingError
from panshi.node.supply_chain.portfolio import Document, portfolio


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take a system's name."""
    parser.add_argument("system", nargs="?", default="", metavar="SYSTEM")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Print them."""
    with open_node() as node:
        view = portfolio(node)
        if args.system:
            names = (args.system, f"system:{args.system}")
            found = next((each for name in names if (each := view.documents(name))), ())
            if not found:
                raise MissingError(
                    f"no bill was delivered for {args.system!r}", remedy="`panshi sbom list`"
                )
        else:
            found = tuple(each for name in view.systems() for each in view.standing(name))
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: tuple[Document, ...], out: Output) -> Iterator[str]:
    header = out.pick(
        "系統,部分,送達,格式,元件,可辨識,供應商,狀態,摘要",
        "system,part,delivered,format,components,identified,supplier,state,digest",
    ).split(",")
    yield from table(
        header,
        (
            (
                each.system,
                each.part or "–",
                f"{each.received:%Y-%m-%d %H:%M}",
                each.format,
                f"{each.components:,}",
                percent(each.identified_share),
                each.supplier or "–",
                _state(each, out),
                each.digest[:16],
            )
            for each in found
        ),
    )


def _state(each: Document, out: Output) -> str:
    if each.problem:
        return out.pick("原始檔無法讀取", "original unreadable")
    if each.forgotten:
        return out.pick("已移出", "taken out")
    return out.pick("有效", "stands") if each.stands else out.pick("已被取代", "replaced")
