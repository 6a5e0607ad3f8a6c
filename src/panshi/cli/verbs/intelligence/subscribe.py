"""`panshi intel subscribe [MEMBER]`: at a hub, what a member needs, filed as a collection."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from panshi.alliance.intelligence.features import Topic
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output, table
from panshi.cli.verbs.opening import actor, bounded, open_node
from panshi.node.alliance.subscribing import (
    Subscribing,
    Subscription,
    end_subscription,
    subscribe,
    subscriptions,
)

PARTS = {
    Topic.SECTOR: "sectors",
    Topic.TECHNOLOGY: "technologies",
    Topic.SUPPLIER: "suppliers",
    Topic.TECHNIQUE: "techniques",
    Topic.VULNERABILITY: "vulnerabilities",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Say for whom and what; list without."""
    parser.add_argument("member", nargs="?", default="", metavar="MEMBER")
    parser.add_argument("--title", default="")
    for topic in PARTS:
        parser.add_argument(f"--{topic}", action="append", default=[], metavar="NAME")
    parser.add_argument("--type", action="append", default=[], help="of STIX objects")
    parser.add_argument("--least", type=bounded(0, 100), default=0, help="confidence in percent")
    parser.add_argument("--end", default="", metavar="SUBSCRIPTION")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Begin or end one, then list."""
    with open_node() as node:
        if args.end:
            end_subscription(node, args.end, actor=actor())
        elif args.member:
            given = {field: tuple(getattr(args, topic)) for topic, field in PARTS.items()}
            asked = Subscribing(title=args.title, types=tuple(args.type), least=args.least, **given)
            subscribe(node, args.member, asked, actor=actor())
        found = subscriptions(node, args.member)
    out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: tuple[Subscription, ...], out: Output) -> Iterator[str]:
    yield out.pick(f"{len(found)} 項訂閱。", f"{len(found)} subscriptions.")
    header = out.pick("編號,會員,標題,集合", "id,member,title,collection")
    yield from table(
        header.split(","),
        ((each.id, each.member, each.asked.title, each.collection) for each in found),
    )
