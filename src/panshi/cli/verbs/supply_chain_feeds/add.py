"""`panshi feeds add NAME`: let this node ask a place: an official one, or your own mirror."""

from __future__ import annotations

import argparse

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.node.supply_chain.feeds import NewPlace, add_place


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument("name", help="such as kev, epss, osv/PyPI, csaf/siemens")
    parser.add_argument("--kind", default="", choices=("osv", "kev", "epss", "csaf"))
    parser.add_argument("--url", default="", help="your own mirror instead of the official place")
    parser.add_argument(
        "--host", action="append", default=[], metavar="HOST", help="it may point there too"
    )
    parser.add_argument("--every", type=bounded(10, 604_800), default=0, metavar="SECONDS")
    parser.add_argument("--stale-after", type=bounded(1, 87_840), default=0, metavar="HOURS")
    parser.add_argument("--max-mib", type=bounded(1, 8_192), default=0, metavar="MIB")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Add it."""
    new = NewPlace(
        name=args.name,
        kind=args.kind,
        url=args.url,
        hosts=tuple(args.host),
        every_seconds=args.every,
        stale_after_hours=args.stale_after,
        max_mib=args.max_mib,
    )
    with open_node() as node:
        place = add_place(node, new, actor=actor())
    out.answer(
        place,
        lambda: [
            out.pick(
                f"已加入 {place.name}：{place.url}；以 panshi feeds sync 取得。",
                f"{place.name} was added: {place.url}; `panshi feeds sync` asks it.",
            )
        ],
    )
    return Exit.DONE
