"""`panshi disclosure channel [open|close|show]`: how the outside world reaches this node."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.exception import day
from panshi.cli.verbs.opening import actor, open_node
from panshi.errors import UsageError
from panshi.model.bodies.disclosure import DisclosureChannel
from panshi.node.alliance.disclosure.channel import (
    ChannelAnswer,
    channel,
    channel_answer,
    set_channel,
    usual_end,
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is to be set."""
    parser.add_argument("action", nargs="?", choices=("show", "open", "close"), default="show")
    parser.add_argument("--url", default="", metavar="URL", help="public https address")
    parser.add_argument("--name", default="", help="who answers, as advisories name it")
    parser.add_argument("--contact", action="append", default=[], metavar="URI", help="repeat it")
    parser.add_argument("--expires", type=day, default=None, metavar="DATE")
    parser.add_argument("--language", action="append", default=[], metavar="TAG")
    parser.add_argument("--policy", default="", metavar="URL")
    parser.add_argument("--thanks", default="", metavar="URL", help="page that names reporters")


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Set it, then show it."""
    with open_node() as node:
        held = channel(node)
        if args.action == "open":
            wanted = DisclosureChannel(
                accepting=True,
                base_url=args.url or (held.base_url if held else ""),
                name=args.name or (held.name if held else ""),
                contacts=tuple(args.contact) or (held.contacts if held else ()),
                expires=args.expires or usual_end(node),
                languages=tuple(args.language) or (held.languages if held else ("zh-TW", "en")),
                policy_url=args.policy or (held.policy_url if held else ""),
                acknowledgments_url=args.thanks or (held.acknowledgments_url if held else ""),
                set_by="",
            )
            if not wanted.base_url or not wanted.name:
                raise UsageError("address or name is missing", remedy="--url https://… --name …")
            set_channel(node, wanted, actor=actor())
        elif args.action == "close" and held is not None:
            set_channel(node, replace(held, accepting=False), actor=actor())
        found = channel_answer(node)
        out.answer(found, lambda: _lines(found, out))
    return Exit.DONE


def _lines(found: ChannelAnswer | None, out: Output) -> Iterator[str]:
    if found is None or not found.accepting:
        yield out.pick("未開放外部通報。", "No reports from outside are taken.")
        return
    yield out.pick(
        f"開放中，security.txt 於 {found.expires} 到期（{found.days_left} 天）。",
        f"Open; security.txt expires on {found.expires} ({found.days_left} days).",
    )
    if found.warning:
        yield f"! {out.pick(found.warning_zh, found.warning)}"
    for kind, fingerprint, expires in found.keys:
        yield f"  {kind}  {fingerprint}  {expires.date() if expires else '–'}"
    yield from found.security_text.splitlines()
