"""`panshi search`: find controls, assets, records and comments by part of what they say."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import bounded, open_node
from panshi.node.searching import Results, bring_up_to_date, index_of, search


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what to look for."""
    parser.add_argument("text", nargs="*", help="part of an id, a name or a text")
    parser.add_argument("--estate", default=None)
    parser.add_argument("--most", type=bounded(1, 200), default=10, help="hits of each kind")
    parser.add_argument("--rebuild", action="store_true", help="build the index anew first")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Find it; whoever sits at this terminal holds the whole home and may see all of it."""
    with open_node() as node:
        if args.rebuild:
            index_of(node).forget()
        bring_up_to_date(node, most=None)
        known = node.estate_ids()
        found = search(
            node,
            " ".join(args.text),
            may=lambda _action: True,
            estate_id=node.estate(args.estate).id if known or args.estate else "",
            per_kind=args.most,
        )
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: Results, out: Output) -> Iterator[str]:
    for _kind, hits in found.groups:
        for each in hits:
            yield f"{each.about}  {out.pick(each.title_zh, each.title_en)}"
    if not found.groups:
        yield out.pick("找不到。", "nothing found")
