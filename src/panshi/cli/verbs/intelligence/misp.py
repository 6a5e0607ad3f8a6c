"""`panshi intel misp import|export`: MISP feeds into a collection and out of one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from panshi.alliance.intelligence.collections import SHARING
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.node.alliance.collections import collection
from panshi.node.alliance.misp import EVERYBODY, Exported, Imported, export_feed, import_feed
from panshi.node.node import Node


def arguments(parser: argparse.ArgumentParser) -> None:
    """Import or export, the folder, the collection."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    taking = verbs.add_parser("import", help="take a feed (folder with manifest.json) or one event")
    writing = verbs.add_parser("export", help="write what a reader may see as a feed")
    for each in (taking, writing):
        each.add_argument("folder", type=Path, metavar="FOLDER")
        each.add_argument("--collection", default=SHARING.alias, help="id or alias")
    writing.add_argument(
        "--for",
        dest="reader",
        default=EVERYBODY,
        help="public (the default), members, or the id of one member",
    )
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Do it; exit 1 where something of a feed was refused."""
    with open_node() as node:
        if args.action == "import":
            return _import(args, out, node)
        told = export_feed(
            node, collection(node, args.collection), args.folder, to=args.reader, actor=actor()
        )
    out.answer(told, lambda: _exported(told, out))
    return Exit.DONE


def _import(args: argparse.Namespace, out: Output, node: Node) -> Exit:
    told = import_feed(node, collection(node, args.collection), args.folder, actor=actor())
    out.answer(
        {
            "events": told.events,
            "objects": told.objects,
            "left_out": dict(told.left_out),
            "failures": told.failures,
            "unread": told.unread,
        },
        lambda: _imported(told, out),
    )
    return Exit.NOT_GOOD_ENOUGH if told.failures or told.unread else Exit.DONE


def _imported(told: Imported, out: Output) -> Iterator[str]:
    yield out.pick(
        f"讀入 {told.events:,} 個事件、{told.objects:,} 個物件。",
        f"{told.events:,} events read, {told.objects:,} objects.",
    )
    for kind, count in told.left_out.most_common():
        yield out.pick(f"  未轉換：{kind} × {count:,}", f"  not carried: {kind} × {count:,}")
    for failed in told.failures:
        yield f"  {failed.id}  {failed.message}"
    yield from (f"  {each}" for each in told.unread)


def _exported(told: Exported, out: Output) -> Iterator[str]:
    yield out.pick(
        f"{told.folder}：{told.events:,} 個事件、{told.attributes:,} 個屬性。",
        f"{told.folder}: {told.events:,} events, {told.attributes:,} attributes.",
    )
    for kind, count in sorted(told.left_out.items()):
        yield out.pick(f"  未轉換：{kind} × {count:,}", f"  not carried: {kind} × {count:,}")
