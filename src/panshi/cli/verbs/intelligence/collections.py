"""`panshi intel collections list|ask|approve|refuse|retire`: who reads and writes what."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

from panshi.alliance.intelligence.collections import Waiting
from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, everywhere, open_node
from panshi.model.alliance.intelligence import Collection
from panshi.model.alliance.marking import Tlp
from panshi.node.alliance.collections import Change, ask, collections, decide, shelf
from panshi.node.alliance.objects import Held, held
from panshi.node.node import Node

NOBODY = "nobody"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the steps and what each takes."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verbs.add_parser("list", help="every collection, and what waits for a second person")
    asking = verbs.add_parser("ask", help="make or change one; what widens waits for another")
    asking.add_argument("collection", help="alias, for example cloud-watch")
    asking.add_argument("--title")
    asking.add_argument("--description")
    for name in ("--reader", "--writer"):
        asking.add_argument(
            name,
            action="append",
            help="a member, community:<name>, members, partners or nobody; repeat for several",
        )
    asking.add_argument(
        "--unmarked", type=Tlp, choices=list(Tlp), help="how what bears no marking is read"
    )
    for name, text in (
        ("approve", "approve what waits, as another person"),
        ("refuse", "refuse what waits, as another person"),
        ("retire", "offer it no more; what it holds stays"),
    ):
        verbs.add_parser(name, help=text).add_argument("collection")
    for name in ("ask", "approve", "refuse", "retire"):
        verbs.choices[name].add_argument("--why", default="", help="sealed with the step")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step, then tell how collections stand."""
    with open_node() as node:
        _step(args, node)
        found, waiting = collections(node), tuple(shelf(node).waiting.values())
        holds = held(node, found)
    out.answer(
        {"collections": found, "waiting": waiting, "held": holds},
        lambda: (*_lines(found, holds, out), *_waiting(waiting, out)),
    )
    return Exit.DONE


def _step(args: argparse.Namespace, node: Node) -> None:
    match args.action:
        case "ask":
            change = Change(
                title=args.title,
                description=args.description,
                readers=_named(args.reader),
                writers=_named(args.writer),
                unmarked=args.unmarked,
            )
            ask(node, args.collection, change, actor=actor(), why=args.why)
        case "retire":
            ask(node, args.collection, Change(retired=True), actor=actor(), why=args.why)
        case "approve" | "refuse":
            approved = args.action == "approve"
            decide(node, args.collection, approved=approved, actor=actor(), why=args.why)


def _named(told: list[str] | None) -> tuple[str, ...] | None:
    return None if told is None else tuple(each for each in told if each != NOBODY)


def _lines(found: tuple[Collection, ...], holds: Mapping[str, Held], out: Output) -> Iterator[str]:
    for each in found:
        many = holds[each.id].objects
        yield f"{each.alias}  {each.id}  {each.title}"
        readers = ", ".join(each.readers) or out.pick("僅樞紐", "the hub")
        writers = ", ".join(each.writers) or out.pick("僅樞紐", "the hub")
        yield out.pick(
            f"  讀：{readers}；寫：{writers}；未標示視為 {each.unmarked.label}；{many:,} 件",
            f"  read: {readers}; write: {writers}; unmarked is {each.unmarked.label};"
            f" {many:,} objects",
        )


def _waiting(found: tuple[Waiting, ...], out: Output) -> Iterator[str]:
    for each in found:
        yield out.pick(
            f"待另一人核定：{each.collection.alias}（{each.by} 提出，{each.why}）",
            f"waits for another person: {each.collection.alias} (asked by {each.by}: {each.why})",
        )
